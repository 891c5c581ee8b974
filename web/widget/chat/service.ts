/**
 * The chat's acts: enters as a visitor, keeps the connection, turns what the shopper does into commands. The view above
 * it shows `state`; nothing here touches an element.
 */

import { browserClock, Connection, type Line } from "@shouhou/shared/connection";
import { delayBefore } from "@shouhou/shared/backoff";
import type { OfferedChoice, ShopperCommand, ShopperFrame } from "@shouhou/shared/frames";
import { LongPoll } from "@shouhou/shared/long_poll";
import { newClientId, Outbox } from "@shouhou/shared/outbox";
import { MOST_BYTES, PICTURES, upload, UploadRefused } from "@shouhou/shared/upload";
import { Gallery } from "./pictures";
import type { ChatState, OwnMessage } from "./state";
import type { Kept } from "./storage";
import { words } from "./strings.zh-CN";
import { enter, type Page, type Visitor, VisitorRefused, type VisitorRequest } from "./visitor";

type Command = Extract<ShopperCommand, { client_message_id: string }>;
type Link = Connection<Command, ShopperFrame>;

export class ChatService {
  private link: Link | null = null;
  private outbox: Outbox<Command> | null = null;
  private token = "";
  private orderNumber: string | null = null;
  private isElder = false;
  private told = "";
  private entering = 0;
  /** What was said before the bridge has said who this is: it belongs to whoever that will be. */
  private early: Command[] | null = [];
  /** Pictures that are not in a message yet, by the id their message will have. */
  private readonly files = new Map<string, File>();
  readonly gallery = new Gallery((path) => fetch(this.base + path, { headers: { Authorization: `Bearer ${this.token}` } }));

  constructor(
    private readonly state: ChatState,
    private readonly kept: Kept,
    private readonly shopId: string,
    private readonly base = "",
  ) {
    state.listen((change) => {
      if (change === "ask-again") this.link?.tell({ type: "resume", last_seq: state.lastSeq } as ShopperCommand);
    });
  }

  /** `identity`: a token of the shop, null for "signed out: forget who was here", undefined for "nothing said". */
  async start(identity?: string | null): Promise<void> {
    const mine = ++this.entering;
    this.link?.stop();
    this.early ??= [];
    if (identity === null) this.forget();
    for (let attempt = 0; mine === this.entering; attempt += 1) {
      const visitor = await this.tryToEnter(identity ?? undefined);
      if (mine !== this.entering) return;
      if (visitor) return this.connect(visitor);
      this.state.setLink("waiting");
      await new Promise((resolve) => browserClock.after(delayBefore(attempt, Math.random()), () => resolve(null)));
    }
  }

  /** The order on the shop's page; null for a page without one. The bot hears of it with the next message. */
  setPage(orderNumber: string | null): void {
    this.orderNumber = orderNumber ?? "";
    this.tellPage();
  }

  /** Larger letters are the chat's own affair; shorter sentences and a person first are the bot's. */
  setElder(isElder: boolean): void {
    this.isElder = isElder;
    this.tellPage();
  }

  private tellPage(): void {
    if (this.link?.isOnline && JSON.stringify(this.page()) !== this.told) void this.renew();
  }

  /** Nothing, as long as no page and no wish of the shopper's has been heard of. */
  private page(): Page | undefined {
    if (this.orderNumber === null && !this.isElder && !this.told) return undefined;
    return { order_number: this.orderNumber ?? "", elder: this.isElder };
  }

  wake(): void {
    this.link?.wake();
  }

  say(text: string): void {
    const own = this.own("text", text);
    this.state.say(own);
    this.send({ type: "message.send", client_message_id: own.id, text, attachments: [] });
  }

  /** Each picture is a message of its own: it goes up, then it is said. */
  sendPicture(file: File): void {
    const own = { ...this.own("picture", file.name), progress: 0 };
    this.files.set(own.id, file);
    this.state.say(own);
    if (!PICTURES.includes(file.type)) this.state.uploading(own.id, 0, words.picture.refused);
    else if (file.size > MOST_BYTES) this.state.uploading(own.id, 0, words.picture.tooLarge);
    else void this.upload(own.id, file);
  }

  private async upload(id: string, file: File): Promise<void> {
    this.state.uploading(id, 0);
    try {
      const attachment = await upload(`${this.base}/v1/shopper/files`, { Authorization: `Bearer ${this.token}` }, file, (part) => this.state.uploading(id, part));
      if (!this.files.delete(id)) return;
      this.send({ type: "message.send", client_message_id: id, text: "", attachments: [attachment.attachment_id] });
    } catch (error) {
      this.state.uploading(id, 0, error instanceof UploadRefused && error.message ? error.message : words.picture.failed);
    }
  }

  press(choice: OfferedChoice): void {
    const own = { ...this.own("choice", choice.title), choiceId: choice.choice_id };
    this.state.say(own);
    this.send({ type: "choice.press", client_message_id: own.id, choice_id: choice.choice_id });
  }

  leaveMessage(text: string): void {
    const own = this.own("left", text);
    this.state.say(own);
    this.send({ type: "message.leave", client_message_id: own.id, text });
  }

  requestCallback(at: string): void {
    this.send({ type: "callback.request", client_message_id: newClientId(), at });
  }

