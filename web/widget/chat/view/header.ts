/** The head of the chat: whose shop, who answers, the way to a person, the menu. */

import type { ConversationView } from "@shouhou/shared/frames";
import { fill, h, icon } from "@shouhou/shared/dom";
import * as icons from "../icons";
import { words } from "../strings.zh-CN";

export interface HeaderActs {
  requestPerson(): void;
  leaveMessage(): void;
  toggleElder(): boolean;
  close(): void;
}

export class Header {
  readonly root: HTMLElement;
  private readonly name = h("h1", {}, words.header.defaultShop);
  private readonly status = h("p", { class: "header-status", role: "status" });
  private readonly mark = h("span", { class: "header-mark", "aria-hidden": "true" });
  private readonly personLabel = h("span", {}, words.header.person);
  private readonly person: HTMLButtonElement;
  private readonly menuButton: HTMLButtonElement;
  private readonly menu: HTMLElement;
  private readonly elder: HTMLButtonElement;

  constructor(
    acts: HeaderActs,
    { isEmbedded, isElder }: { isEmbedded: boolean; isElder: boolean },
  ) {
    const w = words.header;
    this.person = h("button", { class: "person", type: "button", "aria-label": w.personHint, onclick: acts.requestPerson }, icon(icons.PERSON, 16), this.personLabel);
    this.elder = this.menuItem(icons.TEXT_SIZE, isElder ? w.elderOff : w.elderOn, () => this.setElder(acts.toggleElder()));
    const leave = this.menuItem(icons.PENCIL, w.leaveMessage, acts.leaveMessage);
    this.menu = h("div", { class: "menu", role: "menu", hidden: true }, this.elder, leave, h("p", { class: "menu-note" }, w.aiNotice));
    this.menuButton = h("button", { class: "round", type: "button", "aria-label": w.menu, "aria-haspopup": "menu", "aria-expanded": "false", onclick: () => this.openMenu(this.menu.hidden) }, icon(icons.MORE, 20, 2.8));
    const close = h("button", { class: "round", type: "button", "aria-label": w.close, onclick: acts.close }, icon(icons.CLOSE));
    this.root = h("header", { class: "header" }, this.mark, h("div", { class: "header-text" }, this.name, this.status), this.person, this.menuButton, isEmbedded && close, this.menu);
    this.closeMenuElsewhere();
    fill(this.mark, icon(icons.CHAT, 22));
  }

  render(view: ConversationView | null, shopName: string, isAsking: boolean): void {
    fill(this.name, shopName || words.header.defaultShop);
    fill(this.status, statusLine(view));
    const status = view?.status;
    const isWaiting = isAsking || status === "queued" || status === "offered";
    const isActive = status === "active";
    const label = isActive ? words.header.personActive : isWaiting ? words.header.personQueued : words.header.person;
    fill(this.personLabel, label);
    this.person.disabled = isWaiting || isActive;
    this.person.setAttribute("aria-label", isWaiting || isActive ? label : words.header.personHint);
    this.mark.classList.toggle("is-person", isActive);
    this.mark.classList.toggle("is-away", isWaitingForNobody(view));
  }

  /** True when there was a menu to close (Escape closes it before it closes the chat). */
  closeMenu(): boolean {
    const wasOpen = !this.menu.hidden;
    this.openMenu(false);
    if (wasOpen) this.menuButton.focus();
    return wasOpen;
  }

  private openMenu(isOpen: boolean): void {
    this.menu.hidden = !isOpen;
    this.menuButton.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.elder.focus();
  }

  private closeMenuElsewhere(): void {
    document.addEventListener("click", (event) => {
      if (!this.root.contains(event.target as Node)) this.openMenu(false);
    });
  }

  private menuItem(symbol: string, label: string, act: () => void): HTMLButtonElement {
    const run = (): void => {
      this.openMenu(false);
      act();
    };
    return h("button", { type: "button", role: "menuitem", onclick: run }, icon(symbol, 18), h("span", {}, label));
  }

  private setElder(isElder: boolean): void {
    const label = this.elder.querySelector("span");
    if (label) fill(label, isElder ? words.header.elderOff : words.header.elderOn);
  }
}

/** In the queue while no person is online: nothing here may look as if somebody were. */
function isWaitingForNobody(view: ConversationView | null): boolean {
  return view?.status === "message_left" || (view?.status === "queued" && !view.agents_online);
}

export function statusLine(view: ConversationView | null): string {
  const w = words.status;
  if (!view) return words.link.connecting;
  switch (view.status) {
    case "queued":
    case "offered":
      if (isWaitingForNobody(view)) return w.queuedForNobody;
      return view.place ? w.queuedAt(view.place.position) : w.queued;
    case "active":
      return w.active(view.agent_name);
    default:
      return w[view.status];
  }
}
