/** Who this browser is to the bridge: exchanges what we hold for a visitor token. */

import type { ConversationView, ErrorBody } from "@shouhou/shared/frames";

export interface Page {
  order_number: string;
  elder: boolean;
}

export interface VisitorRequest {
  shop_id: string;
  identity_token?: string;
  visitor_token?: string;
  /** Which page of the shop the shopper is looking at, an empty number is one without an order; and the elder mode. */
  page?: Page;
}

export interface Visitor {
  visitor_token: string;
  conversation: ConversationView;
}

export class VisitorRefused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}

/** Throws VisitorRefused for an answer, TypeError for none. */
export async function enter(base: string, request: VisitorRequest): Promise<Visitor> {
  const response = await fetch(`${base}/v1/visitors`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(request),
  });
  if (response.ok) return (await response.json()) as Visitor;
  const body = (await response.json().catch(() => null)) as ErrorBody | null;
  throw new VisitorRefused(response.status, body?.error.code ?? "unknown");
}
