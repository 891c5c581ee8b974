/** The rating after a person's service: five stars, a comment, once. */

import { fill, h, icon } from "@shouhou/shared/dom";
import * as icons from "../icons";
import { words } from "../strings.zh-CN";

export const MAX_COMMENT = 500;

export type Rating = "open" | "sending" | { score: number };

export function csatCard(rating: Rating, send: (score: number, comment: string) => void): HTMLElement {
  const w = words.csat;
  if (typeof rating === "object") return given(rating.score);
  if (rating === "sending") return h("section", { class: "csat" }, h("p", { role: "status" }, w.sending));
  let chosen = 0;
  const named = h("p", { class: "csat-name", role: "status" });
  const comment = h("textarea", { class: "field", rows: 2, maxlength: MAX_COMMENT, placeholder: w.comment, "aria-label": w.comment });
  const submit = h("button", { class: "button primary wide", type: "button", onclick: () => send(chosen, comment.value.trim()) }, w.send);
  const more = h("div", { class: "csat-more", hidden: true }, comment, submit);
  const choose = (score: number): void => {
    chosen = score;
    stars.forEach((star, index) => star.classList.toggle("lit", index < score));
    fill(named, w.scores[score - 1]);
    more.hidden = false;
    submit.scrollIntoView?.({ block: "nearest" });
  };
  const stars = w.scores.map((name, index) => starLabel(index + 1, name, choose));
  return h(
    "section",
    { class: "csat" },
    h("h3", {}, w.title),
    h("div", { class: "stars", role: "radiogroup", "aria-label": w.group }, ...stars),
    named,
    more,
  );
}

let groups = 0;

/** A radio button in a label: the arrow keys work, and a screen reader says "4 星，满意". */
function starLabel(score: number, name: string, choose: (score: number) => void): HTMLElement {
  if (score === 1) groups += 1;
  const label = words.csat.star(score, name);
  const input = h("input", { type: "radio", name: `csat-${groups}`, value: score, "aria-label": label, onchange: () => choose(score) });
  return h("label", { class: "star", title: name }, input, icon(icons.STAR, 32));
}

function given(score: number): HTMLElement {
  const stars = words.csat.scores.map((_, index) => h("span", { class: index < score ? "star lit" : "star" }, icon(icons.STAR, 20)));
  return h(
    "section",
    { class: "csat done" },
    h("p", {}, words.csat.thanks),
    h("div", { class: "stars", role: "img", "aria-label": words.csat.given(score) }, ...stars),
  );
}
