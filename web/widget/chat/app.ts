/** The chat page: puts the parts together, shows the state, passes on what the shopper does. */

import { browserClock } from "@shouhou/shared/connection";
import { MAX_ATTACHMENTS, MAX_TEXT } from "@shouhou/shared/frames";
import type { PageContext, ToPage } from "../page_messages";
import { fill, h, icon } from "@shouhou/shared/dom";
import * as icons from "./icons";
import { ChatService } from "./service";
import { type Change, ChatState } from "./state";
import { Kept, openStorage } from "./storage";
import { words } from "./strings.zh-CN";
import { TypingSignal } from "./typing";
import { Composer } from "./view/composer";
import { Header } from "./view/header";
import { LeaveForm } from "./view/leave_form";
import { MessageList } from "./view/messages";
import { QueuePanel } from "./view/queue";

export interface ChatOptions {
  shop: string;
  isEmbedded: boolean;
  tellPage(message: ToPage): void;
}

const NEAR_BOTTOM_PX = 80;
const TOAST_MS = 5_000;
const STALE_TYPING_MS = 60_000;
const TROUBLE_AFTER_MS = 1_500;

export class ChatApp {
  readonly state = new ChatState();
  private readonly kept: Kept;
  private readonly service: ChatService;
  private readonly typing: TypingSignal;
  private readonly header: Header;
  private readonly messages: MessageList;
  private readonly queue: QueuePanel;
  private readonly leave: LeaveForm;
  private readonly composer: Composer;
  private readonly list = h("main", { class: "list", role: "log", "aria-label": words.list.label, "aria-live": "off", tabindex: 0 });
  private readonly typingLine = h("div", { class: "typing", hidden: true, role: "status" });
  private readonly linkBar = h("div", { class: "link-bar", role: "status", hidden: true });
  private readonly quick = h("div", { class: "quick", role: "group", "aria-label": words.quick.label, hidden: true });
  private readonly toast = h("div", { class: "toast", role: "alert", hidden: true });
  private readonly below = h("button", { class: "below", type: "button", hidden: true, "aria-label": words.list.toLatest, onclick: () => this.toBottom() }, icon(icons.DOWN, 16), words.list.newBelow);
  private isShown = false;
  private asking: string | null = null;
  private page: PageContext = {};
  private pageOrigin = "";
  private seenSeq = 0;
  private isScheduled = false;
  private troubleSince = 0;

  constructor(
    private readonly root: HTMLElement,
    private readonly options: ChatOptions,
  ) {
    this.kept = new Kept(openStorage(), options.shop);
    this.service = new ChatService(this.state, this.kept, options.shop);
    this.typing = new TypingSignal((isTyping, draft) => this.service.tellTyping(isTyping, this.isWatched ? draft : ""), browserClock);
    this.header = this.buildHeader();
    this.messages = this.buildMessages();
    this.leave = new LeaveForm((text) => this.service.leaveMessage(text), () => this.composer.focus());
    this.queue = new QueuePanel({ leaveMessage: () => this.leave.open(""), backToBot: () => this.service.leaveQueue(), requestCallback: (slot) => this.service.requestCallback(slot.at) });
    this.composer = new Composer({ send: (text) => this.say(text), drafted: (text) => this.drafted(text), pictures: (files) => this.sendPictures(files) }, this.kept.get("draft"));
    this.assemble();
    this.state.listen((change) => this.changed(change));
  }

  start(identity?: string | null): void {
    this.draw();
    void this.service.start(identity);
  }

  /** The panel was opened or put away. */
  show(isShown: boolean): void {
    this.isShown = isShown;
    if (isShown) {
      this.service.wake();
      this.toBottom();
      this.composer.focus();
    }
    this.read();
  }

  identify(identity: string | null): void {
    void this.service.start(identity);
  }

  setPage(page: PageContext, origin: string): void {
    this.page = { ...this.page, ...page };
    this.pageOrigin = origin;
    this.service.setPage(this.page.order_number || null);
    this.draw();
  }

