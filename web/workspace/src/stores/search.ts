/** Looking for conversations at the bridge: over everything said, names, order numbers and tags. */

import { defineStore } from "pinia";
import { computed, ref, watch } from "vue";
import type { SearchResult } from "@shouhou/shared/frames";
import * as http from "../net/http";
import { useConversations } from "./conversations";
import { useSession } from "./session";

/** Typing settles before the bridge is asked. */
const SETTLES_MS = 250;

export type Found = SearchResult["found"][number];

export const useSearch = defineStore("search", () => {
  const conversations = useConversations();
  const session = useSession();
  const wanted = ref("");
  const channel = ref("");
  const tag = ref("");
  const found = ref<Found[]>([]);
  const isCut = ref(false);
  const isLoading = ref(false);
  const hasFailed = ref(false);
  const isOn = computed(() => Boolean(wanted.value.trim() || channel.value || tag.value));
  let timer: number | undefined;
  let asked = 0;

  watch([wanted, channel, tag], () => {
    window.clearTimeout(timer);
    hasFailed.value = false;
    if (!isOn.value) return settle([], false);
    isLoading.value = true;
    timer = window.setTimeout(() => void ask(), SETTLES_MS);
  });

  function settle(now: Found[], cut: boolean): void {
    asked += 1;
    found.value = now;
    isCut.value = cut;
    isLoading.value = false;
  }

  /** An answer to an older question is not shown. */
  async function ask(): Promise<void> {
    const mine = ++asked;
    isLoading.value = true;
    try {
      const answer = await http.search(wanted.value.trim(), { channel: channel.value, tag: tag.value });
      if (mine !== asked) return;
      for (const each of answer.found) conversations.put(each.row);
      settle(answer.found, answer.is_cut);
    } catch (error) {
      if (mine !== asked) return;
      settle([], false);
      hasFailed.value = true;
      if (error instanceof http.ApiError && error.isSignedOut) session.expire();
    }
  }

  function clear(): void {
    wanted.value = channel.value = tag.value = "";
  }

  return { wanted, channel, tag, found, isCut, isLoading, hasFailed, isOn, ask, clear };
});
