/** The board's numbers out of rows and agents. Pure. */

import type { AgentView, ConversationRow, SlaFrame } from "@shouhou/shared/frames";
import { elapsedS } from "./clocks";

export interface GroupLine {
  group: string;
  waiting: number;
  served: number;
}

const WAITING = ["queued", "offered"];
const WITH_AGENTS = ["active", "wrap_up"];

export function waiting(rows: Iterable<ConversationRow>): ConversationRow[] {
  const found = [...rows].filter((row) => WAITING.includes(row.status));
  return found.sort((a, b) => Date.parse(a.waiting_since ?? a.last_at) - Date.parse(b.waiting_since ?? b.last_at));
}

/** Those whose shopper waits longest for an answer first, the answered ones last. */
export function serving(rows: Iterable<ConversationRow>): ConversationRow[] {
  const owedAt = (row: ConversationRow): number => (row.unanswered_since ? Date.parse(row.unanswered_since) : Infinity);
  const found = [...rows].filter((row) => WITH_AGENTS.includes(row.status));
  return found.sort((a, b) => {
    const [first, second] = [owedAt(a), owedAt(b)];
    return first === second ? a.conversation_id.localeCompare(b.conversation_id) : first - second;
  });
}

export function longestWaitS(rows: ConversationRow[], nowMs: number): number {
  return Math.max(0, ...rows.map((row) => elapsedS(row.waiting_since ?? row.last_at, nowMs)));
}

/** How many an agent holds: by their rows, which are newer than what the bridge last said of them. */
export function heldBy(agentId: string, rows: ConversationRow[]): number {
  return rows.filter((row) => row.agent_id === agentId).length;
}

export function freeSlots(agents: AgentView[], served: ConversationRow[]): number {
  const here = agents.filter((agent) => agent.presence === "online" && agent.role !== "auditor");
  return here.reduce((sum, agent) => sum + Math.max(0, agent.capacity - heldBy(agent.agent_id, served)), 0);
}

export function byGroup(queue: ConversationRow[], served: ConversationRow[]): GroupLine[] {
  const groups = [...new Set([...queue, ...served].map((row) => row.skill))];
  const count = (rows: ConversationRow[], group: string): number => rows.filter((row) => row.skill === group).length;
  const lines = groups.map((group) => ({ group, waiting: count(queue, group), served: count(served, group) }));
  return lines.sort((a, b) => b.waiting - a.waiting || b.served - a.served || a.group.localeCompare(b.group));
}

export function isSameDeadline(a: SlaFrame, b: SlaFrame): boolean {
  return a.conversation_id === b.conversation_id && a.kind === b.kind && a.stage === b.stage && a.due_at === b.due_at;
}
