/** Naming colleagues in a note: which `@` is being typed, and who is named in the end. Pure. */

import type { AgentView } from "@shouhou/shared/frames";

/** What stands after the `@` in front of the cursor, or null where none is being typed. */
export function mentionQuery(text: string, cursor: number): string | null {
  const found = /(?:^|[\s，。、；：])[@＠]([^\s@＠]{0,12})$/.exec(text.slice(0, cursor));
  return found ? (found[1] ?? "") : null;
}

/** The text with the name in the place of what was typed, and where the cursor is then. */
export function withMention(text: string, cursor: number, name: string): { text: string; cursor: number } {
  const before = text.slice(0, cursor).replace(/[@＠][^\s@＠]*$/, `@${name} `);
  return { text: before + text.slice(cursor), cursor: before.length };
}

export function namedIn(text: string, colleagues: readonly AgentView[]): string[] {
  return colleagues.filter((each) => text.includes(`@${each.name}`)).map((each) => each.agent_id);
}