  private get isWatched(): boolean {
    return this.state.conversation?.status === "active";
  }

  private buildHeader(): Header {
    const isElder = this.kept.get("elder") === "1";
    document.documentElement.classList.toggle("elder", isElder);
    this.service.setElder(isElder);
    const acts = {
      requestPerson: () => this.requestPerson(),
      leaveMessage: () => this.leave.open(""),
      toggleElder: () => this.toggleElder(),
      close: () => this.options.tellPage({ type: "close" }),
    };
    return new Header(acts, { isEmbedded: this.options.isEmbedded, isElder });
  }

  private buildMessages(): MessageList {
    return new MessageList(this.state, {
      press: (choice) => this.service.press(choice),
      say: (text) => this.say(text),
      resend: (id) => this.service.resend(id),
      discard: (id) => this.service.discard(id),
      rate: (session, score, comment) => this.service.rate(session, score, comment),
      assetBase: () => this.page.asset_base ?? this.pageOrigin,
      now: () => new Date(),
      gallery: this.service.gallery,
    });
  }

  private assemble(): void {
    this.list.append(this.messages.root, this.typingLine);
    const bottom = h("div", { class: "bottom" }, this.below, this.toast, this.queue.root, this.quick, this.composer.root);
    this.root.append(this.header.root, this.linkBar, this.list, bottom, this.leave.root);
    this.root.addEventListener("dragover", (event) => event.preventDefault());
    this.root.addEventListener("drop", (event) => this.composer.taken(event, event.dataTransfer));
    this.list.addEventListener("scroll", () => this.scrolled(), { passive: true });
    document.addEventListener("keydown", (event) => this.escaped(event));
    document.addEventListener("visibilitychange", () => this.looked());
    window.addEventListener("online", () => this.looked());
    window.addEventListener("offline", () => this.draw());
  }

  private looked(): void {
    if (document.visibilityState === "visible") this.service.wake();
    this.draw();
  }

