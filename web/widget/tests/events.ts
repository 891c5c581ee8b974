/** Builds what the server sends, with everything a test does not care about filled in. */

import type { ConversationView, Event, MessageBody, OfferedCard, OfferedChoice, Verdict } from "@shouhou/shared/frames";

type Body = Event["body"];

let count = 0;

export function view(changes: Partial<ConversationView> = {}): ConversationView {
  return { conversation_id: "conv", status: "bot", epoch: 1, last_seq: 0, agent_name: "", place: null, agents_online: true, is_open: true, opens_at: null, callbacks: [], callback_at: null, ...changes };
}

export function event(seq: number, kind: Event["author"]["kind"], body: Body, changes: Partial<Event> = {}): Event {
  return {
    event_id: `e${seq}`,
    conversation_id: "conv",
    seq,
    audience: "everyone",
    author: { kind, id: kind, name: "拾光优选" },
    at: "2026-11-21T06:00:00Z",
    epoch: 1,
    body,
    turn_id: kind === "bot" ? "t1" : null,
    ...changes,
  };
}

export function message(text: string, changes: Partial<MessageBody> = {}): MessageBody {
  return { kind: "message", text, cards: [], choices: [], attachments: [], client_message_id: null, quote: null, is_recalled: false, ...changes };
}

export function choice(title: string, changes: Partial<OfferedChoice> = {}): OfferedChoice {
  count += 1;
  return { choice_id: `b${count}`, title, style: "default", used: false, ...changes };
}

export function verdict(t: string): Verdict {
  return {
    decision: "allowed",
    rule_id: t,
    rule_version: t,
    source: t,
    explanation: t,
    facts: [{ name: t, value: t }],
    last_day: t,
    freight_payer: "shop",
    refund_lines: [{ label: t, amount: t }],
    refund_total: t,
    alternatives: [t],
  };
}

/** Every card there is, with `t` in every field that holds text. */
export function cardsWith(t: string): OfferedCard[] {
  const at = "2026-11-21T06:00:00Z";
  return [
    {
      choice: choice(t),
      card: {
        type: "order",
        choice: null,
        order: { order_number: t, title: t, options: t, image_url: t, status_text: t, paid_total: t, placed_at: at, item_count: 1 },
      },
    },
    {
      choice: null,
      card: {
        type: "logistics",
        order_number: t,
        shipment: {
          shipment_id: t,
          carrier: t,
          carrier_name: t,
          carrier_phone: t,
          tracking_number: t,
          status: "signed",
          events: [1, 2, 3, 4].map(() => ({ at, text: t, place: t })),
          signed_at: at,
          signed_by: t,
        },
      },
    },
    { choice: null, card: { type: "verdict", title: t, verdict: verdict(t) } },
    {
      choice: null,
      card: {
        type: "case",
        case: {
          case_id: t,
          type: "return_refund",
          status: "applied",
          order_number: t,
          line_id: t,
          title: t,
          quantity: 1,
          reason: "size",
          description: t,
          refund_amount: t,
          freight_payer: "shopper",
          return_address: t,
          return_tracking_number: t,
          next_step: t,
          waiting_for: t,
          deadline_at: at,
          verdict: null,
          history: [],
          pick_up: null,
          evidence: [],
          evidence_wanted: [],
          created_at: at,
          version: 1,
        },
      },
    },
    {
      choice: null,
      card: {
        type: "ticket",
        ticket: { ticket_id: t, kind: "complaint", status: "open", subject: t, description: t, order_number: t, owner: t, deadline_at: at, created_at: at, answer: t },
      },
    },
    { choice: null, card: { type: "summary", title: t, rows: [[t, t]] } },
    { choice: null, card: { type: "form", title: t, said: t, submit: t, fields: (["text", "phone", "day", "choice"] as const).map((kind) => ({ name: t, label: t, kind, hint: t, options: [t], first: null, last: null, is_required: true })) } },
  ];
}
