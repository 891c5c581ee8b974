/** The demo store: routes by the part after `#`, one page at a time, and the chat beside it. */

import { fill, h } from "@shouhou/shared/dom";
import type { Order } from "@shouhou/shared/frames";
import { keepAccount, readAccount } from "./account";
import { categoriesOf, fillProduct, type Filter, goodsPage } from "./goods";
import { orderPage, ordersPage, type Tab } from "./orders";
import { CustomerService } from "./service";
import * as shop from "./shop";
import type { DemoProduct, DemoShopper } from "./shop";
import { words } from "./strings.zh-CN";

const root = document.getElementById("store") as HTMLElement;
const bar = h("div", { class: "top" });
const nav = h("nav", { class: "nav" });
const view = h("div", { class: "view" });
const notice = h("div", { class: "notice", role: "alert", hidden: true });
const dialog = h("dialog", {});
const service = new CustomerService(() => tell(words.problem.widget));
const filter: Filter = { category: "", search: "" };
let account: DemoShopper | null = readAccount();
let products: DemoProduct[] = [];
let orders: Order[] = [];
let tab: Tab = "all";

function tell(problem: string): void {
  fill(notice, problem);
  notice.hidden = false;
}

function go(hash: string): void {
  if (location.hash === hash) show();
  else location.hash = hash;
}

function help(orderNumber: string | null): void {
  if (orderNumber) service.lookAt(orderNumber);
  service.open();
}

function drawBar(): void {
  const w = words.top;
  const button = (label: string, act: () => void): HTMLElement => h("button", { type: "button", onclick: act }, label);
  fill(
    bar,
    h("span", { class: "top-hello" }, account ? w.hello(account.name, words.level[account.level]) : w.welcome),
    ...(account ? [button(w.switch, () => void chooseAccount()), button(w.signOut, () => void become(null))] : [button(w.signIn, () => void chooseAccount())]),
    button(w.orders, () => go("#/orders")),
    button(w.service, () => help(null)),
  );
}

function drawNav(): void {
  const choose = (category: string): void => {
    filter.category = category;
    go("#/");
  };
  const entries = ["", ...categoriesOf(products)].map((category) => {
    const isChosen = !isOrders() && filter.category === category;
    return h("button", { type: "button", "aria-current": isChosen && "page", onclick: () => choose(category) }, category || words.all);
  });
  fill(nav, ...entries);
}

function isOrders(): boolean {
  return location.hash.startsWith("#/orders");
}

function show(): void {
  drawBar();
  drawNav();
  const number = /^#\/orders\/(.+)$/.exec(location.hash)?.[1];
  const order = number ? orders.find((each) => each.order_number === decodeURIComponent(number)) : undefined;
  const acts = { choose: (chosen: Tab) => ((tab = chosen), show()), help };
  service.lookAt(order?.order_number ?? null);
  if (!isOrders()) fill(view, goodsPage(products, filter, { open: openProduct, help: () => help(null) }));
  else if (!account) fill(view, h("main", { class: "page narrow" }, h("p", { class: "nothing" }, words.orders.signInFirst), h("p", { class: "centre" }, h("button", { class: "solid", type: "button", onclick: () => void chooseAccount() }, words.top.signIn))));
  else fill(view, order ? orderPage(order, acts) : ordersPage(orders, tab, acts));
}

function openProduct(product: DemoProduct): void {
  dialog.className = "wide";
  fillProduct(dialog, product, () => {
    dialog.close();
    help(null);
  });
  dialog.showModal();
}

async function chooseAccount(): Promise<void> {
  const w = words.signIn;
  const people = await shop.shoppers().catch(() => null);
  if (!people) return tell(words.problem.shop);
  const choose = (shopper: DemoShopper | null) => () => {
    dialog.close();
    void become(shopper);
  };
  dialog.className = "people";
  fill(
    dialog,
    h("button", { class: "dialog-close", type: "button", "aria-label": words.product.close, onclick: () => dialog.close() }, "×"),
    h("h2", {}, w.title),
    h("p", { class: "muted" }, w.intro),
    h("div", { class: "people-list" }, ...people.map((person) => personButton(person, choose(person)))),
    h("button", { class: "plain wide-button", type: "button", onclick: choose(null) }, w.anonymous),
  );
  dialog.showModal();
}

function personButton(person: DemoShopper, choose: () => void): HTMLElement {
  return h(
    "button",
    { class: "person", type: "button", "aria-pressed": String(person.shopper_id === account?.shopper_id), onclick: choose },
    h("span", { class: `face ${person.level}`, "aria-hidden": "true" }, person.name.slice(0, 1)),
    h("span", {}, h("b", {}, person.name), h("small", {}, `${words.level[person.level]} · ${words.signIn.points(person.points)}`), h("span", {}, person.description)),
  );
}

/** Signs in or out, in the store and in the chat. */
async function become(shopper: DemoShopper | null): Promise<void> {
  account = shopper;
  keepAccount(shopper);
  service.identify(shopper ? await shop.identityOf(shopper.shopper_id).catch(() => null) : null);
  await loadOrders();
  tab = "all";
  show();
}

async function loadOrders(): Promise<void> {
  orders = account ? await shop.orders(account.shopper_id).catch(() => []) : [];
}

function frame(): void {
  const search = h("input", { type: "search", "aria-label": words.search.label, placeholder: words.search.placeholder });
  search.addEventListener("input", () => {
    filter.search = search.value;
    go("#/");
  });
  const logo = h("a", { class: "logo", href: "#/", onclick: () => (filter.category = "") }, h("img", { src: "./favicon.svg", alt: "", width: 36, height: 36 }), h("span", {}, h("b", {}, words.name), h("small", {}, words.motto)));
  const cart = h("button", { class: "plain", type: "button", onclick: () => go("#/orders") }, words.top.orders);
  root.append(bar, h("header", { class: "head" }, logo, search, cart), nav, notice, view, h("footer", { class: "foot" }, words.foot), dialog);
}

async function start(): Promise<void> {
  frame();
  window.addEventListener("hashchange", show);
  const [config, found] = await Promise.all([shop.config(), shop.products().catch(() => null), loadOrders()]);
  if (found) products = found;
  else tell(words.problem.shop);
  if (account) service.identify(await shop.identityOf(account.shopper_id).catch(() => null));
  service.load(config);
  show();
}

void start();
