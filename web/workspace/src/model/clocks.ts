/** How long somebody has been waiting, and how alarming that is. Pure; `now` comes from outside, in milliseconds. */

import { words } from "../strings.zh-CN";

/** The three-minute rule: an unanswered turn warns at 100 s and is late at 180 s. */
export const AMBER_AFTER_S = 100;
export const RED_AFTER_S = 180;

export type Urgency = "calm" | "amber" | "red";

/** Whole seconds since `since`; never negative, because two clocks never agree. */
export function elapsedS(since: string, nowMs: number): number {
  const ms = nowMs - Date.parse(since);
  return Number.isFinite(ms) ? Math.max(0, Math.floor(ms / 1000)) : 0;
}

export function urgencyOf(seconds: number): Urgency {
  if (seconds >= RED_AFTER_S) return "red";
  return seconds >= AMBER_AFTER_S ? "amber" : "calm";
}

/** How much of the three minutes is used up, from 0 to 1. */
export function usedShare(seconds: number): number {
  return Math.min(1, seconds / RED_AFTER_S);
}

/** `1:40`; from an hour on in words, because nobody reads `74:03`. */
export function clockText(seconds: number): string {
  if (seconds >= 3600) return durationText(seconds);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function durationText(seconds: number): string {
  const { time } = words;
  if (seconds < 60) return time.seconds(seconds);
  if (seconds < 3600) return time.minutes(Math.floor(seconds / 60));
  if (seconds < 86_400) return time.hours(Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60));
  return time.days(Math.floor(seconds / 86_400));
}

/** A deadline as an agent reads it: `剩 3 小时`, `超时 20 分钟`. */
export function deadlineText(deadline: string, nowMs: number): { text: string; isOverdue: boolean } {
  const leftS = Math.floor((Date.parse(deadline) - nowMs) / 1000);
  const isOverdue = leftS < 0;
  const text = isOverdue ? words.time.overdue(durationText(-leftS)) : words.time.left(durationText(leftS));
  return { text, isOverdue };
}
