/** The cards of a message: facts of the shop, row by row. Everything shown is a text node. */

import type { Case, LogisticsCard, OfferedCard, OrderSummary, SummaryCard, Ticket, VerdictCard } from "@shouhou/shared/frames";
import { calendarDay, dayAndTime, dayInText, money } from "@shouhou/shared/format";
import { type Child, fill, h, icon } from "@shouhou/shared/dom";
import * as icons from "../icons";
import { words } from "../strings.zh-CN";
import { formCard } from "./form_card";

export interface CardContext {
  now: Date;
  /** Where relative pictures are: the embedding page's origin, or what it said. */
  assetBase: string;
  /** Set where the whole card is a button. */
  press?: () => void;
  /** Sends words as the shopper's own message. */
  say: (text: string) => void;
  isUsed: boolean;
}

type Tone = "good" | "bad" | "wait" | "plain";

export function cardView(offered: OfferedCard, context: CardContext): HTMLElement {
  const { card } = offered;
  switch (card.type) {
    case "order":
      return orderCard(card.order, context);
    case "logistics":
      return logisticsCard(card, context);
    case "verdict":
      return verdictCard(card);
    case "case":
      return caseCard(card.case, context);
    case "ticket":
      return ticketCard(card.ticket, context);
    case "summary":
      return summaryCard(card);
    case "form":
      return formCard(card, context);
    default:
      return h("div", { class: "card" }, h("p", { class: "card-note" }, words.card.unsupported));
  }
}

/** The picture's address, or nothing for one that is neither relative nor http(s). */
export function pictureUrl(url: string, assetBase: string): string {
  if (/^\/(?![/\\])/.test(url)) return assetBase + url;
  return /^https?:\/\//i.test(url) ? url : "";
}

function picture(url: string, assetBase: string): HTMLElement {
  const frame = h("span", { class: "picture" });
  const placeholder = (): void => fill(frame, icon(icons.PICTURE, 22));
  const address = pictureUrl(url, assetBase);
  if (!address) placeholder();
  else frame.append(h("img", { src: address, alt: "", loading: "lazy", decoding: "async", onerror: placeholder }));
  return frame;
}

function orderCard(order: OrderSummary, context: CardContext): HTMLElement {
  const parts: Child[] = [
    h(
      "span",
      { class: "order-top" },
      picture(order.image_url, context.assetBase),
      h(
        "span",
        { class: "order-text" },
        h("span", { class: "order-title" }, order.title),
        order.options && h("span", { class: "order-options" }, order.options),
        h("span", { class: "order-status" }, order.status_text),
      ),
      h(
        "span",
        { class: "order-money" },
        h("b", { class: "number" }, money(order.paid_total)),
        h("small", {}, words.card.order.items(order.item_count)),
      ),
    ),
    h(
      "span",
      { class: "order-foot" },
      h("span", {}, `${words.card.order.number} ${order.order_number}`),
      h("span", {}, dayAndTime(new Date(order.placed_at), context.now)),
    ),
  ];
  if (!context.press) return h("article", { class: "card order" }, ...parts);
  const label = `${words.card.order.pick(order.title)}，${order.status_text}，${money(order.paid_total)}`;
  const attributes = { class: "card order pressable", type: "button", "aria-label": label, disabled: context.isUsed };
  const button = h("button", { ...attributes, onclick: context.press }, ...parts);
  button.querySelector(".order-foot")?.append(icon(icons.RIGHT, 16));
  return button;
}

function logisticsCard(card: LogisticsCard, context: CardContext): HTMLElement {
  const { shipment } = card;
  const w = words.card.logistics;
  const tone: Tone = shipment.status === "exception" || shipment.status === "returned" ? "bad" : "good";
  const phone = /^[\d+ -]{3,20}$/.test(shipment.carrier_phone) && shipment.carrier_phone;
  return h(
    "article",
    { class: "card" },
    head(icons.TRUCK, `${shipment.carrier_name || w.title}`, w.status[shipment.status], tone),
    rows([
      [w.number, withCopy(shipment.tracking_number)],
      [words.card.order.number, card.order_number],
      [w.signedBy, shipment.signed_by],
      [w.phone, phone && h("a", { href: `tel:${phone.replace(/[^\d+]/g, "")}` }, shipment.carrier_phone)],
    ]),
    timeline(shipment.events, context.now),
  );
}

const EVENTS_AT_FIRST = 3;

function timeline(events: LogisticsCard["shipment"]["events"], now: Date): HTMLElement {
  const w = words.card.logistics;
  if (events.length === 0) return h("p", { class: "card-note" }, w.none);
  const list = h("ol", { class: "timeline", "aria-label": w.title });
  const step = (event: (typeof events)[number]): HTMLElement =>
    h(
      "li",
      {},
      h("span", { class: "timeline-text" }, event.text),
      h("time", { datetime: event.at }, [dayAndTime(new Date(event.at), now), event.place].filter(Boolean).join(" · ")),
    );
  const show = (isAll: boolean): void => fill(list, ...events.slice(0, isAll ? undefined : EVENTS_AT_FIRST).map(step));
  show(false);
  if (events.length <= EVENTS_AT_FIRST) return list;
  return h("div", {}, list, expander(w.all(events.length), w.fewer, show));
}

