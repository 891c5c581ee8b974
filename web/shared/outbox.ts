/**
 * What a client has said and the server has not yet confirmed, in the order it was said.
 *
 * Every command keeps its `client_message_id` for life: sent again after a reconnect or a reload, the server does it
 * once. One storage key per command, so two tabs of one shopper never overwrite each other's.
 */

export interface Identified {
  type: string;
  client_message_id: string;
}

/** The part of `Storage` that is needed; in a browser without storage a Map stands behind it. */
export interface KeptText {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

interface Entry<C> {
  command: C;
  at: number;
}

/** What was said longer ago than this is not said any more: the shopper has forgotten it. */
export const OUTBOX_LIFETIME_MS = 24 * 3600 * 1000;

export class Outbox<C extends Identified> {
  private readonly entries = new Map<string, Entry<C>>();

  /** Takes over what an earlier page left under `prefix`. */
  constructor(
    private readonly storage: KeptText | null,
    private readonly prefix: string,
    now: number,
  ) {
    for (const [id, entry] of this.stored().sort((a, b) => a[1].at - b[1].at)) {
      if (now - entry.at < OUTBOX_LIFETIME_MS) this.entries.set(id, entry);
      else this.storage?.removeItem(this.prefix + id);
    }
  }

  add(command: C, now: number): void {
    const entry = { command, at: now };
    this.entries.set(command.client_message_id, entry);
    try {
      this.storage?.setItem(this.prefix + command.client_message_id, JSON.stringify(entry));
    } catch {
      // A full or forbidden storage costs only the survival of a reload.
    }
  }

  /** Done or refused: it is never sent again. Returns the command, or null for one we do not hold. */
  settle(id: string): C | null {
    const entry = this.entries.get(id);
    this.entries.delete(id);
    this.storage?.removeItem(this.prefix + id);
    return entry?.command ?? null;
  }

  waiting(): C[] {
    return [...this.entries.values()].map((entry) => entry.command);
  }

  clear(): void {
    for (const id of [...this.entries.keys()]) this.settle(id);
  }

  private stored(): [string, Entry<C>][] {
    const found: [string, Entry<C>][] = [];
    const keys = Array.from({ length: this.storage?.length ?? 0 }, (_, index) => this.storage?.key(index) ?? "");
    for (const key of keys.filter((each) => each.startsWith(this.prefix))) {
      const entry = parsed<C>(this.storage?.getItem(key) ?? "");
      if (entry) found.push([entry.command.client_message_id, entry]);
      else this.storage?.removeItem(key);
    }
    return found;
  }
}

function parsed<C extends Identified>(text: string): Entry<C> | null {
  try {
    const value = JSON.parse(text) as Entry<C>;
    return typeof value.at === "number" && typeof value.command.client_message_id === "string" ? value : null;
  } catch {
    return null;
  }
}

/** An id no other client makes: 128 random bits, in the alphabet the server accepts. */
export function newClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return "c_" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
