/** Keeps the events of one conversation in order and without gaps: `seq` counts 1, 2, 3 … */

export interface Numbered {
  seq: number;
}

export type Placement = "next" | "seen" | "gap";

export class Sequence {
  private last: number;

  constructor(last = 0) {
    this.last = last;
  }

  get lastSeq(): number {
    return this.last;
  }

  /** `next`: take it. `seen`: forget it. `gap`: events before it are missing, ask again from `lastSeq`. */
  place(event: Numbered): Placement {
    if (event.seq <= this.last) return "seen";
    if (event.seq > this.last + 1) return "gap";
    this.last = event.seq;
    return "next";
  }

  /** A snapshot may begin later than 1: the server sends only the newest part of a long history. */
  jump(seq: number): void {
    this.last = Math.max(this.last, seq);
  }
}
