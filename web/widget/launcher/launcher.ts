/**
 * The button on the shop's page and the iframe it opens. Nothing of the chat is loaded before it is opened, except for
 * a shopper who has talked to us on this site before: their badge should tell of an answer.
 */

import { channels, inkOn } from "../chat/accent";
import { h, icon } from "@shouhou/shared/dom";
import * as icons from "../chat/icons";
import { launcherWords } from "../chat/strings.zh-CN";
import type { LauncherDetail, LauncherEvent, PageContext } from "./api";
import { sealed, type ToChat, type ToPage, unsealed } from "../page_messages";
import { STYLES } from "./styles";
import { TitleBadge } from "./title";

/** `label`: the word on the button; `lift`: how many pixels it stands above the lower edge. */
export interface Look {
  color: string;
  side: "left" | "right";
  label: string;
  lift: number;
}

export interface LauncherOptions extends Look {
  bridge: string;
  shop: string;
}

type Listener = (detail: never) => void;

export const DEFAULT_COLOR = "#2563eb";
export const LONGEST_LABEL = 12;
export const LIFT = { least: 0, usual: 24, most: 400 };
const MANY = 99;

/** From the `data-` attributes of the script; what is missing or wrong is as usual. */
export function lookOf(data: Partial<Record<string, string>>): Look {
  const lift = Number(data["lift"] || LIFT.usual);
  return {
    color: data["color"] ?? "",
    side: data["side"] === "left" ? "left" : "right",
    label: [...(data["label"] ?? "").trim()].slice(0, LONGEST_LABEL).join("") || launcherWords.label,
    lift: Number.isFinite(lift) ? Math.min(LIFT.most, Math.max(LIFT.least, lift)) : LIFT.usual,
  };
}

export class Launcher {
  private readonly host = document.createElement("div");
  private readonly box = h("div", {});
  private readonly badge = h("span", { class: "badge", hidden: true });
  private readonly symbol = h("span", {});
  private readonly label = h("span", { class: "label" });
  private readonly button: HTMLButtonElement;
  private readonly panel = h("div", { class: "panel", hidden: true });
  private readonly title = new TitleBadge();
  private readonly listeners = new Map<LauncherEvent, Set<Listener>>();
  private frame: HTMLIFrameElement | null = null;
  private isReady = false;
  private isOpen = false;
  private unread = 0;
  private color = "";
  private identity: string | null | undefined;
  private page: PageContext = {};

  constructor(private readonly options: LauncherOptions) {
    this.button = h("button", { class: "launcher", type: "button", "aria-expanded": "false", onclick: () => this.toggle() }, this.symbol, this.label, this.badge);
    this.symbol.append(icon(icons.CHAT, 26));
    window.addEventListener("message", (event) => this.heard(event));
    this.mount();
    if (this.wasHereBefore()) whenIdle(() => this.load());
  }

  open(): void {
    if (this.isOpen) return;
    this.remember();
    this.load();
    this.setOpen(true);
    this.emit("open", null);
  }

  close(): void {
    if (!this.isOpen) return;
    this.setOpen(false);
    this.button.focus();
    this.emit("close", null);
  }

  identify(token: string | null): void {
    this.identity = token;
    if (this.isReady) this.tell({ type: "identify", identity: token });
  }

  setPage(page: PageContext): void {
    this.page = { ...this.page, ...page };
    if (this.isReady) this.tell({ type: "page", page: this.page });
  }

