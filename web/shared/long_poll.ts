/**
 * The same frames over plain HTTP, for networks and in-app browsers that let no WebSocket through.
 *
 * `POST /v1/shopper/frames` takes one command and answers `{frames}`; `GET /v1/shopper/events?after=&wait=` waits for
 * something new and answers `{frames}`. Both carry `Authorization: Bearer <visitor token>`. A refused command is an HTTP
 * error; here it becomes the `error` frame that the socket would have sent.
 */

import type { FrameLike, Line } from "./connection";

export const POLL_WAIT_S = 25;
const PAUSE_MS = 300;

export interface PollOptions {
  base: string;
  lastSeq(): number;
  fetch?: typeof fetch;
}

interface Command extends FrameLike {
  token?: string;
  client_message_id?: string;
}

interface Answer {
  frames?: FrameLike[];
  error?: { code: string; message: string; reference: string | null };
}

export class LongPoll implements Line {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  private token = "";
  private isClosed = false;
  private readonly abort = new AbortController();
  private sending: Promise<void> = Promise.resolve();

  constructor(private readonly options: PollOptions) {
    queueMicrotask(() => this.onopen?.());
  }

  /** Commands go one after the other, so that their order is kept. */
  send(text: string): void {
    const command = JSON.parse(text) as Command;
    if (command.type === "ping") return this.answerPing();
    const isHello = command.type === "hello";
    if (isHello) this.token = command.token ?? "";
    this.sending = this.sending.then(() => this.post(command, text));
    if (isHello) void this.sending.then(() => this.listen());
  }

  close(): void {
    this.isClosed = true;
    this.abort.abort();
  }

  /** Every poll is a sign of life of its own; a broken one ends the line by itself. */
  private answerPing(): void {
    queueMicrotask(() => this.say({ type: "pong" }));
  }

  private async listen(): Promise<void> {
    while (!this.isClosed) {
      const answer = await this.ask(`/v1/shopper/events?after=${this.options.lastSeq()}&wait=${POLL_WAIT_S}`);
      if (!answer || answer.error) return this.fail(answer);
      this.deliver(answer);
      this.say({ type: "pong" });
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  private async post(command: Command, text: string): Promise<void> {
    const answer = await this.ask("/v1/shopper/frames", text);
    if (!answer) return this.fail(null);
    if (answer.error && command.type === "hello") return this.fail(answer);
    if (answer.error) this.say({ type: "error", error: { ...answer.error, reference: command.client_message_id ?? null } } as FrameLike);
    this.deliver(answer);
  }

  /** Null where nothing sensible came back. */
  private async ask(path: string, body?: string): Promise<Answer | null> {
    if (this.isClosed) return null;
    try {
      const response = await (this.options.fetch ?? fetch)(this.options.base + path, {
        method: body === undefined ? "GET" : "POST",
        headers: { Authorization: `Bearer ${this.token}`, ...(body !== undefined && { "Content-Type": "application/json" }) },
        ...(body !== undefined && { body }),
        cache: "no-store",
        signal: this.abort.signal,
      });
      const answer = (await response.json()) as Answer;
      return response.ok || answer.error ? answer : null;
    } catch {
      return null;
    }
  }

  private deliver(answer: Answer): void {
    for (const frame of answer.frames ?? []) this.say(frame);
  }

  private say(frame: FrameLike): void {
    if (!this.isClosed) this.onmessage?.({ data: JSON.stringify(frame) });
  }

  private fail(answer: Answer | null): void {
    if (this.isClosed) return;
    if (answer?.error) this.say({ type: "error", error: answer.error } as FrameLike);
    this.close();
    this.onclose?.({ code: 1006 });
  }
}
