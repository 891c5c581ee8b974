/** 我的订单: the list by status, and one order with its parcel and its money. */

import { h } from "@shouhou/shared/dom";
import { dayAndTime, money } from "@shouhou/shared/format";
import type { Order, OrderLine, OrderStatus, Shipment } from "@shouhou/shared/frames";
import { words } from "./strings.zh-CN";

export type Tab = "all" | OrderStatus;

export interface OrderActs {
  choose(tab: Tab): void;
  help(orderNumber: string): void;
}

const w = words.orders;

export function inTab(orders: Order[], tab: Tab): Order[] {
  return tab === "all" ? orders : orders.filter((order) => order.status === tab);
}

export function ordersPage(orders: Order[], tab: Tab, acts: OrderActs): HTMLElement {
  const shown = inTab(orders, tab);
  const tabs = (Object.keys(w.tabs) as Tab[]).map((name) => tabButton(name, inTab(orders, name).length, name === tab, acts));
  return h(
    "main",
    { class: "page narrow" },
    h("h2", { class: "section" }, w.title),
    h("div", { class: "tabs", role: "group", "aria-label": w.title }, ...tabs),
    shown.length === 0 ? h("p", { class: "nothing" }, w.none) : h("div", { class: "order-list" }, ...shown.map((order) => orderTile(order, acts))),
  );
}

function tabButton(tab: Tab, count: number, isChosen: boolean, acts: OrderActs): HTMLElement {
  return h("button", { type: "button", "aria-pressed": String(isChosen), onclick: () => acts.choose(tab) }, w.tabs[tab], count > 0 && h("small", {}, count));
}

function orderTile(order: Order, acts: OrderActs): HTMLElement {
  const pieces = order.lines.reduce((sum, line) => sum + line.quantity, 0);
  return h(
    "article",
    { class: "order-tile" },
    h("header", {}, h("span", { class: "muted" }, dayAndTime(new Date(order.placed_at), new Date())), h("span", { class: "muted" }, `${w.number} ${order.order_number}`), statusMark(order.status)),
    ...order.lines.map(lineRow),
    h(
      "footer",
      {},
      h("span", { class: "muted" }, w.pieces(pieces)),
      h("span", {}, `${w.paid} `, h("b", { class: "price" }, money(order.paid_total))),
      h("a", { class: "plain", href: `#/orders/${encodeURIComponent(order.order_number)}` }, w.view),
      h("button", { class: "plain accent", type: "button", onclick: () => acts.help(order.order_number) }, w.help),
    ),
  );
}

function statusMark(status: OrderStatus): HTMLElement {
  return h("span", { class: `status ${status}` }, w.status[status]);
}

function lineRow(line: OrderLine): HTMLElement {
  const options = Object.entries(line.options).map(([name, value]) => `${name}：${value}`);
  return h(
    "div",
    { class: "line" },
    h("img", { src: line.image_url, alt: "", loading: "lazy", width: 72, height: 72 }),
    h("div", {}, h("span", { class: "line-title" }, line.title), h("span", { class: "muted small" }, options.join("  ")), line.is_gift && h("span", { class: "gift" }, w.gift)),
    h("span", { class: "line-money" }, money(line.unit_price), h("small", { class: "muted" }, `×${line.quantity}`)),
  );
}

export function orderPage(order: Order, acts: OrderActs): HTMLElement {
  return h(
    "main",
    { class: "page narrow" },
    h("a", { class: "back", href: "#/orders" }, `‹ ${w.back}`),
    h(
      "article",
      { class: "order-tile detail" },
      h("header", {}, h("h2", {}, w.detail), h("span", { class: "muted" }, `${w.number} ${order.order_number}`), statusMark(order.status)),
      ...order.shipments.map(parcel),
      ...order.lines.map(lineRow),
      sums(order),
      h("footer", {}, h("span", { class: "muted" }, `${w.placed} ${dayAndTime(new Date(order.placed_at), new Date())}`), h("button", { class: "solid", type: "button", onclick: () => acts.help(order.order_number) }, w.help)),
    ),
  );
}

function parcel(shipment: Shipment): HTMLElement {
  const newest = shipment.events[0];
  return h(
    "section",
    { class: "parcel" },
    h("b", {}, `${w.parcel} · ${shipment.carrier_name} ${shipment.tracking_number}`),
    newest && h("p", {}, newest.text),
    newest && h("p", { class: "muted small" }, dayAndTime(new Date(newest.at), new Date())),
  );
}

function sums(order: Order): HTMLElement {
  const isZero = (amount: string): boolean => /^0(\.0*)?$/.test(amount);
  const rows: [string, string][] = [
    [w.goods, money(order.goods_total)],
    [w.coupon, isZero(order.coupon) ? "" : `-${money(order.coupon)}`],
    [w.points, isZero(order.points_discount) ? "" : `-${money(order.points_discount)}`],
    [w.freight, money(order.freight)],
    [w.paid, money(order.paid_total)],
    [w.pay, order.payment_method],
    [w.receiver, [order.receiver.name, order.receiver.phone, order.receiver.region].filter(Boolean).join(" ")],
  ];
  const shown = rows.filter(([, value]) => value !== "");
  return h("dl", { class: "sums" }, ...shown.flatMap(([label, value]) => [h("dt", {}, label), h("dd", {}, value)]));
}
