/**
 * What stands unsent in each conversation's composer. Kept in this tab only and gone with the sign-out.
 * Reply and note are two texts: what was written for colleagues can never slip into the box that goes to the shopper.
 */

import { defineStore } from "pinia";
import { shallowReactive } from "vue";

export interface DraftQuote {
  eventId: string;
  text: string;
}

export interface Draft {
  quote: DraftQuote | null;
  reply: string;
  note: string;
  isNote: boolean;
}

const PREFIX = "shouhou.draft.";
const NOTHING: Draft = { quote: null, reply: "", note: "", isNote: false };

export const useDrafts = defineStore("drafts", () => {
  const drafts = shallowReactive(new Map<string, Draft>());
  for (const key of Object.keys(sessionStorage).filter((each) => each.startsWith(PREFIX))) {
    const draft = parsed(sessionStorage.getItem(key));
    if (draft) drafts.set(key.slice(PREFIX.length), draft);
  }

  function of(conversationId: string): Draft {
    return drafts.get(conversationId) ?? NOTHING;
  }

  function change(conversationId: string, change: Partial<Draft>): void {
    const draft = { ...of(conversationId), ...change };
    if (!draft.reply && !draft.note && !draft.isNote && !draft.quote) {
      drafts.delete(conversationId);
      sessionStorage.removeItem(PREFIX + conversationId);
      return;
    }
    drafts.set(conversationId, draft);
    try {
      sessionStorage.setItem(PREFIX + conversationId, JSON.stringify(draft));
    } catch {
      // A full storage costs only the survival of a reload.
    }
  }

  function clear(): void {
    for (const conversationId of [...drafts.keys()]) change(conversationId, NOTHING);
  }

  return { drafts, of, change, clear };
});

function parsed(text: string | null): Draft | null {
  try {
    const draft = JSON.parse(text ?? "") as Partial<Draft>;
    const isText = typeof draft.reply === "string" && typeof draft.note === "string";
    return isText ? { quote: draft.quote ?? null, reply: draft.reply ?? "", note: draft.note ?? "", isNote: Boolean(draft.isNote) } : null;
  } catch {
    return null;
  }
}
