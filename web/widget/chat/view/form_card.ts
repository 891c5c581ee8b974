/** A form in the list of messages: filled in, it is said in the shopper's own words; said once, it is closed. */

import type { FormCard, FormField } from "@shouhou/shared/frames";
import { fill, h } from "@shouhou/shared/dom";
import * as icons from "../icons";
import { words } from "../strings.zh-CN";
import { type CardContext, head } from "./cards";

type Input = HTMLInputElement | HTMLSelectElement;

export function formCard(card: FormCard, context: CardContext): HTMLElement {
  const inputs = new Map<string, Input>(card.fields.map((field) => [field.name, inputFor(field, context.isUsed)]));
  const problem = h("p", { class: "problem", role: "alert" });
  const form = h(
    "form",
    { class: "card form-card", "aria-label": card.title, novalidate: true },
    head(icons.CLIPBOARD, card.title),
    ...card.fields.map((field) => h("label", { class: "form-row" }, h("span", {}, field.label), inputs.get(field.name))),
    problem,
    h("button", { class: "button primary", type: "submit", disabled: context.isUsed }, context.isUsed ? words.form.sent : card.submit),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const isEmpty = card.fields.every((field) => !inputs.get(field.name)?.value.trim());
    const wrong = isEmpty ? card.fields[0] : card.fields.find((field) => !fits(field, inputs.get(field.name) as Input));
    if (wrong) {
      fill(problem, words.form.missing(wrong.label));
      (inputs.get(wrong.name) as Input).focus();
      return;
    }
    context.say(saidWith(card, (name) => inputs.get(name)?.value.trim() ?? ""));
  });
  return form;
}

/** `said` of the card with what was put in; a day in the words people use. */
export function saidWith(card: FormCard, valueOf: (name: string) => string): string {
  const kinds = new Map(card.fields.map((field) => [field.name, field.kind]));
  const said = card.said.replace(/\{(\w+)\}/g, (_, name: string) => (kinds.get(name) === "day" ? dayInWords(valueOf(name)) : valueOf(name)));
  return said.replace(/[，\s]+$/, "");
}

function dayInWords(iso: string): string {
  const [, month, day] = iso.split("-").map(Number);
  return month && day ? `${month}月${day}日` : iso;
}

function inputFor(field: FormField, disabled: boolean): Input {
  if (field.kind === "choice") return h("select", { disabled }, ...field.options.map((option) => h("option", { value: option }, option)));
  const kinds = {
    day: { type: "date", min: field.first, max: field.last, value: field.first },
    phone: { type: "tel", inputmode: "numeric", autocomplete: "tel", maxlength: 11 },
    text: { type: "text", maxlength: 80 },
  };
  return h("input", { ...kinds[field.kind], placeholder: field.hint || null, disabled });
}

const PHONE = /^1[3-9]\d{9}$/;

function fits(field: FormField, input: Input): boolean {
  const value = input.value.trim();
  if (!value) return !field.is_required;
  if (field.kind === "phone") return PHONE.test(value);
  if (field.kind === "day") return (!field.first || value >= field.first) && (!field.last || value <= field.last);
  return true;
}
