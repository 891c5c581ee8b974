/** The list of messages: days, senders, bubbles, cards, buttons, ratings. Nodes live as long as what they show is unchanged. */

import type { Event, MessageBody, OfferedChoice } from "@shouhou/shared/frames";
import { dayKey, dayName, timeOfDay } from "@shouhou/shared/format";
import { arrange, type Child, h, icon } from "@shouhou/shared/dom";
import * as icons from "../icons";
import type { ChatState, OwnMessage } from "../state";
import { words } from "../strings.zh-CN";
import { cardView } from "./cards";
import { csatCard } from "./csat";
import { attachmentView } from "./pictures";
import type { Gallery } from "../pictures";

export interface MessageActs {
  press(choice: OfferedChoice): void;
  say(text: string): void;
  resend(id: string): void;
  discard(id: string): void;
  rate(sessionId: string, score: number, comment: string): void;
  assetBase(): string;
  now(): Date;
  gallery: Gallery;
}

const GROUP_MS = 5 * 60 * 1000;

interface Item {
  key: string;
  /** Whatever the node shows beyond the item itself; the node is built anew when it changes. */
  look: string;
  build(): HTMLElement;
}

export class MessageList {
  readonly root = h("div", { class: "list-inner" });
  private readonly nodes = new Map<string, { look: string; node: HTMLElement }>();

  constructor(
    private readonly state: ChatState,
    private readonly acts: MessageActs,
  ) {}

  render(): void {
    const items = this.items();
    const wanted = items.map((item) => this.nodeOf(item));
    const keys = new Set(items.map((item) => item.key));
    for (const key of [...this.nodes.keys()]) if (!keys.has(key)) this.nodes.delete(key);
    arrange(this.root, wanted);
  }

  private nodeOf(item: Item): HTMLElement {
    const held = this.nodes.get(item.key);
    if (held?.look === item.look) return held.node;
    const node = item.build();
    this.nodes.set(item.key, { look: item.look, node });
    return node;
  }

  private items(): Item[] {
    const items: Item[] = [];
    const now = this.acts.now();
    let before: Event | null = null;
    const failed = this.state.own.filter((own) => own.failure !== null);
    for (const event of this.state.events) {
      while (failed[0] && failed[0].afterSeq < event.seq) items.push(this.ownItem(failed.shift() as OwnMessage));
      const at = new Date(event.at);
      if (!before || dayKey(new Date(before.at)) !== dayKey(at)) items.push(dayItem(at, now));
      const item = this.eventItem(event, before !== null && isSameGroup(before, event));
      if (!item) continue;
      items.push(item);
      before = event;
    }
    const unsent = this.state.own.filter((own) => own.failure === null);
    for (const own of [...failed, ...unsent]) items.push(this.ownItem(own));
    return items;
  }

  private eventItem(event: Event, isFollower: boolean): Item | null {
    const { body } = event;
    const key = event.event_id;
    if (body.kind === "message") return this.messageItem(event, body, isFollower);
    if (body.kind === "status" && body.line) return { key, look: "", build: () => systemLine(body.line) };
    if (body.kind === "csat_ask") return this.csatItem(key, body.session_id);
    return null;
  }

  private csatItem(key: string, sessionId: string): Item {
    const rating = this.state.ratingOf(sessionId);
    const send = (score: number, comment: string): void => this.acts.rate(sessionId, score, comment);
    return { key, look: JSON.stringify(rating), build: () => csatCard(rating, send) };
  }

  private messageItem(event: Event, body: MessageBody, isFollower: boolean): Item {
    if (event.author.kind === "shopper") return this.shopperItem(event, body);
    if (body.is_recalled) return { key: event.event_id, look: "recalled", build: () => systemLine(words.list.recalled) };
    const usedIds = this.state.usedChoices(event);
    const isAnswered = body.cards.some(({ card }) => card.type === "form") && this.state.isAnswered(event);
    return {
      key: event.event_id,
      look: `${isFollower} ${[...usedIds].join()} ${isAnswered}`,
      build: () => this.shopMessage(event, body, { isFollower, usedIds, isAnswered }),
    };
  }

  private shopMessage(event: Event, body: MessageBody, { isFollower, usedIds, isAnswered }: { isFollower: boolean; usedIds: Set<string>; isAnswered: boolean }): HTMLElement {
    const { kind } = event.author;
    if (kind === "system" && body.cards.length === 0 && body.choices.length === 0 && !body.attachments?.length) return systemLine(body.text);
    const press = (choice: OfferedChoice) => () => this.acts.press(choice);
    const cards = body.cards.map((card) =>
      cardView(card, {
        now: this.acts.now(),
        assetBase: this.acts.assetBase(),
        ...(card.choice && { press: press(card.choice) }),
        say: (text) => this.acts.say(text),
        isUsed: card.card.type === "form" ? isAnswered : card.choice !== null && usedIds.has(card.choice.choice_id),
      }),
    );
    return h(
      "div",
      { class: `row ${kind}${isFollower ? " follower" : ""}` },
      avatar(kind, isFollower),
      h(
        "div",
        { class: "stack" },
        !isFollower && senderLine(event),
        body.quote && h("blockquote", { class: "quote" }, body.quote.text),
        body.text && h("div", { class: "bubble" }, body.text),
        ...(body.attachments ?? []).map((each) => attachmentView(each, this.acts.gallery)),
        ...cards,
        body.choices.length > 0 && h("div", { class: "choices", role: "group" }, ...body.choices.map((choice) => choiceButton(choice, usedIds.has(choice.choice_id), press(choice)))),
      ),
    );
  }

