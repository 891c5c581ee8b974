/**
 * What the page's launcher and the chat in the iframe say to each other by postMessage. Both sides name the other's
 * exact origin; whatever has not this shape is somebody else's and is overlooked.
 */

import type { PageContext } from "./launcher/api";

export const MARK = "shouhou.1";

export type { PageContext };

/** `identity`: undefined says nothing, null says "signed out". */
export type ToChat =
  | { type: "init"; shop: string; color: string; identity?: string | null; page: PageContext; is_open: boolean }
  | { type: "shown"; is_open: boolean }
  | { type: "identify"; identity: string | null }
  | { type: "page"; page: PageContext };

export type ToPage =
  | { type: "ready" }
  | { type: "close" }
  | { type: "unread"; count: number }
  | { type: "message"; author: "bot" | "agent" | "system" };

export function sealed<M extends ToChat | ToPage>(message: M): M & { mark: string } {
  return { ...message, mark: MARK };
}

export function unsealed<M extends ToChat | ToPage>(value: unknown): M | null {
  const isOurs = typeof value === "object" && value !== null && (value as { mark?: unknown }).mark === MARK;
  return isOurs ? (value as M) : null;
}
