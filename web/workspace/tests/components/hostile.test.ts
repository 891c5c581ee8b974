/** Whatever a shopper, a colleague or the shop writes is shown as text: no element, no attribute, no script of theirs. */

import { mount } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import type { Component } from "vue";
import type { Case, MessageBody, Order, Reading, Shipment, Ticket } from "@shouhou/shared/frames";
import { beforeEach, describe, expect, it } from "vitest";
import CaseItem from "../../src/components/customer/CaseItem.vue";
import OrderItem from "../../src/components/customer/OrderItem.vue";
import HandoffPanel from "../../src/components/conversation/HandoffPanel.vue";
import LineItem from "../../src/components/conversation/LineItem.vue";
import MessageItem from "../../src/components/conversation/MessageItem.vue";
import NoteItem from "../../src/components/conversation/NoteItem.vue";
import PendingItem from "../../src/components/conversation/PendingItem.vue";
import TypingPreview from "../../src/components/conversation/TypingPreview.vue";
import RowItem from "../../src/components/list/RowItem.vue";
import { at, handoff, ME, message, note, row, verdict } from "../builders";

const CORPUS = [
  "<script>window.pwned = 1</script>",
  '<img src=x onerror="window.pwned = 1">',
  "<svg/onload=window.pwned=1>",
  '"><iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
  "javascript:window.pwned=1",
  "<a href='javascript:window.pwned=1'>点我</a>",
  "{{ constructor.constructor('window.pwned = 1')() }}",
  "<style>*{display:none}</style>",
  "<math><mtext><table><mglyph><style><img src=x onerror=window.pwned=1>",
  "&lt;b&gt;&#x3C;script&#x3E;",
  "\u202Egnp.exe\u2066\u0000\uFFFF",
  "]]><!--><!--",
  "<form action=//evil><input name=password autofocus onfocus=window.pwned=1>",
];
/** The desk's own elements for an attachment; whatever its name and id say, they lead to the bridge's files. */
const OWN = 'a.document[href^="/v1/files/"], .picture > img[src^="/v1/files/"]';
const FORBIDDEN = "script, img, iframe, a, style, form, input, math, table, object, embed, link, meta, base, b > b";
const FOREIGN_ATTRIBUTE = /^on/;

beforeEach(() => setActivePinia(createPinia()));

function expectHarmless(component: Component, props: object, said: string): void {
  const view = mount(component, { props });
  const root = view.element as HTMLElement;
  expect([...root.querySelectorAll(FORBIDDEN)].filter((each) => !each.matches(OWN))).toHaveLength(0);
  const attributes = [root, ...root.querySelectorAll("*")].flatMap((each) => each.getAttributeNames());
  expect(attributes.filter((name) => FOREIGN_ATTRIBUTE.test(name))).toEqual([]);
  expect(root.textContent).toContain(said);
  expect("pwned" in window).toBe(false);
  view.unmount();
}

const shipment = (text: string): Shipment => ({
  shipment_id: text, carrier: text, carrier_name: text, carrier_phone: text, tracking_number: text, status: "in_transit",
  events: [{ at: at(0), text, place: text }], signed_at: null, signed_by: text,
});
const aCase = (text: string): Case => ({
  case_id: text, type: "repair", status: "applied", order_number: text, line_id: text, title: text, quantity: 1, reason: "other",
  description: text, refund_amount: null, freight_payer: null, return_address: text, return_tracking_number: text, next_step: text,
  waiting_for: text, deadline_at: at(10), verdict: hostileVerdict(text),
  history: [{ at: at(0), step: text, status: "applied", author: text, note: text }], created_at: at(0), version: 1,
  pick_up: { day: text, slot: "morning", carrier_name: text }, evidence: [{ name: text, url: text, at: at(0) }], evidence_wanted: [text],
});
const ticket = (text: string): Ticket => ({
  ticket_id: text, kind: "other", status: "open", subject: text, description: text, order_number: text, owner: text,
  deadline_at: at(0), created_at: at(0), answer: text,
});
const hostileVerdict = (text: string) =>
  verdict({ source: text, explanation: text, rule_id: text, facts: [{ name: text, value: text }], alternatives: [text], refund_lines: [{ label: text, amount: text }] });
