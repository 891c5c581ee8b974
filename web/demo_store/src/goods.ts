/** The front page: hero, promises, the grid of products and what opens when one is pressed. */

import { fill, h } from "@shouhou/shared/dom";
import { money } from "@shouhou/shared/format";
import type { DemoProduct } from "./shop";
import { words } from "./strings.zh-CN";

export interface Filter {
  category: string;
  search: string;
}

export function matching(products: DemoProduct[], { category, search }: Filter): DemoProduct[] {
  const wanted = search.trim().toLowerCase();
  return products.filter(
    (product) =>
      (!category || product.category_title === category) &&
      (!wanted || `${product.title}${product.category_title}${product.description}`.toLowerCase().includes(wanted)),
  );
}

export function categoriesOf(products: DemoProduct[]): string[] {
  return [...new Set(products.map((product) => product.category_title))];
}

export function goodsPage(products: DemoProduct[], filter: Filter, acts: { open(product: DemoProduct): void; help(): void }): HTMLElement {
  const shown = matching(products, filter);
  const isFront = !filter.category && !filter.search.trim();
  const tiles = shown.map((product) => tile(product, () => acts.open(product)));
  return h(
    "main",
    { class: "page" },
    isFront && hero(products, acts.help),
    isFront && promises(),
    h("h2", { class: "section", id: "goods" }, filter.category || words.all),
    shown.length === 0 ? h("p", { class: "nothing" }, words.empty) : h("div", { class: "grid" }, ...tiles),
  );
}

const HERO_PICTURES = ["coat", "air-fryer", "running-shoes"];

function hero(products: DemoProduct[], help: () => void): HTMLElement {
  const w = words.hero;
  const look = (): void => document.getElementById("goods")?.scrollIntoView({ behavior: "smooth" });
  const chosen = HERO_PICTURES.flatMap((name) => products.find((product) => product.image_url.includes(name)) ?? []);
  return h(
    "section",
    { class: "hero" },
    h(
      "div",
      { class: "hero-text" },
      h("p", { class: "kicker" }, w.kicker),
      h("h1", {}, w.title),
      h("p", {}, w.text),
      h("div", { class: "hero-actions" }, h("button", { class: "solid", type: "button", onclick: look }, w.look), h("button", { class: "plain", type: "button", onclick: help }, w.help)),
    ),
    h("div", { class: "hero-pictures", "aria-hidden": "true" }, ...chosen.map((product) => h("img", { src: product.image_url, alt: "" }))),
  );
}

function promises(): HTMLElement {
  const items = words.promises.map(([title, text]) => h("li", {}, h("b", {}, title), h("span", {}, text)));
  return h("ul", { class: "promises" }, ...items);
}

function tile(product: DemoProduct, open: () => void): HTMLElement {
  return h(
    "button",
    { class: "tile", type: "button", onclick: open },
    h("img", { src: product.image_url, alt: "", loading: "lazy", width: 240, height: 240 }),
    h("span", { class: "tile-title" }, product.title),
    h("span", { class: "tile-text" }, product.description),
    h("span", { class: "tile-foot" }, h("b", { class: "price" }, money(product.price)), h("small", {}, product.category_title)),
  );
}

/** `options` of all SKUs, each name with its values once: 颜色 → 雾灰, 曜黑. */
export function optionsOf(product: DemoProduct): [string, string[]][] {
  const found = new Map<string, Set<string>>();
  for (const { sku_id: _, ...options } of product.skus)
    for (const [name, value] of Object.entries(options)) found.set(name, (found.get(name) ?? new Set()).add(value));
  return [...found].map(([name, values]) => [name, [...values]]);
}

export function fillProduct(dialog: HTMLDialogElement, product: DemoProduct, ask: () => void): void {
  const w = words.product;
  const options = optionsOf(product).flatMap(([name, values]) => [h("dt", {}, name), h("dd", {}, ...values.map((value) => h("span", { class: "option" }, value)))]);
  fill(
    dialog,
    h("button", { class: "dialog-close", type: "button", "aria-label": w.close, onclick: () => dialog.close() }, "×"),
    h(
      "div",
      { class: "product" },
      h("img", { src: product.image_url, alt: product.title }),
      h(
        "div",
        {},
        h("h2", {}, product.title),
        h("p", { class: "muted" }, product.description),
        h("p", { class: "price big" }, money(product.price)),
        h("dl", { class: "options" }, ...options),
        h("div", { class: "hero-actions" }, h("button", { class: "solid", type: "button", onclick: ask }, w.ask)),
        h("p", { class: "muted small" }, w.demo),
      ),
    ),
  );
}
