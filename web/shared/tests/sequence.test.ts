import { expect, it } from "vitest";
import { delayBefore, LONGEST_DELAY_MS } from "../backoff";
import { newClientId } from "../outbox";
import { Sequence } from "../sequence";

it("takes each event once and notices what is missing", () => {
  const sequence = new Sequence();

  expect([1, 2, 2, 4, 3, 4].map((seq) => sequence.place({ seq }))).toEqual(["next", "next", "seen", "gap", "next", "next"]);
});

it("never goes back", () => {
  const sequence = new Sequence(5);
  sequence.jump(3);
  expect(sequence.lastSeq).toBe(5);
});

it("waits between half of the delay and all of it, and never beyond the longest", () => {
  expect(delayBefore(0, 0)).toBe(250);
  expect(delayBefore(3, 0.999)).toBeLessThanOrEqual(4000);
  expect(delayBefore(400, 1)).toBe(LONGEST_DELAY_MS);
});

it("makes ids the server accepts", () => {
  expect(newClientId()).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
  expect(newClientId()).not.toBe(newClientId());
});
