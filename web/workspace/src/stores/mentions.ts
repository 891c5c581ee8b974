/** Notes that name this agent and whose conversation they have not opened since. */

import type { Mentioned } from "@shouhou/shared/frames";
import { defineStore } from "pinia";
import { ref } from "vue";
import * as http from "../net/http";

export type Mention = Omit<Mentioned, "type">;

export const useMentions = defineStore("mentions", () => {
  const unseen = ref<Mention[]>([]);

  async function load(): Promise<void> {
    unseen.value = await http.mentions().catch(() => unseen.value);
  }

  function take(mention: Mention): void {
    unseen.value = [mention, ...unseen.value.filter((each) => each.event_id !== mention.event_id)];
  }

  /** The bridge marks them as seen when the conversation is opened. */
  function opened(conversationId: string): void {
    unseen.value = unseen.value.filter((each) => each.conversation_id !== conversationId);
  }

  return { unseen, load, take, opened, clear: () => (unseen.value = []) };
});
