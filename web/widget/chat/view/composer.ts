/** Where the shopper writes. Enter sends, Shift+Enter breaks the line, and an IME's Enter only ends its composition. */

import { lengthOf } from "@shouhou/shared/format";
import { MAX_TEXT } from "@shouhou/shared/frames";
import { fill, h, icon } from "@shouhou/shared/dom";
import { PICTURES } from "@shouhou/shared/upload";
import * as icons from "../icons";
import { words } from "../strings.zh-CN";
import { voiceButton } from "./voice";

export interface ComposerActs {
  send(text: string): void;
  drafted(text: string): void;
  pictures(files: File[]): void;
}

const COUNTER_FROM = 1800;
const TALLEST_PX = 132;

export class Composer {
  readonly root: HTMLElement;
  private readonly field: HTMLTextAreaElement;
  private readonly button: HTMLButtonElement;
  private readonly counter = h("span", { class: "counter", role: "status", hidden: true });
  private readonly hint = h("p", { class: "composer-hint" });

  constructor(private readonly acts: ComposerActs, draft: string) {
    const w = words.composer;
    this.field = h("textarea", { rows: 1, "aria-label": w.label, placeholder: w.placeholder, enterkeyhint: "send", autocomplete: "off" });
    this.field.value = draft;
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => this.typed(event));
    this.button = h("button", { class: "send", type: "button", "aria-label": w.send, onclick: () => this.submit() }, icon(icons.SEND));
    this.root = h("footer", { class: "composer" }, h("div", { class: "composer-line" }, ...this.pictureButton(), voiceButton({ heard: (text) => this.heard(text), failed: (line) => fill(this.hint, line) }), this.field, this.button), h("div", { class: "composer-foot" }, this.hint, this.counter));
    this.field.addEventListener("paste", (event) => this.taken(event, event.clipboardData));
    this.fit();
  }

  /** Files that were pasted or dropped; words are left to the browser. */
  taken(event: Event, transfer: DataTransfer | null): void {
    const files = [...(transfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    this.acts.pictures(files);
  }

  /** On a phone the browser itself offers the camera beside the album. */
  private pictureButton(): HTMLElement[] {
    const chooser = h("input", { type: "file", accept: PICTURES.join(), multiple: true, hidden: true, tabindex: -1 });
    chooser.addEventListener("change", () => {
      this.acts.pictures([...(chooser.files ?? [])]);
      chooser.value = "";
    });
    const button = h("button", { class: "attach", type: "button", "aria-label": words.picture.send, title: words.picture.send, onclick: () => chooser.click() }, icon(icons.PICTURE, 22));
    return [chooser, button];
  }

  /** Put behind what is there: it is sent by the shopper, not by the microphone. */
  private heard(text: string): void {
    this.field.value += text;
    this.changed();
    this.focus();
  }

  focus(): void {
    this.fit();
    this.field.focus({ preventScroll: true });
  }

  get text(): string {
    return this.field.value;
  }

  /** `isWatched`: an agent sees the draft, and the shopper is told so. */
  render({ isPerson, isWatched }: { isPerson: boolean; isWatched: boolean }): void {
    this.field.placeholder = isPerson ? words.composer.placeholderAgent : words.composer.placeholder;
    fill(this.hint, isWatched ? words.composer.draftSeen : "");
  }

  clear(): void {
    this.field.value = "";
    this.changed();
  }

  private typed(event: KeyboardEvent): void {
    // 229 is what some IMEs report for the very Enter that ends a composition, after isComposing is already false.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.submit();
  }

  private submit(): void {
    const text = this.field.value.trim();
    if (!text || lengthOf(text) > MAX_TEXT) return;
    this.clear();
    this.acts.send(text);
    this.focus();
  }

  private changed(): void {
    this.fit();
    this.acts.drafted(this.field.value);
  }

  /** Makes the field as tall as its text, up to a limit. */
  fit(): void {
    const length = lengthOf(this.field.value.trim());
    const isOver = length > MAX_TEXT;
    this.button.disabled = length === 0 || isOver;
    this.counter.hidden = length < COUNTER_FROM;
    this.counter.classList.toggle("over", isOver);
    if (!this.counter.hidden) fill(this.counter, isOver ? words.composer.tooLong(MAX_TEXT) : `${length} / ${MAX_TEXT}`);
    this.field.style.height = "";
    // Nothing can be measured while the panel is put away.
    if (this.field.scrollHeight > 0) this.field.style.height = `${Math.min(this.field.scrollHeight, TALLEST_PX)}px`;
  }
}
