/**
 * What the chat knows, and how every frame and every own act changes it. No element, no network: old state plus frames
 * is the new state, in any tab.
 */

import type {
  ConversationView,
  ErrorFrame,
  Event,
  MessageBody,
  OfferedChoice,
  ShopperFrame,
  Welcome,
} from "@shouhou/shared/frames";
import type { LinkState } from "@shouhou/shared/connection";
import { Sequence } from "@shouhou/shared/sequence";

/** Something the shopper said that is not in the record yet. */
export interface OwnMessage {
  id: string;
  kind: "text" | "choice" | "left" | "picture";
  text: string;
  choiceId?: string;
  /** How much of the picture is up, from 0 to 1. */
  progress?: number;
  /** The last seq known when it was said: a failed message stays at its place. */
  afterSeq: number;
  failure: string | null;
}

export type Change = "timeline" | "conversation" | "typing" | "link" | "ask-again" | "refused";

export interface Refusal {
  reference: string | null;
  code: string;
  message: string;
}

export class ChatState {
  shopName = "";
  conversation: ConversationView | null = null;
  link: LinkState = "connecting";
  hasBeenOnline = false;
  typing: { author: "bot" | "agent"; since: number } | null = null;
  agentReadSeq = 0;
  events: Event[] = [];
  own: OwnMessage[] = [];
  refusal: Refusal | null = null;
  private sequence = new Sequence();
  private readonly pressed = new Map<string, string>();
  private readonly dead = new Set<string>();
  private readonly ratings = new Map<string, string>();
  private readonly listeners: ((change: Change) => void)[] = [];

  get lastSeq(): number {
    return this.sequence.lastSeq;
  }

  listen(listener: (change: Change) => void): void {
    this.listeners.push(listener);
  }

  /** Another shopper, or another conversation: nothing of the old one may stay. */
  reset(): void {
    this.conversation = null;
    this.events = [];
    this.own = [];
    this.typing = null;
    this.agentReadSeq = 0;
    this.refusal = null;
    this.sequence = new Sequence();
    for (const held of [this.pressed, this.dead, this.ratings]) held.clear();
    this.changed("timeline");
    this.changed("conversation");
  }

  setLink(link: LinkState): void {
    this.link = link;
    if (link === "online") this.hasBeenOnline = true;
    else this.setTyping(null);
    this.changed("link");
  }

  receive(frame: ShopperFrame, now: number): void {
    switch (frame.type) {
      case "welcome":
        return this.welcomed(frame);
      case "event":
        return this.happened(frame.event);
      case "conversation":
        return this.setConversation(frame.conversation);
      case "typing":
        if (frame.author !== "shopper") this.setTyping(frame.is_typing ? { author: frame.author, since: now } : null);
        return;
      case "read":
        if (frame.reader === "agent") this.agentReadSeq = Math.max(this.agentReadSeq, frame.seq);
        return this.changed("timeline");
      case "accepted":
        return this.accepted(frame.client_message_id);
      case "error":
        return this.refused(frame);
    }
  }

  say(message: OwnMessage): void {
    this.own.push(message);
    if (message.choiceId) this.pressed.set(message.choiceId, message.id);
    this.changed("timeline");
  }

  /** Takes an own message back out: to send it anew, or because the shopper no longer wants to. */
  withdraw(id: string): OwnMessage | null {
    const found = this.own.find((each) => each.id === id) ?? null;
    this.own = this.own.filter((each) => each !== found);
    if (found?.choiceId) this.pressed.delete(found.choiceId);
    this.changed("timeline");
    return found;
  }

  /** The picture `id` is on its way, or could not go. */
  uploading(id: string, progress: number, failure: string | null = null): void {
    const own = this.own.find((each) => each.id === id);
    if (!own) return;
    own.progress = progress;
    own.failure = failure;
    this.changed("timeline");
  }

  rate(sessionId: string, clientMessageId: string): void {
    this.ratings.set(sessionId, clientMessageId);
    this.changed("timeline");
  }

  ratingOf(sessionId: string): "open" | "sending" | { score: number } {
    for (const event of this.events) {
      const body = event.body;
      if (body.kind === "csat_given" && body.session_id === sessionId) return { score: body.score };
    }
    return this.ratings.has(sessionId) ? "sending" : "open";
  }

  /**
   * The ids of a message's buttons that cannot be pressed any more. Pressing one of a bot's answer spends the others
   * with it, so that an old 确认 is never pressed after a 取消; a menu outside any turn (the greeting) stays open.
   */
  usedChoices(event: Event): Set<string> {
    const choices = choicesOf(event);
    const spent = choices.filter((choice) => this.isSpent(choice, event.seq));
    const all = event.turn_id !== null && spent.length > 0 ? choices : spent;
    return new Set(all.map((choice) => choice.choice_id));
  }

