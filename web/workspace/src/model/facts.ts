/** Values of unknown shape (slots, verdicts inside a handoff package) as rows a person can read. Pure. */

import type { ConversationRow, HandoffPackage, Verdict } from "@shouhou/shared/frames";
import { words } from "../strings.zh-CN";

export interface FactRow {
  key: string;
  label: string;
  value: string;
}

/** The remembered values worth reading: what has no name in Chinese is the bot's own bookkeeping. */
export function slotRows(slots: Record<string, unknown>): FactRow[] {
  return Object.entries(slots)
    .filter(([name]) => name in words.slot)
    .map(([name, value]) => ({ key: name, label: words.slot[name] ?? "", value: readable(name, value) }))
    .filter((row) => row.value !== "");
}

/** What the summary adds to the reason and the evidence, which stand beside it. */
export function newInSummary(handoff: HandoffPackage): string[] {
  const shown = [handoff.reason_text, handoff.evidence].filter(Boolean);
  return handoff.summary.filter((line) => !shown.some((words) => line.endsWith(words)));
}

/** Why a person is wanted, in one line. That somebody who asked for a person pressed the button says nothing more. */
export function whyLine(row: ConversationRow): string {
  const { handoff } = row;
  if (!handoff?.reason_text) return row.preview;
  const isPlainWish = handoff.reason === "asked_for_person";
  const order = handoff.order_number ? words.offer.aboutOrder(handoff.order_number) : "";
  const why = handoff.evidence && !isPlainWish ? words.offer.why(handoff.reason_text, handoff.evidence) : handoff.reason_text;
  return [why, order].filter(Boolean).join(" · ");
}

function readable(name: string, value: unknown): string {
  if (value === null || value === undefined || value === "") return "";
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return knownWord(name, value);
  if (Array.isArray(value)) return value.map((each) => readable(name, each)).filter(Boolean).join(words.listJoin);
  return JSON.stringify(value);
}

/** The Chinese word for a code among the values of a slot or an entity; what is no code stays as it is. */
export function knownWord(name: string, value: string): string {
  if (name.endsWith("reason")) return (words.caseReason as Record<string, string>)[value] ?? value;
  if (name.endsWith("case_type")) return (words.caseType as Record<string, string>)[value] ?? value;
  if (name.endsWith("intent")) return words.intent[value] ?? value;
  return value;
}

/** A verdict that came as a plain object; null for anything that is none. */
export function verdictOf(value: Record<string, unknown>): Verdict | null {
  const isVerdict = typeof value["decision"] === "string" && typeof value["explanation"] === "string";
  if (!isVerdict) return null;
  return {
    rule_id: "",
    rule_version: "",
    source: "",
    facts: [],
    last_day: null,
    freight_payer: null,
    refund_lines: [],
    refund_total: null,
    alternatives: [],
    ...value,
  } as unknown as Verdict;
}

export function intentName(intent: string): string {
  return words.intent[intent] ?? intent;
}
