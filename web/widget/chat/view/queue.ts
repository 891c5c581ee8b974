/** The strip above the composer while the shopper waits for a person, or for the answer to a left message. */

import type { CallbackSlot, ConversationView } from "@shouhou/shared/frames";
import { waitRange } from "@shouhou/shared/format";
import { fill, h } from "@shouhou/shared/dom";
import { words } from "../strings.zh-CN";

export interface QueueActs {
  leaveMessage(): void;
  backToBot(): void;
  requestCallback(slot: CallbackSlot): void;
}

export class QueuePanel {
  readonly root = h("section", { class: "queue", "aria-label": words.queue.label, hidden: true });
  private readonly title = h("b", {});
  private readonly detail = h("span", {});
  private readonly actions: HTMLElement;
  private readonly slots = h("div", { class: "queue-actions slots", hidden: true });
  private readonly callBack: HTMLElement;
  private isStaying = false;
  private shown = "";

  constructor(private readonly acts: QueueActs) {
    const w = words.queue;
    const button = (label: string, look: string, act: () => void): HTMLElement =>
      h("button", { class: `button ${look}`, type: "button", onclick: act }, label);
    const stay = button(w.stay, "stay primary", () => this.stay());
    const leave = button(w.leave, "leave", acts.leaveMessage);
    this.callBack = button(w.callBack, "call-back", () => (this.slots.hidden = !this.slots.hidden));
    this.actions = h("div", { class: "queue-actions" }, stay, leave, this.callBack, button(w.back, "", acts.backToBot));
    const text = h("div", { class: "queue-text", role: "status" }, this.title, this.detail);
    this.root.append(h("div", { class: "queue-line" }, h("span", { class: "pulse", "aria-hidden": "true" }), text), this.actions, this.slots);
  }

  render(view: ConversationView | null): void {
    const isWaiting = view?.status === "queued" || view?.status === "offered";
    const isLeft = view?.status === "message_left";
    this.root.hidden = !isWaiting && !isLeft;
    if (!view || this.root.hidden) {
      this.isStaying = false;
      this.slots.hidden = true;
      return;
    }
    this.offer(isLeft ? [] : view.callbacks);
    const { title, detail } = queueWords(view, this.isStaying);
    fill(this.title, title);
    fill(this.detail, detail);
    this.root.classList.toggle("staying", this.isStaying);
    this.root.classList.toggle("left", isLeft);
    this.root.classList.toggle("absent", !isLeft && !view.agents_online);
  }

  /** Made anew only when the times change, so that a finger on its way to one still finds it. */
  private offer(slots: CallbackSlot[]): void {
    this.callBack.hidden = slots.length === 0;
    if (slots.length === 0) this.slots.hidden = true;
    const times = slots.map((slot) => slot.at).join();
    if (times === this.shown) return;
    this.shown = times;
    const choose = (slot: CallbackSlot): void => {
      this.slots.hidden = true;
      this.acts.requestCallback(slot);
    };
    this.slots.replaceChildren(
      ...slots.map((slot) => h("button", { class: "button", type: "button", onclick: () => choose(slot) }, slot.label)),
    );
  }

  private stay(): void {
    this.isStaying = true;
    this.root.classList.add("staying");
    fill(this.detail, words.queue.staying);
  }
}

export function queueWords(view: ConversationView, isStaying: boolean): { title: string; detail: string } {
  const w = words.queue;
  if (view.status === "message_left") return view.callback_at ? { title: w.booked, detail: w.bookedDetail } : { title: w.left, detail: w.leftDetail };
  if (view.status === "offered") return { title: w.offered, detail: "" };
  const title = view.place ? w.ahead(view.place.position) : w.finding;
  if (!view.agents_online) return { title: w.noAgents, detail: "" };
  const range = view.place ? waitRange(view.place.wait_low_s, view.place.wait_high_s) : "";
  if (range) return { title, detail: w.wait(range) };
  return { title, detail: isStaying ? w.staying : w.unknownWait };
}
