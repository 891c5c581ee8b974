/** The strip above the composer while the shopper waits for a person, or for the answer to a left message. */

import type { ConversationView } from "@shouhou/shared/frames";
import { waitRange } from "@shouhou/shared/format";
import { fill, h } from "@shouhou/shared/dom";
import { words } from "../strings.zh-CN";

export interface QueueActs {
  leaveMessage(): void;
  backToBot(): void;
}

export class QueuePanel {
  readonly root = h("section", { class: "queue", "aria-label": words.queue.label, hidden: true });
  private readonly title = h("b", {});
  private readonly detail = h("span", {});
  private readonly actions: HTMLElement;
  private isStaying = false;

  constructor(acts: QueueActs) {
    const w = words.queue;
    const button = (label: string, look: string, act: () => void): HTMLElement =>
      h("button", { class: `button ${look}`, type: "button", onclick: act }, label);
    const stay = button(w.stay, "stay primary", () => this.stay());
    const leave = button(w.leave, "leave", acts.leaveMessage);
    this.actions = h("div", { class: "queue-actions" }, stay, leave, button(w.back, "", acts.backToBot));
    const text = h("div", { class: "queue-text", role: "status" }, this.title, this.detail);
    this.root.append(h("div", { class: "queue-line" }, h("span", { class: "pulse", "aria-hidden": "true" }), text), this.actions);
  }

  render(view: ConversationView | null): void {
    const isWaiting = view?.status === "queued" || view?.status === "offered";
    const isLeft = view?.status === "message_left";
    this.root.hidden = !isWaiting && !isLeft;
    if (!view || this.root.hidden) {
      this.isStaying = false;
      return;
    }
    const { title, detail } = queueWords(view, this.isStaying);
    fill(this.title, title);
    fill(this.detail, detail);
    this.root.classList.toggle("staying", this.isStaying);
    this.root.classList.toggle("left", isLeft);
    this.root.classList.toggle("absent", !isLeft && !view.agents_online);
  }

  private stay(): void {
    this.isStaying = true;
    this.root.classList.add("staying");
    fill(this.detail, words.queue.staying);
  }
}

export function queueWords(view: ConversationView, isStaying: boolean): { title: string; detail: string } {
  const w = words.queue;
  if (view.status === "message_left") return { title: w.left, detail: w.leftDetail };
  if (view.status === "offered") return { title: w.offered, detail: "" };
  const title = view.place ? w.ahead(view.place.position) : w.finding;
  if (!view.agents_online) return { title: w.noAgents, detail: "" };
  const range = view.place ? waitRange(view.place.wait_low_s, view.place.wait_high_s) : "";
  if (range) return { title, detail: w.wait(range) };
  return { title, detail: isStaying ? w.staying : w.unknownWait };
}
