/** What agents put on a conversation: its tags, and how the bot's readings were put right. */

import type { Correction } from "@shouhou/shared/frames";
import { defineStore } from "pinia";
import { ref, shallowReactive } from "vue";
import * as http from "../net/http";
import { useNotices } from "./notices";

export const useLabels = defineStore("labels", () => {
  const notices = useNotices();
  const tags = shallowReactive(new Map<string, string[]>());
  const corrections = shallowReactive(new Map<string, Correction>());
  const known = ref<string[]>([]);

  /** When a conversation is opened; without them it works just as well. */
  async function load(conversationId: string): Promise<void> {
    const [own, right, all] = await Promise.all([
      http.tags(conversationId).catch(() => null),
      http.corrections(conversationId).catch(() => []),
      http.knownTags().catch(() => null),
    ]);
    if (own) tags.set(conversationId, own);
    for (const each of right) corrections.set(each.event_id, each);
    if (all) known.value = all;
  }

  async function setTags(conversationId: string, wanted: string[]): Promise<void> {
    const before = tags.get(conversationId) ?? [];
    tags.set(conversationId, wanted);
    try {
      tags.set(conversationId, await http.setTags(conversationId, wanted));
      known.value = [...new Set([...known.value, ...wanted])];
    } catch (error) {
      tags.set(conversationId, before);
      notices.show("error", (error as Error).message);
    }
  }

  async function correct(conversationId: string, eventId: string, intent: string): Promise<void> {
    try {
      corrections.set(eventId, await http.correctReading(conversationId, eventId, intent));
    } catch (error) {
      notices.show("error", (error as Error).message);
    }
  }

  function clear(): void {
    tags.clear();
    corrections.clear();
  }

  return { tags, corrections, known, load, setTags, correct, clear };
});
