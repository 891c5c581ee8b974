/** How long to wait before the next attempt, so that many browsers do not come back at the same instant. */

export const FIRST_DELAY_MS = 500;
export const LONGEST_DELAY_MS = 20_000;

/** Doubles with every attempt (from 0) up to the longest delay; half of it is random. `random` is in [0, 1). */
export function delayBefore(attempt: number, random: number): number {
  const full = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 16));
  return Math.round(full / 2 + (full / 2) * random);
}