  /** Returns how to stop listening. */
  on<E extends LauncherEvent>(event: E, listener: (detail: LauncherDetail[E]) => void): () => void {
    const set = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, set.add(listener as Listener));
    if (event === "ready" && this.isReady) (listener as (detail: null) => void)(null);
    return () => void set.delete(listener as Listener);
  }

  private mount(): void {
    const root = this.host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    root.adoptedStyleSheets = [sheet];
    this.dress(this.options);
    this.box.append(this.button, this.panel);
    root.append(this.box);
    this.host.setAttribute("data-shouhou", "");
    document.body.append(this.host);
  }

  /** How it looks from now on; a chat that is already in the frame keeps its colour. */
  dress(look: Look): void {
    this.color = look.color;
    const color = channels(look.color) ? look.color : DEFAULT_COLOR;
    this.box.style.setProperty("--accent", color);
    this.box.style.setProperty("--ink", inkOn(channels(color) ?? [0, 0, 0]));
    this.box.style.setProperty("--lift", `${look.lift}px`);
    this.box.className = look.side;
    this.label.textContent = look.label;
    this.name();
  }

  /** What a screen reader says: it holds the word one sees, and what is new. */
  private name(): void {
    const label = this.label.textContent ?? "";
    const closed = this.unread ? launcherWords.openUnread(label, this.unread) : launcherWords.open(label);
    this.button.setAttribute("aria-label", this.isOpen ? launcherWords.close(label) : closed);
  }

  private toggle(): void {
    if (this.isOpen) this.close();
    else this.open();
  }

  private setOpen(isOpen: boolean): void {
    this.isOpen = isOpen;
    this.panel.hidden = !isOpen;
    this.button.classList.toggle("is-open", isOpen);
    this.button.setAttribute("aria-expanded", String(isOpen));
    this.name();
    this.symbol.replaceChildren(icon(isOpen ? icons.DOWN : icons.CHAT, 26));
    if (isOpen) this.frame?.focus();
    if (this.isReady) this.tell({ type: "shown", is_open: isOpen });
  }

  private load(): void {
    if (this.frame) return;
    const frame = h("iframe", { title: launcherWords.frameTitle, allow: "clipboard-write; microphone", sandbox: "allow-scripts allow-same-origin allow-forms allow-popups allow-downloads" });
    frame.addEventListener("load", () => this.greet());
    frame.src = `${this.options.bridge}/chat/`;
    this.frame = frame;
    this.panel.append(frame);
  }

  private greet(): void {
    const { shop } = this.options;
    const identity = this.identity === undefined ? {} : { identity: this.identity };
    this.tell({ type: "init", shop, color: this.color, ...identity, page: this.page, is_open: this.isOpen });
  }

  private tell(message: ToChat): void {
    this.frame?.contentWindow?.postMessage(sealed(message), this.options.bridge);
  }

  private heard(event: MessageEvent): void {
    if (event.origin !== this.options.bridge || !this.frame || event.source !== this.frame.contentWindow) return;
    const message = unsealed<ToPage>(event.data);
    if (message?.type === "ready") this.ready();
    else if (message?.type === "close") this.close();
    else if (message?.type === "unread") this.showUnread(message.count);
    else if (message?.type === "message") this.emit("message", { author: message.author });
  }

  /** What the page said between our greeting and the answer is said again. */
  private ready(): void {
    this.isReady = true;
    this.tell({ type: "shown", is_open: this.isOpen });
    this.tell({ type: "page", page: this.page });
    this.emit("ready", null);
  }

  private showUnread(count: number): void {
    this.badge.hidden = count === 0;
    this.badge.textContent = count > MANY ? `${MANY}+` : String(count);
    this.unread = count;
    this.name();
    this.title.show(count);
    this.emit("unread", { count });
  }

  private emit<E extends LauncherEvent>(event: E, detail: LauncherDetail[E]): void {
    for (const listener of this.listeners.get(event) ?? []) (listener as (detail: LauncherDetail[E]) => void)(detail);
  }

  private wasHereBefore(): boolean {
    try {
      return localStorage.getItem(`shouhou.${this.options.shop}.known`) === "1";
    } catch {
      return false;
    }
  }

  private remember(): void {
    try {
      localStorage.setItem(`shouhou.${this.options.shop}.known`, "1");
    } catch {
      // Without storage the badge waits until the chat is opened.
    }
  }
}

function whenIdle(task: () => void): void {
  const later = (): void => void ("requestIdleCallback" in window ? requestIdleCallback(task, { timeout: 2000 }) : setTimeout(task, 500));
  if (document.readyState === "complete") later();
  else window.addEventListener("load", later, { once: true });
}
