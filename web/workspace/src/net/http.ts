/** The bridge's HTTP routes for agents. Every refusal becomes an `ApiError` whose message can be shown. */

import type {
  AgentView, CannedReply, Case, ConversationRow, Correction, CustomerNote, ErrorBody, ErrorDetail, EventPage, Mentioned,
  Order, OwnDay, PastService, Preset, SearchResult, Shopper, SimilarAnswer, Ticket, TicketKind, Verdict,
} from "@shouhou/shared/frames";
import { noteServerTime } from "./server_time";
import { words } from "../strings.zh-CN";
import type { Tab } from "../model/rows";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly detail: ErrorDetail,
  ) {
    super(detail.message);
  }

  get isSignedOut(): boolean {
    return this.status === 401;
  }
}

export interface CustomerView {
  shopper: Shopper | null;
  orders: Order[];
  cases: Case[];
  tickets: Ticket[];
}

export type NewCannedReply = Pick<CannedReply, "title" | "group" | "text" | "is_personal">;

export interface RowPage {
  rows: ConversationRow[];
  hasMore: boolean;
}

export const PAGE_SIZE = 50;

export async function call<T>(method: "GET" | "POST", path: string, body?: object, key?: string): Promise<T> {
  const init: RequestInit = { method, credentials: "same-origin", headers: { Accept: "application/json" } };
  if (body) {
    init.headers = { ...init.headers, "Content-Type": "application/json" };
    init.body = JSON.stringify(body);
    if (key) init.headers = { ...init.headers, "Idempotency-Key": key };
  }
  const response = await fetch(path.startsWith("/v1/") ? path : `/v1/agent${path}`, init).catch(() => {
    throw new ApiError(0, { code: "network", message: words.errors.network, reference: null });
  });
  noteServerTime(response.headers.get("Date"));
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(response.status, detailOf(answer));
  return answer as T;
}

function detailOf(answer: unknown): ErrorDetail {
  const error = (answer as Partial<ErrorBody> | null)?.error;
  return {
    code: error?.code ?? "unexpected",
    message: error?.message || words.errors.unexpected,
    reference: error?.reference ?? null,
  };
}

export interface SignedIn {
  agent: AgentView;
  shop_name: string;
}

export async function signIn(username: string, password: string): Promise<void> {
  await call("POST", "/sign-in", { username, password });
}

export async function signOut(): Promise<void> {
  await call("POST", "/sign-out", {});
}

export async function me(): Promise<SignedIn> {
  return call("GET", "/me");
}

export async function socketTicket(): Promise<string> {
  return (await call<{ ticket: string }>("POST", "/socket-tickets", {})).ticket;
}

/** One page of a list, newest first; `before` is the `last_at` of the oldest row known. */
export async function conversations(view: Tab, before: string | null): Promise<RowPage> {
  const query = new URLSearchParams({ view, limit: String(PAGE_SIZE) });
  if (before) query.set("before", before);
  const answer = await call<ConversationRow[] | { rows: ConversationRow[] }>("GET", `/conversations?${query}`);
  const rows = Array.isArray(answer) ? answer : answer.rows;
  return { rows, hasMore: rows.length >= PAGE_SIZE };
}

export async function customer(conversationId: string): Promise<CustomerView> {
  return call("GET", `/conversations/${encodeURIComponent(conversationId)}/customer`);
}

/** The agents of this shop, for a transfer. */
export async function colleagues(): Promise<AgentView[]> {
  const answer = await call<AgentView[] | { agents: AgentView[] }>("GET", "/colleagues");
  return Array.isArray(answer) ? answer : answer.agents;
}

// --- beside the conversations -----------------------------------------------------------------------------------
export async function cannedReplies(): Promise<CannedReply[]> {
  return (await call<{ replies: CannedReply[] }>("GET", "/canned-replies")).replies;
}

export async function saveReply(replyId: string | null, reply: NewCannedReply): Promise<CannedReply> {
  return call("POST", replyId ? `/canned-replies/${encodeURIComponent(replyId)}` : "/canned-replies", reply);
}

export async function removeReply(replyId: string): Promise<void> {
  await call("POST", `/canned-replies/${encodeURIComponent(replyId)}/remove`, {});
}

export interface SearchFilters {
  view: string;
  channel: string;
  tag: string;
  level: string;
  mood: string;
  skill: string;
}

