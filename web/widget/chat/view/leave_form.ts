/** The form for a message to the shop's people, answered later in the same conversation. */

import { lengthOf } from "@shouhou/shared/format";
import { MAX_TEXT } from "@shouhou/shared/frames";
import { fill, h } from "@shouhou/shared/dom";
import { words } from "../strings.zh-CN";

export class LeaveForm {
  readonly root: HTMLFormElement;
  private readonly field: HTMLTextAreaElement;
  private readonly problem = h("p", { class: "problem", role: "alert" });

  constructor(
    private readonly send: (text: string) => void,
    private readonly closed: () => void,
  ) {
    const w = words.leave;
    this.field = h("textarea", { class: "field", id: "leave-text", rows: 5, placeholder: w.placeholder, oninput: () => fill(this.problem) });
    this.root = h(
      "form",
      { class: "sheet", "aria-label": w.title, hidden: true },
      h("h2", {}, w.title),
      h("p", { class: "sheet-intro" }, w.intro),
      h("label", { class: "visually-hidden", for: "leave-text" }, w.label),
      this.field,
      this.problem,
      h("div", { class: "sheet-actions" }, h("button", { class: "button", type: "button", onclick: () => this.close() }, w.cancel), h("button", { class: "button primary", type: "submit" }, w.send)),
    );
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  open(text: string): void {
    this.root.hidden = false;
    if (text && !this.field.value) this.field.value = text;
    this.field.focus();
  }

  /** True when it was open. */
  close(): boolean {
    const wasOpen = !this.root.hidden;
    this.root.hidden = true;
    fill(this.problem);
    if (wasOpen) this.closed();
    return wasOpen;
  }

  private submit(): void {
    const text = this.field.value.trim();
    if (!text) return fill(this.problem, words.leave.empty);
    if (lengthOf(text) > MAX_TEXT) return fill(this.problem, words.composer.tooLong(MAX_TEXT));
    this.field.value = "";
    this.close();
    this.send(text);
  }
}
