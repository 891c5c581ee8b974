/**
 * A connection that comes back: hello first, unsent commands kept and sent once, long poll where sockets fail.
 *
 * Rule 1. Nothing but the hello is sent before the welcome; the token is in the hello and never in a URL.
 * Rule 2. A command with a `client_message_id` stays in the outbox until the server has accepted or refused it.
 * Rule 3. After each welcome the outbox is sent again, in order; the server knows the ids it has seen.
 * Rule 4. A silent line is a dead line: no frame for two and a half heartbeats, or no answer to a probe, and we reconnect.
 * No browser object is touched here: sockets, clock and chance come in from outside, so tests need no waiting.
 */

import { delayBefore } from "./backoff";
import type { Identified, Outbox } from "./outbox";

/** A WebSocket, or anything that speaks frames as one does (see long_poll.ts). */
export interface Line {
  onopen: (() => void) | null;
  onmessage: ((event: { data: string }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(text: string): void;
  close(): void;
}

export interface Clock {
  now(): number;
  after(ms: number, task: () => void): () => void;
}

export interface FrameLike {
  type: string;
}

export interface FailureDetail {
  code: string;
  message: string;
  reference: string | null;
}

export type LinkState = "connecting" | "online" | "waiting" | "stopped";

export interface ConnectionOptions<C extends Identified, F extends FrameLike> {
  openSocket(): Line;
  /** The fallback; without one only sockets are tried. */
  openPoll?(): Line;
  /** The first frame, made anew for every attempt (it holds the current token and the last seq). */
  hello(): FrameLike;
  onFrame(frame: F): void;
  onState(state: LinkState): void;
  /** The hello was refused. Renew the credentials, then resolve; a rejection only means waiting longer. */
  onRefused?(detail: FailureDetail): Promise<void>;
  outbox: Outbox<C>;
  clock: Clock;
  random(): number;
}

export const SOCKETS_BEFORE_POLL = 2;
export const CONFIRM_WITHIN_MS = 12_000;
const WELCOME_WITHIN_MS = 10_000;
const PROBE_MS = 5_000;
const DEFAULT_HEARTBEAT_S = 20;

export class Connection<C extends Identified, F extends FrameLike> {
  private line: Line | null = null;
  private state: LinkState = "stopped";
  private attempt = 0;
  private socketFailures = 0;
  private isPoll = false;
  private lastFrameAt = 0;
  private heartbeatMs = DEFAULT_HEARTBEAT_S * 1000;
  private cancelRetry: (() => void) | null = null;
  private cancelWatch: (() => void) | null = null;
  private cancelProbe: (() => void) | null = null;

  constructor(private readonly options: ConnectionOptions<C, F>) {}

  start(): void {
    if (this.state !== "stopped") return;
    this.connect();
  }

  stop(): void {
    this.cancelTimers();
    this.dropLine();
    this.change("stopped");
  }

  /** Says something that must arrive, now or as soon as there is a line again. */
  send(command: C): void {
    const { outbox, clock } = this.options;
    outbox.add(command, clock.now());
    if (this.state === "online") this.transmit(command);
  }

  /** Says something that is worth nothing later (typing, read marks). */
  tell(command: FrameLike): void {
    if (this.state === "online") this.line?.send(JSON.stringify(command));
  }

  /** The browser is online again, or the page is looked at again: do not wait for the next attempt. */
  wake(): void {
    if (this.state === "waiting") {
      this.cancelRetry?.();
      this.connect();
    } else if (this.state === "online") {
      this.probe(PROBE_MS);
    }
  }

  get isOnline(): boolean {
    return this.state === "online";
  }

  private connect(): void {
    this.cancelTimers();
    this.change("connecting");
    const { openPoll, openSocket, clock } = this.options;
    this.isPoll = openPoll !== undefined && this.socketFailures >= SOCKETS_BEFORE_POLL;
    const line = this.isPoll && openPoll ? openPoll() : openSocket();
    this.line = line;
    line.onopen = () => line.send(JSON.stringify(this.options.hello()));
    line.onmessage = (event) => this.receive(line, event.data);
    line.onclose = () => this.lost(line);
    this.cancelWatch = clock.after(WELCOME_WITHIN_MS, () => this.lost(line));
  }

  private receive(line: Line, text: string): void {
    if (line !== this.line) return;
    const frame = parseFrame<F>(text);
    if (!frame) return;
    this.lastFrameAt = this.options.clock.now();
    this.cancelProbe?.();
    if (frame.type === "error" && this.state === "connecting") return this.refused(line, detailOf(frame));
    if (frame.type === "reconnect") return this.moved(line, frame);
    if (frame.type === "accepted") this.options.outbox.settle((frame as unknown as Identified).client_message_id);
    if (frame.type === "error") this.options.outbox.settle(detailOf(frame).reference ?? "");
    if (frame.type === "welcome") this.welcomed(frame);
    this.options.onFrame(frame);
    if (frame.type === "welcome") for (const command of this.options.outbox.waiting()) this.transmit(command);
  }

  private welcomed(frame: F): void {
    this.attempt = 0;
    if (!this.isPoll) this.socketFailures = 0;
    const seconds = (frame as { heartbeat_s?: number }).heartbeat_s ?? DEFAULT_HEARTBEAT_S;
    this.heartbeatMs = seconds * 1000;
    this.change("online");
    this.watch();
  }

  private watch(): void {
    this.cancelWatch?.();
    this.cancelWatch = this.options.clock.after(this.heartbeatMs, () => {
      const isSilent = this.options.clock.now() - this.lastFrameAt > this.heartbeatMs * 2.5;
      if (isSilent && this.line) return this.lost(this.line);
      this.tell({ type: "ping" });
      this.watch();
    });
  }

  private transmit(command: C): void {
    this.line?.send(JSON.stringify(command));
    const line = this.line;
    this.options.clock.after(CONFIRM_WITHIN_MS, () => {
      const isUnconfirmed = this.options.outbox.waiting().includes(command);
      if (isUnconfirmed && line !== null && line === this.line) this.lost(line);
    });
  }

  private probe(withinMs: number): void {
    const line = this.line;
    this.tell({ type: "ping" });
    this.cancelProbe?.();
    this.cancelProbe = this.options.clock.after(withinMs, () => {
      if (line !== null && line === this.line) this.lost(line);
    });
  }

  private lost(line: Line): void {
    if (line !== this.line || this.state === "stopped") return;
    // The fallback failed as well: give the socket one chance before polling again.
    if (this.isPoll) this.socketFailures = SOCKETS_BEFORE_POLL - 1;
    else if (this.state === "connecting") this.socketFailures += 1;
    this.retryAfter(delayBefore(this.attempt++, this.options.random()));
  }

  private moved(line: Line, frame: F): void {
    if (line !== this.line) return;
    const afterMs = (frame as { after_ms?: number }).after_ms ?? 0;
    this.retryAfter(afterMs + Math.round(this.options.random() * Math.max(afterMs, 1000)));
  }

  private refused(line: Line, detail: FailureDetail): void {
    if (line !== this.line) return;
    const waitMs = delayBefore(this.attempt++, this.options.random());
    this.cancelTimers();
    this.dropLine();
    this.change("waiting");
    const again = (): void => {
      if (this.state === "waiting" && this.line === null) this.retryAfter(waitMs);
    };
    void (this.options.onRefused?.(detail) ?? Promise.resolve()).then(again, again);
  }

  private retryAfter(ms: number): void {
    this.cancelTimers();
    this.dropLine();
    this.change("waiting");
    this.cancelRetry = this.options.clock.after(ms, () => this.connect());
  }

  private dropLine(): void {
    const line = this.line;
    this.line = null;
    if (!line) return;
    line.onopen = line.onmessage = line.onclose = null;
    line.close();
  }

  private cancelTimers(): void {
    this.cancelRetry?.();
    this.cancelWatch?.();
    this.cancelProbe?.();
  }

  private change(state: LinkState): void {
    if (state === this.state) return;
    this.state = state;
    this.options.onState(state);
  }
}

function parseFrame<F extends FrameLike>(text: string): F | null {
  try {
    const frame = JSON.parse(text) as F | null;
    return frame !== null && typeof frame === "object" && typeof frame.type === "string" ? frame : null;
  } catch {
    return null;
  }
}

function detailOf(frame: FrameLike): FailureDetail {
  const error = (frame as { error?: Partial<FailureDetail> }).error;
  return { code: error?.code ?? "unknown", message: error?.message ?? "", reference: error?.reference ?? null };
}

export const browserClock: Clock = {
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};
