import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PAUSE_MS, together } from "../../src/net/together";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("the first frame is taken at once, a burst together and in order, and after a rest the next at once again", () => {
  const taken: number[] = [];
  const take = together<number>((frame) => taken.push(frame));

  take(1);
  expect(taken).toEqual([1]);
  take(2);
  take(3);
  expect(taken).toEqual([1]);
  vi.advanceTimersByTime(PAUSE_MS);
  expect(taken).toEqual([1, 2, 3]);
  vi.advanceTimersByTime(PAUSE_MS);
  take(4);
  expect(taken).toEqual([1, 2, 3, 4]);
});