export async function search(wanted: string, filters: SearchFilters): Promise<SearchResult> {
  return call("GET", `/search?${new URLSearchParams({ words: wanted, ...filters })}`);
}

export async function knownTags(): Promise<string[]> {
  return (await call<{ tags: string[] }>("GET", "/tags")).tags;
}

function ofConversation(conversationId: string, path: string): string {
  return `/conversations/${encodeURIComponent(conversationId)}${path}`;
}

export async function tags(conversationId: string): Promise<string[]> {
  return (await call<{ tags: string[] }>("GET", ofConversation(conversationId, "/tags"))).tags;
}

export async function setTags(conversationId: string, wanted: string[]): Promise<string[]> {
  return (await call<{ tags: string[] }>("POST", ofConversation(conversationId, "/tags"), { tags: wanted })).tags;
}

export async function corrections(conversationId: string): Promise<Correction[]> {
  return (await call<{ corrections: Correction[] }>("GET", ofConversation(conversationId, "/corrections"))).corrections;
}

export async function correctReading(conversationId: string, eventId: string, intent: string): Promise<Correction> {
  return call("POST", ofConversation(conversationId, `/corrections/${encodeURIComponent(eventId)}`), { intent });
}

/** What was said before the event of this number. */
export async function earlierEvents(conversationId: string, before: number): Promise<EventPage> {
  return call("GET", ofConversation(conversationId, `/events?before=${before}`));
}

export async function pastServices(conversationId: string): Promise<PastService[]> {
  return (await call<{ services: PastService[] }>("GET", ofConversation(conversationId, "/services"))).services;
}

export async function customerNote(conversationId: string): Promise<CustomerNote> {
  return call("GET", ofConversation(conversationId, "/customer-note"));
}

export async function writeCustomerNote(conversationId: string, text: string): Promise<CustomerNote> {
  return call("POST", ofConversation(conversationId, "/customer-note"), { text });
}

export async function similarAnswers(conversationId: string, eventId: string): Promise<SimilarAnswer[]> {
  const path = ofConversation(conversationId, `/similar-answers/${encodeURIComponent(eventId)}`);
  return (await call<{ answers: SimilarAnswer[] }>("GET", path)).answers;
}

export async function mentions(): Promise<Mentioned[]> {
  return (await call<{ mentions: Mentioned[] }>("GET", "/mentions")).mentions;
}

export type NewPreset = Pick<Preset, "name" | "body">;

export async function presets(): Promise<Preset[]> {
  return (await call<{ presets: Preset[] }>("GET", "/presets")).presets;
}

export async function savePreset(presetId: string | null, preset: NewPreset): Promise<Preset> {
  return call("POST", presetId ? `/presets/${encodeURIComponent(presetId)}` : "/presets", preset);
}

export async function removePreset(presetId: string): Promise<void> {
  await call("POST", `/presets/${encodeURIComponent(presetId)}/remove`, {});
}

export async function ownDay(): Promise<OwnDay> {
  return call("GET", "/own-day");
}

// --- at the shop, for the shopper -------------------------------------------------------------------------------
export type NewCase = Pick<Case, "type" | "order_number" | "line_id" | "quantity" | "reason" | "description">;

export interface CaseChange {
  step: string;
  version: number;
  note: string;
}

export interface NewTicket {
  kind: TicketKind;
  subject: string;
  description: string;
  order_number: string | null;
}

/** What the rules say to it; nothing is opened. */
export async function verdictOn(conversationId: string, wish: NewCase): Promise<Verdict> {
  return call("POST", ofConversation(conversationId, "/cases/verdict"), wish);
}

/** `key`: sent twice, opened once. */
export async function openCase(conversationId: string, key: string, wish: NewCase): Promise<Case> {
  return call("POST", ofConversation(conversationId, "/cases"), wish, key);
}

export async function takeStep(conversationId: string, key: string, caseId: string, change: CaseChange): Promise<Case> {
  return call("POST", ofConversation(conversationId, `/cases/${encodeURIComponent(caseId)}/steps`), change, key);
}

export async function openTicket(conversationId: string, key: string, ticket: NewTicket): Promise<Ticket> {
  return call("POST", ofConversation(conversationId, "/tickets"), ticket, key);
}
