/** What colleagues once answered to the message that waits now: asked for once per message. */

import type { SimilarAnswer } from "@shouhou/shared/frames";
import { defineStore } from "pinia";
import { shallowReactive } from "vue";
import * as http from "../net/http";

const KEPT = 50;

export const useSimilar = defineStore("similar", () => {
  const answers = shallowReactive(new Map<string, SimilarAnswer[]>());

  /** Nothing is lost where it fails: the agent writes. */
  async function ask(conversationId: string, eventId: string): Promise<void> {
    if (answers.has(eventId)) return;
    answers.set(eventId, []);
    const [oldest] = answers.keys();
    if (answers.size > KEPT && oldest) answers.delete(oldest);
    answers.set(eventId, await http.similarAnswers(conversationId, eventId).catch(() => []));
  }

  return { answers, ask };
});
