/** A page for whoever puts the chat into a shop: the button changes while they choose, the line to copy with it. */

import { h } from "@shouhou/shared/dom";
import { DEFAULT_COLOR, Launcher, LIFT, LONGEST_LABEL, lookOf } from "../launcher/launcher";
import { launcherWords } from "../chat/strings.zh-CN";
import { snippet } from "./snippet";
import { words } from "./strings.zh-CN";

const shop = h("input", { type: "text", value: new URLSearchParams(location.search).get("shop") ?? "demo", maxlength: 64 });
const color = h("input", { type: "color", value: DEFAULT_COLOR, "aria-label": words.color });
const label = h("input", { type: "text", value: launcherWords.label, maxlength: LONGEST_LABEL });
const lift = h("input", { type: "range", min: LIFT.least, max: LIFT.most, step: 4, value: LIFT.usual });
const lifted = h("output", {});
const side = h("select", {}, h("option", { value: "right" }, words.right), h("option", { value: "left" }, words.left));
const code = h("pre", { tabindex: 0, "aria-label": words.code });
const told = h("span", { class: "told", role: "status" });

const look = (): ReturnType<typeof lookOf> => lookOf({ color: color.value, side: side.value, label: label.value, lift: lift.value });
const line = (): string => snippet(location.origin, shop.value.trim() || "demo", look());
const launcher = new Launcher({ bridge: location.origin, shop: shop.value, ...look() });

function show(): void {
  launcher.dress(look());
  lifted.textContent = words.pixels(look().lift);
  code.textContent = line();
  told.textContent = "";
}

async function copy(): Promise<void> {
  try {
    await navigator.clipboard.writeText(line());
    told.textContent = words.copied;
  } catch {
    told.textContent = words.copyFailed;
  }
}

function choose(value: string): void {
  color.value = value;
  show();
}

function swatch([value, name]: [string, string]): HTMLElement {
  const button = h("button", { type: "button", class: "swatch", title: name, "aria-label": name, onclick: () => choose(value) });
  button.style.background = value;
  return button;
}

const field = (name: string, ...inside: HTMLElement[]): HTMLElement => h("label", { class: "field" }, h("span", {}, name), ...inside);

document.querySelector("#options")?.append(
  h("h1", {}, words.title),
  h("p", {}, words.hint),
  h("form", { oninput: show, onsubmit: (event: Event) => event.preventDefault() },
    field(words.shop, shop),
    h("div", { class: "field" }, h("span", {}, words.color), h("div", { class: "colors" }, color, ...Object.entries(words.colors).map(swatch))),
    field(words.side, side),
    field(words.label, label),
    field(words.lift, h("div", { class: "lift" }, lift, lifted)),
  ),
  h("h2", {}, words.code),
  code,
  h("p", { class: "actions" }, h("button", { type: "button", class: "copy", onclick: () => void copy() }, words.copy), told),
  h("p", { class: "dim" }, words.origins),
);
show();
