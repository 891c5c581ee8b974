/** Figures as charts and tables show them. Pure. */

import type { Figures } from "@shouhou/shared/frames";

/** With one decimal; null where there is nothing to divide by. */
export function percent(part: number, whole: number): number | null {
  return whole > 0 ? Math.round((part / whole) * 1000) / 10 : null;
}

export function containment(figures: Figures): number | null {
  return percent(figures.contained, figures.sessions);
}

/** Of the contained ones that are old enough to be judged. */
export function verified(figures: Figures): number | null {
  return percent(figures.verified, figures.judged);
}

/** `2026-11-21` → `11/21` */
export function shortDay(day: string): string {
  return day.slice(5).replace("-", "/");
}
