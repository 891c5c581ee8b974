/** What a page may call: `window.Shouhou`, there as soon as the document has heard `shouhou:ready`. Served as `/widget.d.ts`. */

export type LauncherEvent = "ready" | "open" | "close" | "unread" | "message";

export interface LauncherDetail {
  ready: null;
  open: null;
  close: null;
  unread: { count: number };
  message: { author: "bot" | "agent" | "system" };
}

export interface PageContext {
  /** The order the page is about; null for none. */
  order_number?: string | null;
  /** Where pictures with a relative address are; the embedding page's origin unless said otherwise. */
  asset_base?: string;
}

export interface ShouhouApi {
  open(): void;
  close(): void;
  /** The signed identity of the shop's server; null when the shopper has signed out. */
  identify(token: string | null): void;
  /** What the shopper is looking at. */
  page(context: PageContext): void;
  /** Returns how to stop listening. */
  on<E extends LauncherEvent>(event: E, listener: (detail: LauncherDetail[E]) => void): () => void;
}

declare global {
  interface Window {
    Shouhou?: ShouhouApi;
  }
}
