/** Waiting times are measured by the server's clock: an agent's computer may be minutes off. */

const WORTH_CORRECTING_MS = 2_000;
let aheadMs = 0;

/** `date` is the `Date` header of an answer, exact to the second. */
export function noteServerTime(date: string | null): void {
  const server = date ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(server)) return;
  const difference = server - Date.now();
  aheadMs = Math.abs(difference) > WORTH_CORRECTING_MS ? difference : 0;
}

export function serverNow(): number {
  return Date.now() + aheadMs;
}
