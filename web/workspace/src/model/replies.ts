/** Canned replies: which fit what is typed, what is filled in, which are suggested. Pure. */

import type { CannedReply, Order, Reading } from "@shouhou/shared/frames";
import type { CustomerView } from "../net/http";
import { words } from "../strings.zh-CN";

export type Variables = Record<string, string>;

const SHOWN = 8;
const SUGGESTED = 3;
const OPEN = /\{([^{}\n]{1,12})\}/g;

/** What is typed after the slash, or null where the text is no such search. */
export function queryOf(text: string): string | null {
  const found = /^[/／]([^\s/／]{0,20})$/.exec(text);
  return found ? (found[1] ?? "").toLowerCase() : null;
}

/** Best first: initials or title from the beginning, then anywhere, then the group, then the words themselves. */
export function matching(replies: readonly CannedReply[], query: string): CannedReply[] {
  const ranked = replies.map((reply) => ({ reply, rank: rankOf(reply, query) })).filter(({ rank }) => rank < Infinity);
  return ranked.sort((a, b) => a.rank - b.rank).slice(0, SHOWN).map(({ reply }) => reply);
}

function rankOf(reply: CannedReply, query: string): number {
  if (!query) return reply.is_personal ? 0 : 1;
  const title = reply.title.toLowerCase();
  if (reply.initials.startsWith(query) || title.startsWith(query)) return 0;
  if (reply.initials.includes(query) || title.includes(query)) return 1;
  if (reply.group.toLowerCase().includes(query)) return 2;
  return reply.text.toLowerCase().includes(query) ? 3 : Infinity;
}

/** What is unknown stays in its braces, so that nobody sends half a sentence without noticing. */
export function filled(text: string, known: Variables): string {
  return text.replace(OPEN, (whole, name: string) => known[name] || whole);
}

export function openVariables(text: string): string[] {
  return [...text.matchAll(OPEN)].map((found) => found[1] ?? "");
}

/** Where the first open variable stands, to put the cursor on it. */
export function firstOpen(text: string): { from: number; to: number } | null {
  const found = [...text.matchAll(OPEN)][0];
  return found ? { from: found.index, to: found.index + found[0].length } : null;
}

export function variablesOf(view: CustomerView | null, orderNumber: string | null, agent: string, shop: string): Variables {
  const names = words.replies.variables;
  const order = orderOf(view, orderNumber);
  const shipment = order?.shipments[0];
  const item = view?.cases.find((each) => each.order_number === order?.order_number);
  return {
    [names.agent]: agent,
    [names.shop]: shop,
    [names.order]: order?.order_number ?? "",
    [names.product]: order?.lines[0]?.title ?? "",
    [names.carrier]: shipment?.carrier_name ?? "",
    [names.tracking]: shipment?.tracking_number ?? "",
    [names.lastEvent]: shipment?.events[0]?.text ?? "",
    [names.caseId]: item?.case_id ?? "",
    [names.caseStatus]: item ? words.caseStatus[item.status] : "",
    [names.nextStep]: item?.next_step ?? "",
  };
}

/** The order it is about, or the only one there is: with several, guessing would put a wrong number in a sentence. */
function orderOf(view: CustomerView | null, orderNumber: string | null): Order | null {
  const orders = view?.orders ?? [];
  if (orderNumber) return orders.find((order) => order.order_number === orderNumber) ?? null;
  return orders.length === 1 ? (orders[0] ?? null) : null;
}

/** A few to begin with: the opening line where nobody has spoken yet, then those of the group the shopper's wish is in. */
export function suggested(replies: readonly CannedReply[], reading: Reading | null, isFirst: boolean): CannedReply[] {
  const group = reading ? groupOf(reading.intent) : "";
  const opening = isFirst ? replies.filter((reply) => reply.group === words.replies.opening).slice(0, 1) : [];
  const fitting = group ? replies.filter((reply) => reply.group === group) : [];
  return [...new Set([...opening, ...fitting])].slice(0, SUGGESTED);
}

function groupOf(intent: string): string {
  const groups: Record<string, string> = words.replies.groupOfIntent;
  const stem = Object.keys(groups).find((each) => intent.startsWith(each));
  return stem ? (groups[stem] ?? "") : "";
}