  /** A refused message made nothing on the server, so it goes out anew, under an id of its own. */
  resend(id: string): void {
    const file = this.files.get(id);
    if (file) return void this.upload(id, file);
    const own = this.state.withdraw(id);
    const refused = this.outbox?.settle(id);
    if (!own) return;
    if (refused?.type === "message.send" && refused.attachments?.length) return;
    if (own.kind === "left") this.leaveMessage(own.text);
    else this.say(own.text);
  }

  discard(id: string): void {
    this.outbox?.settle(id);
    this.files.delete(id);
    this.state.withdraw(id);
  }

  /** The id, so that a refusal can be told from others. */
  requestPerson(): string {
    const id = newClientId();
    this.send({ type: "person.request", client_message_id: id });
    return id;
  }

  leaveQueue(): void {
    this.send({ type: "queue.leave", client_message_id: newClientId() });
  }

  rate(sessionId: string, score: number, comment: string): void {
    const id = newClientId();
    this.state.rate(sessionId, id);
    this.send({ type: "csat.rate", client_message_id: id, session_id: sessionId, score, comment });
  }

  markRead(seq: number): void {
    this.link?.tell({ type: "read.mark", seq } as ShopperCommand);
  }

  tellTyping(isTyping: boolean, draft: string): void {
    this.link?.tell({ type: "typing", is_typing: isTyping, draft } as ShopperCommand);
  }

  private own(kind: OwnMessage["kind"], text: string): OwnMessage {
    return { id: newClientId(), kind, text, afterSeq: this.state.lastSeq, failure: null };
  }

  private send(command: Command): void {
    if (this.early) this.early.push(command);
    else this.link?.send(command);
  }

  private forget(): void {
    for (const name of ["visitor", "conversation", "draft"]) this.kept.set(name, "");
    this.outbox?.clear();
    this.early = [];
    this.state.reset();
  }

  /** What is refused is left out on the next attempt: first the old visitor token, then the identity as well. */
  private async tryToEnter(identity: string | undefined): Promise<Visitor | null> {
    const held = this.kept.get("visitor");
    const page = this.page();
    const plain: VisitorRequest = { shop_id: this.shopId, ...(page && { page }) };
    const requests = [
      { ...plain, ...(identity && { identity_token: identity }), ...(held && { visitor_token: held }) },
      ...(identity && held ? [{ ...plain, identity_token: identity }] : []),
      ...(identity || held ? [plain] : []),
    ];
    for (const request of requests) {
      try {
        const visitor = await enter(this.base, request);
        this.told = page ? JSON.stringify(page) : "";
        return visitor;
      } catch (error) {
        const isRefusal = error instanceof VisitorRefused && (error.status === 401 || error.status === 403);
        if (!isRefusal) return null;
      }
    }
    return null;
  }

  private connect(visitor: Visitor): void {
    this.remember(visitor);
    const { conversation_id } = visitor.conversation;
    this.outbox = new Outbox<Command>(this.kept.storage, `${this.kept.key("outbox")}.${conversation_id}.`, Date.now());
    for (const command of this.outbox.waiting()) this.showUnsent(command);
    this.link = new Connection<Command, ShopperFrame>({
      openSocket: () => new WebSocket(socketUrl(this.base)) as unknown as Line,
      openPoll: () => new LongPoll({ base: this.base, lastSeq: () => this.state.lastSeq }),
      hello: () => ({ type: "hello", token: this.token, last_seq: this.state.lastSeq }) as ShopperCommand,
      onFrame: (frame) => this.state.receive(frame, Date.now()),
      onState: (state) => this.state.setLink(state),
      onRefused: () => this.renew(),
      outbox: this.outbox,
      clock: browserClock,
      random: Math.random,
    });
    this.link.start();
    const early = this.early ?? [];
    this.early = null;
    for (const command of early) this.link.send(command);
  }

  private remember(visitor: Visitor): void {
    const id = visitor.conversation.conversation_id;
    const held = this.kept.get("conversation");
    if (held && held !== id) this.kept.set("draft", "");
    if (this.state.conversation && this.state.conversation.conversation_id !== id) this.state.reset();
    this.kept.set("conversation", id);
    this.kept.set("visitor", visitor.visitor_token);
    this.token = visitor.visitor_token;
  }

  private showUnsent(command: Command): void {
    if (command.type !== "message.send" && command.type !== "message.leave") return;
    if (this.state.own.some((own) => own.id === command.client_message_id)) return;
    const isPictures = command.type === "message.send" && (command.attachments?.length ?? 0) > 0;
    const kind = isPictures ? "picture" : command.type === "message.send" ? "text" : "left";
    this.state.say({ ...this.own(kind, isPictures ? words.picture.name : command.text), id: command.client_message_id });
  }

  /** Enters anew (the token was refused, or the page is another); starts over when that leads elsewhere. */
  private async renew(): Promise<void> {
    const visitor = await this.tryToEnter(undefined);
    if (!visitor) return;
    const isElsewhere = visitor.conversation.conversation_id !== this.kept.get("conversation");
    if (!isElsewhere) return this.remember(visitor);
    this.link?.stop();
    this.connect(visitor);
  }
}

export function socketUrl(base: string): string {
  const url = new URL(`${base}/v1/shopper/socket`, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
