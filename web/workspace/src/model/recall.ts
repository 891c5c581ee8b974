/** Which of one's own messages can still be taken back. The bridge decides; here only what is worth a button. */

import type { Event } from "@shouhou/shared/frames";

export const RECALL_WITHIN_MS = 2 * 60_000;

export function canRecall(event: Event, agentId: string, channel: string, nowMs: number): boolean {
  const { body, author } = event;
  if (channel !== "web" || body.kind !== "message" || author.kind !== "agent" || author.id !== agentId) return false;
  return !body.is_recalled && body.cards.length === 0 && nowMs - Date.parse(event.at) < RECALL_WITHIN_MS;
}
