/** The shop's canned replies and one's own: read once at the beginning, changed here and at the bridge. */

import type { CannedReply } from "@shouhou/shared/frames";
import { defineStore } from "pinia";
import { ref } from "vue";
import * as http from "../net/http";

export const useReplies = defineStore("replies", () => {
  const all = ref<CannedReply[]>([]);
  const hasFailed = ref(false);

  async function load(): Promise<void> {
    try {
      all.value = await http.cannedReplies();
      hasFailed.value = false;
    } catch {
      hasFailed.value = true;
    }
  }

  /** Throws what can be shown. */
  async function save(replyId: string | null, reply: http.NewCannedReply): Promise<void> {
    const saved = await http.saveReply(replyId, reply);
    all.value = [...all.value.filter((each) => each.reply_id !== saved.reply_id), saved];
  }

  async function remove(replyId: string): Promise<void> {
    await http.removeReply(replyId);
    all.value = all.value.filter((each) => each.reply_id !== replyId);
  }

  return { all, hasFailed, load, save, remove };
});