  private shopperItem(event: Event, body: MessageBody): Item {
    const isRead = event.seq <= this.state.agentReadSeq;
    const time = timeOfDay(new Date(event.at));
    const mark = isRead && event === this.lastOwnRead() ? ` · ${words.list.read}` : "";
    return { key: event.event_id, look: mark, build: () => this.shopperRow(body, h("small", { class: "mark" }, time + mark)) };
  }

  private shopperRow(body: MessageBody, mark: HTMLElement): HTMLElement {
    const pictures = (body.attachments ?? []).map((each) => attachmentView(each, this.acts.gallery));
    return pictures.length > 0 ? picturesRow(body.text, pictures, mark) : ownRow(body.text, mark);
  }

  private lastOwnRead(): Event | undefined {
    return this.state.events.findLast((event) => event.author.kind === "shopper" && event.seq <= this.state.agentReadSeq);
  }

  private ownItem(own: OwnMessage): Item {
    const isOnline = this.state.link === "online" && navigator.onLine;
    return { key: own.id, look: `${own.failure} ${isOnline} ${own.progress}`, build: () => (own.failure === null ? sendingRow(own, isOnline) : this.failedRow(own)) };
  }

  private failedRow(own: OwnMessage): HTMLElement {
    const row = ownRow(
      own.text,
      h("small", { class: "mark failed" }, icon(icons.WARN, 14), own.failure || words.list.failed),
      h("button", { class: "link", type: "button", onclick: () => this.acts.resend(own.id) }, words.list.resend),
      h("button", { class: "link", type: "button", onclick: () => this.acts.discard(own.id) }, words.list.discard),
    );
    row.classList.add("failed");
    return row;
  }
}

function isSameGroup(before: Event, event: Event): boolean {
  const isMessage = before.body.kind === "message" && event.body.kind === "message";
  const isSameAuthor = before.author.kind === event.author.kind && before.author.id === event.author.id;
  return isMessage && isSameAuthor && new Date(event.at).getTime() - new Date(before.at).getTime() < GROUP_MS;
}

function dayItem(at: Date, now: Date): Item {
  const name = dayName(at, now);
  return { key: `day-${dayKey(at)}`, look: name, build: () => h("div", { class: "day", role: "separator" }, h("span", {}, name)) };
}

function systemLine(text: string): HTMLElement {
  return h("div", { class: "status-line" }, h("span", {}, text));
}

/** Every message of the bot carries the badge, also where its name is not repeated. */
function aiBadge(): HTMLElement {
  return h("span", { class: "ai", "aria-label": words.list.aiLabel, role: "img" }, words.list.ai);
}

function avatar(kind: Event["author"]["kind"], isFollower: boolean): HTMLElement {
  if (isFollower) return h("span", { class: "avatar-gap" }, kind === "bot" && aiBadge());
  return h("span", { class: `avatar ${kind}`, "aria-hidden": "true" }, icon(kind === "agent" ? icons.PERSON : icons.ROBOT, 18));
}

function senderLine(event: Event): HTMLElement {
  const w = words.list;
  const { kind } = event.author;
  const name = kind === "bot" ? w.bot : event.author.name || (kind === "agent" ? w.agent : w.system);
  return h(
    "div",
    { class: "sender" },
    h("span", { class: "sender-name" }, name),
    kind === "bot" && aiBadge(),
    kind === "agent" && h("span", { class: "human" }, w.human),
    h("time", { datetime: event.at }, timeOfDay(new Date(event.at))),
  );
}

function choiceButton(choice: OfferedChoice, isUsed: boolean, press: () => void): HTMLElement {
  return h("button", { class: `choice ${choice.style}`, type: "button", disabled: isUsed, onclick: press }, choice.title);
}

function ownRow(text: string, ...marks: Child[]): HTMLElement {
  return h(
    "div",
    { class: "row shopper" },
    h("div", { class: "stack" }, h("div", { class: "bubble", "aria-label": `${words.list.self}：${text}` }, text), h("div", { class: "marks" }, ...marks)),
  );
}

function picturesRow(text: string, pictures: HTMLElement[], mark: HTMLElement): HTMLElement {
  const said = text && h("div", { class: "bubble", "aria-label": `${words.list.self}：${text}` }, text);
  return h("div", { class: "row shopper" }, h("div", { class: "stack" }, ...pictures, said, h("div", { class: "marks" }, mark)));
}

function sendingRow(own: OwnMessage, isOnline: boolean): HTMLElement {
  const row = ownRow(own.text, h("small", { class: "mark" }, isOnline ? words.list.sending : words.list.waiting));
  if (own.progress !== undefined) row.querySelector(".bubble")?.append(h("progress", { max: 1, value: own.progress, "aria-label": words.picture.progress }));
  row.classList.add("pending");
  return row;
}
