/** Tells the other side that the shopper is writing, seldom enough to be no burden. */

import type { Clock } from "@shouhou/shared/connection";

export const TELL_EVERY_MS = 1_000;
export const IDLE_AFTER_MS = 4_000;

export class TypingSignal {
  private lastTold = -Infinity;
  private isTyping = false;
  private cancelIdle: (() => void) | null = null;
  private cancelLater: (() => void) | null = null;

  constructor(
    private readonly tell: (isTyping: boolean, draft: string) => void,
    private readonly clock: Clock,
  ) {}

  drafted(draft: string): void {
    this.cancelIdle?.();
    this.cancelLater?.();
    if (!draft) return this.stop();
    const wait = this.lastTold + TELL_EVERY_MS - this.clock.now();
    if (wait <= 0) this.say(draft);
    else this.cancelLater = this.clock.after(wait, () => this.say(draft));
    this.cancelIdle = this.clock.after(IDLE_AFTER_MS, () => this.stop());
  }

  stop(): void {
    this.cancelIdle?.();
    this.cancelLater?.();
    if (this.isTyping) this.tell(false, "");
    this.isTyping = false;
  }

  private say(draft: string): void {
    this.isTyping = true;
    this.lastTold = this.clock.now();
    this.tell(true, draft);
  }
}