  /** Has the shopper said something since? */
  isAnswered(event: Event): boolean {
    return this.own.some((own) => own.failure === null) || this.events.some((each) => each.seq > event.seq && each.author.kind === "shopper");
  }

  /** Messages of the shop after `readSeq`: what the badge counts. */
  unreadAfter(readSeq: number): number {
    return this.events.filter(
      (event) => event.seq > readSeq && event.body.kind === "message" && event.author.kind !== "shopper",
    ).length;
  }

  private isSpent(choice: OfferedChoice, seq: number): boolean {
    if (choice.used || this.pressed.has(choice.choice_id) || this.dead.has(choice.choice_id)) return true;
    // Pressed in another tab: its message stands right behind ours.
    const next = this.events.find((event) => event.seq > seq && event.author.kind === "shopper");
    return next?.body.kind === "message" && next.body.text === choice.title;
  }

  private welcomed(frame: Welcome): void {
    const isOther = this.conversation !== null && this.conversation.conversation_id !== frame.conversation.conversation_id;
    if (isOther) this.reset();
    this.shopName = frame.shop_name;
    const first = frame.events[0];
    if (first && this.events.length === 0) this.sequence.jump(first.seq - 1);
    for (const event of frame.events) this.take(event);
    this.setConversation(frame.conversation);
    this.changed("timeline");
  }

  private happened(event: Event): void {
    const placement = this.take(event);
    if (placement === "gap") this.changed("ask-again");
    if (placement !== "next") return;
    if (event.body.kind === "message" && event.author.kind !== "shopper") this.setTyping(null);
    this.changed("timeline");
  }

  private take(event: Event): "next" | "seen" | "gap" {
    if (event.audience !== "everyone") return "seen";
    const placement = this.sequence.place(event);
    if (placement !== "next") return placement;
    this.events.push(event);
    if (event.body.kind === "message") this.settleOwn(event.body);
    if (event.body.kind === "recall") this.takeBack(event.body.event_id);
    if (event.body.kind === "status") this.ownerChanged(event.body.status, event.body.epoch, event.body.agent_name);
    return placement;
  }

  /** Its place stays, its words go. */
  private takeBack(eventId: string): void {
    this.events = this.events.map((event) => {
      if (event.event_id !== eventId || event.body.kind !== "message") return event;
      return { ...event, body: { ...event.body, text: "", cards: [], choices: [], quote: null, is_recalled: true } };
    });
  }

  private settleOwn(body: MessageBody): void {
    if (body.client_message_id) this.own = this.own.filter((each) => each.id !== body.client_message_id);
  }

  private ownerChanged(status: ConversationView["status"], epoch: number, agentName: string): void {
    const view = this.conversation;
    if (!view || epoch < view.epoch) return;
    const place = status === "queued" || status === "offered" ? view.place : null;
    this.setConversation({ ...view, status, epoch, agent_name: agentName, place });
  }

  /** A left message leaves no bubble of its own where the server makes no message of it. */
  private accepted(id: string): void {
    const own = this.own.find((each) => each.id === id);
    if (own?.kind === "left") this.withdraw(id);
  }

  private refused(frame: ErrorFrame): void {
    const { code, message, reference } = frame.error;
    this.refusal = { code, message, reference };
    const own = this.own.find((each) => each.id === reference);
    if (own) this.ownRefused(own, code, message);
    for (const [session, id] of this.ratings) if (id === reference) this.ratings.delete(session);
    this.changed("timeline");
    this.changed("refused");
  }

  /** A button that was refused is refused for ever, unless it only came too fast; a text may be sent again. */
  private ownRefused(own: OwnMessage, code: string, message: string): void {
    if (own.choiceId) {
      if (code !== "rate_limited") this.dead.add(own.choiceId);
      this.pressed.delete(own.choiceId);
      this.own = this.own.filter((each) => each !== own);
    } else {
      own.failure = message;
    }
  }

  private setConversation(view: ConversationView): void {
    if (this.conversation && view.epoch < this.conversation.epoch) return;
    this.conversation = view;
    this.changed("conversation");
  }

  private setTyping(typing: ChatState["typing"]): void {
    if (typing === null && this.typing === null) return;
    this.typing = typing;
    this.changed("typing");
  }

  private changed(change: Change): void {
    for (const listener of this.listeners) listener(change);
  }
}

function choicesOf({ body }: Event): OfferedChoice[] {
  if (body.kind !== "message") return [];
  return [...body.choices, ...body.cards.flatMap((card) => (card.choice ? [card.choice] : []))];
}
