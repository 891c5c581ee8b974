/** Rows, events and snapshots with everything set, so that a test names only what it is about. */

import type { AgentView, CannedReply, ConversationRow, Event, HandoffPackage, Order, Snapshot, Verdict } from "@shouhou/shared/frames";
import type { CustomerView } from "../src/net/http";

export const ME = "a_me";
export const T0 = Date.parse("2026-11-21T06:00:00Z");

export function at(seconds: number): string {
  return new Date(T0 + seconds * 1000).toISOString();
}

export function agentView(change: Partial<AgentView> = {}): AgentView {
  return { agent_id: ME, name: "林晓", role: "agent", presence: "online", capacity: 5, open_count: 0, offered_count: 0, load: 0, level: 1, skills: ["general"], ...change };
}

export function row(change: Partial<ConversationRow> = {}): ConversationRow {
  return {
    conversation_id: "c_1",
    status: "active",
    epoch: 3,
    last_seq: 0,
    last_note_seq: 0,
    shopper_name: "陈**",
    shopper_level: "regular",
    is_signed_in: true,
    channel: "web",
    agent_id: ME,
    agent_name: "林晓",
    preview: "",
    last_at: at(0),
    waiting_since: null,
    unanswered_since: null,
    unread: 0,
    offer_expires_at: null,
    answer_due_at: null,
    is_overdue: false,
    callback_at: null,
    skill: "general",
    intent: "",
    mood: "",
    is_elder: false,
    guests: [],
    channel_state: null,
    handoff: null,
    ...change,
  };
}

export function message(seq: number, text: string, change: Partial<Event> = {}, clientMessageId: string | null = null): Event {
  return {
    event_id: `e_${seq}`,
    conversation_id: "c_1",
    seq,
    audience: "everyone",
    author: { kind: "shopper", id: "s_1", name: "陈**" },
    at: at(seq),
    epoch: 3,
    turn_id: null,
    body: { kind: "message", text, cards: [], choices: [], attachments: [], client_message_id: clientMessageId, quote: null, is_recalled: false },
    ...change,
  };
}

export function note(seq: number, text: string, change: Partial<Event> = {}): Event {
  return message(seq, "", {
    event_id: `n_${seq}`,
    audience: "agents",
    author: { kind: "agent", id: ME, name: "林晓" },
    body: { kind: "note", text, mentions: [] },
    ...change,
  });
}

export function fromMe(seq: number, text: string, clientMessageId: string): Event {
  return message(seq, text, { author: { kind: "agent", id: ME, name: "林晓" } }, clientMessageId);
}

export function snapshot(events: Event[], notes: Event[] = [], change: Partial<ConversationRow> = {}): Snapshot {
  return {
    type: "snapshot",
    row: row({ last_seq: events.at(-1)?.seq ?? 0, last_note_seq: notes.at(-1)?.seq ?? 0, ...change }),
    events,
    notes,
    readings: {},
    choices: [],
  };
}

export function handoff(change: Partial<HandoffPackage> = {}): HandoffPackage {
  return {
    reason: "requested",
    reason_text: "顾客要求人工",
    evidence: "",
    wanted: "",
    signals: [],
    mood: [],
    promised: [],
    opening_line: "",
    priority: "normal",
    skill: "general",
    summary: [],
    slots: {},
    tried: [],
    verdicts: [],
    order_number: null,
    requested_at: at(0),
    ...change,
  };
}

export function verdict(change: Partial<Verdict> = {}): Verdict {
  return {
    decision: "allowed",
    rule_id: "return.no_reason",
    rule_version: "1",
    source: "《消费者权益保护法》第二十五条",
    explanation: "可以退货。",
    facts: [],
    last_day: null,
    freight_payer: null,
    refund_lines: [],
    refund_total: null,
    alternatives: [],
    ...change,
  };
}

export function order(change: Partial<Order> = {}): Order {
  return {
    order_number: "882159851904629741", status: "signed", placed_at: at(0), paid_at: at(1), ship_by: null, shipped_at: null,
    signed_at: null, completed_at: null, cancelled_at: null, goods_total: "659.00", coupon: "0.00", coupon_title: "",
    points_discount: "0.00", freight: "0.00", paid_total: "659.00", payment_method: "", freight_insurance: false, note: "",
    lines: [], shipments: [], receiver: { name: "沈**", phone: "188****0001", region: "" },
    invoice: { status: "none", kind: "", title: "", tax_number: "", email: "", requested_at: null, due_at: null, issued_at: null, sent_at: null }, price_drops: {}, version: 1,
    ...change,
  };
}

export function customerView(change: Partial<CustomerView> = {}): CustomerView {
  return { shopper: null, orders: [order()], cases: [], tickets: [], ...change };
}

export function cannedReply(change: Partial<CannedReply> = {}): CannedReply {
  return { reply_id: "r_1", title: "退款进度", group: "退款", text: "退款在路上了", is_personal: false, initials: "tkjd", can_edit: false, ...change };
}