const order = (text: string): Order => ({
  order_number: text, status: "paid", placed_at: at(0), paid_at: at(0), ship_by: at(0), shipped_at: null, signed_at: null,
  completed_at: null, cancelled_at: null, goods_total: text, coupon: "1.00", coupon_title: text, points_discount: "0.00", freight: "0.00",
  paid_total: text, payment_method: text, freight_insurance: false, note: text,
  lines: [{ line_id: "l", sku_id: "k", title: text, category: text, options: { [text]: text }, image_url: text, unit_price: "1.00", quantity: 1, paid: "1.00", is_gift: true, return_terms: "seven_days", warranty_months: 0 }],
  shipments: [shipment(text)], receiver: { name: text, phone: text, region: text },
  invoice: { status: "issued", kind: text, title: text, tax_number: text, email: text, issued_at: null, requested_at: null, due_at: null, sent_at: null }, price_drops: { l: text }, version: 1,
});
const reading = (text: string): Reading => ({
  intent: text, confidence: 0.4, ranking: [[text, 0.4]], entities: [{ entity: text, value: text }], emotion: { [text]: 1 },
  emergency: text, identity_data: [text],
});

describe.each(CORPUS)("%j", (text) => {
  it("in a message with every card, its choices and its reading", () => {
    const summary = { order_number: text, title: text, options: text, image_url: text, status_text: text, paid_total: text, placed_at: at(0), item_count: 1 };
    const body: MessageBody = {
      kind: "message",
      text,
      client_message_id: text,
      attachments: (["picture", "document"] as const).map((kind) => ({ kind, attachment_id: text, name: text, media_type: text, size: 1, width: 1, height: 1 })),
      quote: { event_id: text, author: "shopper", name: text, text },
      is_recalled: false,
      choices: [{ choice_id: text, title: text, style: "default", used: true }],
      cards: [
        { card: { type: "order", order: summary, choice: null }, choice: null },
        { card: { type: "logistics", order_number: text, shipment: shipment(text) }, choice: null },
        { card: { type: "verdict", title: text, verdict: hostileVerdict(text) }, choice: null },
        { card: { type: "case", case: aCase(text) }, choice: null },
        { card: { type: "ticket", ticket: ticket(text) }, choice: null },
        { card: { type: "summary", title: text, rows: [[text, text]] }, choice: null },
      ],
    };
    const event = message(1, "", { body, author: { kind: "shopper", id: text, name: text } });

    const entry = { kind: "message", key: "k", event, body, reading: reading(text), isHeadShown: true, isRead: false };

    expectHarmless(MessageItem, { entry, agentId: ME }, text);
  });

  it("in a note, a rating, a message on its way, a draft being typed", () => {
    const written = note(1, text);
    const rated = message(1, "", { body: { kind: "csat_given", session_id: "s", score: 1, comment: text } });
    const pending = { clientMessageId: "c", conversationId: "c_1", text, isNote: false, at: at(0), state: "failed", seq: null, problem: text };

    expectHarmless(NoteItem, { entry: { kind: "note", key: "k", event: written, body: written.body } }, text);
    expectHarmless(LineItem, { entry: { kind: "line", key: "k", event: rated } }, text);
    expectHarmless(PendingItem, { pending }, text);
    expectHarmless(TypingPreview, { typing: { author: "shopper", draft: text, at: 0 } }, text);
  });

  it("in the list and the handoff package", () => {
    const given = handoff({
      reason_text: text, evidence: text, summary: [text], tried: [text], slots: { [text]: text, order_number: text }, skill: text,
      order_number: text, verdicts: [hostileVerdict(text) as unknown as Record<string, unknown>],
    });
    const hostileRow = row({ shopper_name: text, shopper_level: text, preview: text, channel: text, agent_name: text, agent_id: "x", handoff: given });

    expectHarmless(RowItem, { row: hostileRow, isSelected: true }, text);
    expectHarmless(HandoffPanel, { handoff: given, isOpenFirst: true }, text);
  });

  it("in the customer panel's orders and cases", () => {
    expectHarmless(OrderItem, { order: order(text), isCurrent: true }, text);
    expectHarmless(CaseItem, { item: aCase(text) }, text);
  });
});