function verdictCard(card: VerdictCard): HTMLElement {
  const { verdict } = card;
  const w = words.card.verdict;
  const tone = ({ allowed: "good", refused: "bad", needs_person: "wait" } as const)[verdict.decision];
  const symbol = { allowed: icons.CHECK, refused: icons.CROSS, needs_person: icons.QUESTION }[verdict.decision];
  const facts = rows(verdict.facts.map((fact) => [fact.name, fact.value]));
  facts.hidden = true;
  return h(
    "article",
    { class: "card verdict" },
    head(symbol, card.title, w.decision[verdict.decision], tone),
    h("p", { class: "card-lead" }, verdict.explanation),
    rows([
      [w.lastDay, verdict.last_day && h("b", {}, calendarDay(verdict.last_day))],
      [w.freight, verdict.freight_payer && w.payer[verdict.freight_payer]],
    ]),
    refund(card),
    verdict.alternatives.length > 0 &&
      h("div", { class: "card-box" }, h("b", {}, w.alternatives), h("ul", {}, ...verdict.alternatives.map((each) => h("li", {}, each)))),
    rows([
      [w.source, verdict.source],
      [w.rule, `${verdict.rule_id} · ${verdict.rule_version}`],
    ], "small"),
    verdict.facts.length > 0 && expander(w.facts, words.card.logistics.fewer, (isOpen) => (facts.hidden = !isOpen)),
    verdict.facts.length > 0 && facts,
  );
}

function refund({ verdict }: VerdictCard): HTMLElement | null {
  const w = words.card.verdict;
  if (verdict.refund_lines.length === 0 && verdict.refund_total === null) return null;
  const lines = verdict.refund_lines.map((line): Row => [line.label, h("span", { class: "number" }, money(line.amount))]);
  const total = verdict.refund_total;
  return h(
    "div",
    { class: "card-box", "aria-label": w.refund, role: "group" },
    rows(lines),
    total !== null && h("p", { class: "total" }, h("span", {}, w.total), h("b", { class: "number" }, money(total))),
  );
}

function caseCard(item: Case, context: CardContext): HTMLElement {
  const w = words.card.case;
  const isRepair = item.type === "repair";
  const due = item.deadline_at ? new Date(item.deadline_at) : null;
  const isSaid = due !== null && item.next_step.includes(dayInText(due));
  const when = due && !isSaid ? dayAndTime(due, context.now) : "";
  const deadline = when && (item.waiting_for === "shopper" ? w.deadline(when) : w.shopDeadline(when));
  return h(
    "article",
    { class: "card" },
    head(isRepair ? icons.TOOL : icons.CLIPBOARD, w.type[item.type], w.status[item.status], toneOfCase(item)),
    rows([
      [w.number, withCopy(item.case_id)],
      [w.item, `${item.title} ×${item.quantity}`],
      [w.refund, item.refund_amount !== null && h("b", { class: "number accent" }, money(item.refund_amount))],
      [w.freight, item.freight_payer && words.card.verdict.payer[item.freight_payer]],
      [w.address, item.return_address && withCopy(item.return_address)],
      [w.tracking, item.return_tracking_number && withCopy(item.return_tracking_number)],
    ]),
    h("div", { class: "card-box next" }, h("b", {}, w.next), h("p", {}, item.next_step), deadline && h("small", {}, deadline)),
  );
}

function toneOfCase(item: Case): Tone {
  if (item.status === "done" || item.status === "approved") return "good";
  if (["rejected", "cancelled", "timed_out", "disputed"].includes(item.status)) return "bad";
  return "wait";
}

function ticketCard(ticket: Ticket, context: CardContext): HTMLElement {
  const w = words.card.ticket;
  return h(
    "article",
    { class: "card" },
    head(icons.CLIPBOARD, w.kind[ticket.kind], w.status[ticket.status], ticket.status === "done" ? "good" : "wait"),
    rows([
      [w.number, withCopy(ticket.ticket_id)],
      [w.subject, ticket.subject],
      [w.order, ticket.order_number],
      [w.owner, ticket.owner],
      [w.deadline, h("b", {}, dayAndTime(new Date(ticket.deadline_at), context.now))],
    ]),
  );
}

function summaryCard(card: SummaryCard): HTMLElement {
  return h("article", { class: "card summary" }, head(icons.CLIPBOARD, card.title), rows(card.rows));
}

export function head(symbol: string, title: string, state = "", tone: Tone = "plain"): HTMLElement {
  return h(
    "header",
    { class: "card-head" },
    h("span", { class: `card-icon ${tone}` }, icon(symbol, 18)),
    h("h3", {}, title),
    state && h("span", { class: `chip ${tone}` }, state),
  );
}

type Row = [label: string, value: Child];

function rows(list: Row[], look = ""): HTMLElement {
  const shown = list.filter(([, value]) => value !== "" && value !== null && value !== undefined && value !== false);
  const pairs = shown.flatMap(([label, value]) => [h("dt", {}, label), h("dd", {}, value)]);
  return h("dl", { class: `rows ${look}`.trim() }, ...pairs);
}

function withCopy(text: string): HTMLElement | null {
  if (!text) return null;
  const button = h("button", { class: "copy", type: "button", "aria-label": `${words.card.copy} ${text}` }, words.card.copy);
  button.addEventListener("click", () => {
    void navigator.clipboard?.writeText(text).then(
      () => fill(button, words.card.copied),
      () => undefined,
    );
  });
  return h("span", { class: "copyable" }, h("span", { class: "number" }, text), button);
}

function expander(more: string, fewer: string, show: (isOpen: boolean) => void): HTMLElement {
  const button = h("button", { class: "expander", type: "button", "aria-expanded": "false" }, more);
  button.addEventListener("click", () => {
    const isOpen = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(isOpen));
    fill(button, isOpen ? fewer : more);
    show(isOpen);
  });
  return button;
}