  private escaped(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.isComposing) return;
    if (!this.leave.close() && !this.header.closeMenu()) this.options.tellPage({ type: "close" });
  }

  private say(text: string): void {
    this.typing.stop();
    this.service.say(text);
    this.toBottom();
  }

  private sendPictures(files: File[]): void {
    for (const file of files.slice(0, MAX_ATTACHMENTS)) this.service.sendPicture(file);
    this.toBottom();
  }

  private drafted(text: string): void {
    this.kept.set("draft", text);
    this.typing.drafted([...text].slice(0, MAX_TEXT).join(""));
    this.drawComposer();
  }

  private drawComposer(): void {
    this.composer.render({ isPerson: this.isWatched, isWatched: this.isWatched && this.composer.text !== "" });
  }

  private requestPerson(): void {
    this.asking = this.service.requestPerson();
    this.draw();
  }

  private toggleElder(): boolean {
    const isElder = document.documentElement.classList.toggle("elder");
    this.kept.set("elder", isElder ? "1" : "");
    this.service.setElder(isElder);
    this.composer.fit();
    this.toBottom();
    return isElder;
  }

  private changed(change: Change): void {
    if (change === "refused") this.refused();
    if (change === "conversation") this.asking = null;
    if (this.isScheduled) return;
    // Many frames at once are one drawing.
    this.isScheduled = true;
    queueMicrotask(() => {
      this.isScheduled = false;
      this.draw();
    });
  }

  private refused(): void {
    const refusal = this.state.refusal;
    if (!refusal?.reference) return;
    if (refusal.reference === this.asking) this.asking = null;
    const isShownAtMessage = this.state.own.some((own) => own.id === refusal.reference);
    if (isShownAtMessage) return;
    fill(this.toast, refusal.code === "choice_unknown" ? words.problem.choiceGone : refusal.message || words.problem.generic);
    this.toast.hidden = false;
    browserClock.after(TOAST_MS, () => (this.toast.hidden = true));
  }

  private draw(): void {
    const { conversation, shopName } = this.state;
    const wasAtBottom = this.isAtBottom();
    this.header.render(conversation, shopName, this.asking !== null);
    this.queue.render(conversation);
    this.drawComposer();
    this.messages.render();
    this.drawTyping();
    this.drawLink();
    this.drawQuick();
    this.follow(wasAtBottom);
    this.read();
    if (this.state.hasBeenOnline) this.list.setAttribute("aria-live", "polite");
  }

  private drawTyping(): void {
    const { typing, conversation } = this.state;
    const isFresh = typing !== null && Date.now() - typing.since < STALE_TYPING_MS;
    this.typingLine.hidden = !isFresh;
    if (!isFresh || !typing) return;
    const text = typing.author === "bot" ? words.list.botTyping : words.list.agentTyping(conversation?.agent_name ?? "");
    const dots = h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    fill(this.typingLine, dots, h("span", {}, text));
  }

  /** A short break is no trouble: the bar comes when it lasts. */
  private drawLink(): void {
    const isOffline = !navigator.onLine;
    const isDown = this.state.link === "waiting" || this.state.link === "connecting";
    if (!isDown) this.troubleSince = 0;
    else if (this.troubleSince === 0) {
      this.troubleSince = Date.now();
      browserClock.after(TROUBLE_AFTER_MS + 1, () => this.drawLink());
    }
    const isTrouble = isOffline || (isDown && Date.now() - this.troubleSince > TROUBLE_AFTER_MS);
    this.linkBar.hidden = !isTrouble;
    if (!isTrouble) return;
    const text = isOffline ? words.link.offline : this.state.hasBeenOnline ? words.link.waiting : words.link.failed;
    const retry = h("button", { class: "link", type: "button", onclick: () => this.service.wake() }, words.link.retry);
    fill(this.linkBar, h("span", {}, text), !isOffline && retry);
  }

  /** Questions about the order the shopper is looking at, while the bot answers. */
  private drawQuick(): void {
    const isBot = this.state.conversation?.status === "bot" || this.state.conversation?.status === "closed";
    this.quick.hidden = !(isBot && this.page.order_number);
    const w = words.quick;
    if (this.quick.hidden || this.quick.childElementCount > 0) return;
    const ask = (text: string): HTMLElement => h("button", { class: "chip-button", type: "button", onclick: () => this.say(text) }, text);
    fill(this.quick, ...[w.orderWhere, w.orderReturn, w.orderRepair].map(ask));
  }

  private isAtBottom(): boolean {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < NEAR_BOTTOM_PX;
  }

  private follow(wasAtBottom: boolean): void {
    const isNew = this.state.lastSeq > this.seenSeq;
    if (wasAtBottom || this.seenSeq === 0) this.toBottom();
    else if (isNew) this.below.hidden = false;
    if (isNew) this.announce();
    this.seenSeq = this.state.lastSeq;
  }

  private announce(): void {
    if (this.seenSeq === 0) return;
    for (const event of this.state.events.filter((each) => each.seq > this.seenSeq)) {
      const { kind } = event.author;
      if (event.body.kind === "message" && kind !== "shopper") this.options.tellPage({ type: "message", author: kind });
    }
  }

  private toBottom(): void {
    this.list.scrollTop = this.list.scrollHeight;
    this.below.hidden = true;
  }

  private scrolled(): void {
    if (this.isAtBottom()) this.below.hidden = true;
  }

  /** What is on the screen is read; what is not makes the badge. */
  private read(): void {
    const id = this.state.conversation?.conversation_id;
    if (!id) return;
    const name = `read.${id}`;
    const held = Number(this.kept.get(name)) || 0;
    const isLooking = this.isShown && document.visibilityState === "visible";
    if (isLooking && this.state.lastSeq > held) {
      this.kept.set(name, String(this.state.lastSeq));
      this.service.markRead(this.state.lastSeq);
    }
    this.options.tellPage({ type: "unread", count: isLooking ? 0 : this.state.unreadAfter(held) });
  }
}
