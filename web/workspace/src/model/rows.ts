/** The agents' list: which row belongs under which tab, in which order, and which of two copies is the newer. */

import type { ConversationRow } from "@shouhou/shared/frames";

export type Tab = "mine" | "waiting" | "all" | "closed" | "bot";
export const TABS: readonly Tab[] = ["mine", "waiting", "all", "closed", "bot"];

export type SectionName = "unanswered" | "answered" | "wrapUp" | "queue" | "messages" | "";

export interface RowSection {
  name: SectionName;
  rows: ConversationRow[];
}

const PRIORITY: Record<string, number> = { emergency: 0, high: 1, normal: 2 };

export function belongs(row: ConversationRow, tab: Tab, agentId: string): boolean {
  switch (tab) {
    case "mine":
      return row.agent_id === agentId && (row.status === "active" || row.status === "wrap_up");
    case "waiting":
      return row.status === "queued" || row.status === "offered" || row.status === "message_left";
    case "closed":
      return row.status === "closed";
    case "bot":
      return row.status === "bot";
    case "all":
      return true;
  }
}

/** Two copies of a row can meet: one pushed by the socket, one from a page of the list that was read earlier. */
export function isOlder(candidate: ConversationRow, known: ConversationRow): boolean {
  if (candidate.epoch !== known.epoch) return candidate.epoch < known.epoch;
  if (candidate.last_seq !== known.last_seq) return candidate.last_seq < known.last_seq;
  return candidate.last_note_seq < known.last_note_seq;
}

/** The rows of one tab as they are shown. What has waited longest for an answer stands first. */
export function arranged(rows: Iterable<ConversationRow>, tab: Tab, agentId: string): RowSection[] {
  const own = [...rows].filter((row) => belongs(row, tab, agentId));
  if (tab === "mine") return mine(own);
  if (tab === "waiting") return waiting(own);
  return own.length ? [{ name: "", rows: own.sort(latestFirst) }] : [];
}

function mine(rows: ConversationRow[]): RowSection[] {
  const isWaiting = (row: ConversationRow): boolean => row.status === "active" && row.unanswered_since !== null;
  return sections(
    ["unanswered", rows.filter(isWaiting).sort(by((row) => row.unanswered_since))],
    ["answered", rows.filter((row) => row.status === "active" && !isWaiting(row)).sort(latestFirst)],
    ["wrapUp", rows.filter((row) => row.status === "wrap_up").sort(latestFirst)],
  );
}

function waiting(rows: ConversationRow[]): RowSection[] {
  const urgentFirst = (a: ConversationRow, b: ConversationRow): number =>
    priorityOf(a) - priorityOf(b) || by((row) => row.waiting_since)(a, b);
  return sections(
    ["queue", rows.filter((row) => row.status !== "message_left").sort(urgentFirst)],
    ["messages", rows.filter((row) => row.status === "message_left").sort(urgentFirst)],
  );
}

function sections(...parts: [SectionName, ConversationRow[]][]): RowSection[] {
  return parts.filter(([, rows]) => rows.length > 0).map(([name, rows]) => ({ name, rows }));
}

function priorityOf(row: ConversationRow): number {
  return PRIORITY[row.handoff?.priority ?? "normal"] ?? 2;
}

function by(instant: (row: ConversationRow) => string | null) {
  return (a: ConversationRow, b: ConversationRow): number =>
    Date.parse(instant(a) ?? a.last_at) - Date.parse(instant(b) ?? b.last_at);
}

function latestFirst(a: ConversationRow, b: ConversationRow): number {
  return Date.parse(b.last_at) - Date.parse(a.last_at);
}

/** The row `step` places further down, in the order shown; stays at the ends. */
export function neighbour(shown: ConversationRow[], selectedId: string | null, step: number): ConversationRow | null {
  const at = shown.findIndex((row) => row.conversation_id === selectedId);
  if (at < 0) return shown[step > 0 ? 0 : shown.length - 1] ?? null;
  return shown[Math.min(shown.length - 1, Math.max(0, at + step))] ?? null;
}
