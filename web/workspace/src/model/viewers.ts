/** Who else looks at a conversation. Pure; `now` in milliseconds. */

import type { AgentViewing } from "@shouhou/shared/frames";

export interface Viewer {
  agentId: string;
  name: string;
  isTyping: boolean;
  heardAt: number;
}

/** Two heartbeats and a little: who was not heard of since is gone. */
const LASTS_MS = 45_000;
const TYPING_LASTS_MS = 8_000;

export function withViewing(known: Viewer[], frame: AgentViewing, nowMs: number): Viewer[] {
  const others = known.filter((each) => each.agentId !== frame.agent_id);
  if (!frame.is_viewing) return others;
  const viewer = { agentId: frame.agent_id, name: frame.agent_name, isTyping: frame.is_typing, heardAt: nowMs };
  return [...others, viewer];
}

export function present(known: Viewer[], nowMs: number): Viewer[] {
  return known
    .filter((each) => nowMs - each.heardAt < LASTS_MS)
    .map((each) => ({ ...each, isTyping: each.isTyping && nowMs - each.heardAt < TYPING_LASTS_MS }));
}
