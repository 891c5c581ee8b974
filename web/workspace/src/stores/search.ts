/** Looking for conversations at the bridge: over everything said, names, order numbers and tags. */

import { defineStore } from "pinia";
import { computed, ref, watch } from "vue";
import type { SearchResult } from "@shouhou/shared/frames";
import * as http from "../net/http";
import { useConversations } from "./conversations";
import type { SavedView } from "./presets";
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
  const view = ref<SavedView["view"]>("all");
  const level = ref("");
  const mood = ref("");
  const skill = ref("");
  const found = ref<Found[]>([]);
  const isCut = ref(false);
  const isLoading = ref(false);
  const hasFailed = ref(false);
  const isNarrowed = computed(() =>
    Boolean(channel.value || tag.value || level.value || mood.value || skill.value || view.value !== "all"),
  );
  const isOn = computed(() => Boolean(wanted.value.trim() || isNarrowed.value));
  let timer: number | undefined;
  let asked = 0;

  watch([wanted, channel, tag, view, level, mood, skill], () => {
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
      const answer = await http.search(wanted.value.trim(), {
        view: view.value, channel: channel.value, tag: tag.value, level: level.value, mood: mood.value, skill: skill.value,
      });
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
    wanted.value = "";
    widen();
  }

  function widen(): void {
    channel.value = tag.value = level.value = mood.value = skill.value = "";
    view.value = "all";
  }

  /** What stands in the box and the filters, as it can be kept. */
  function asView(): SavedView {
    return {
      kind: "view", words: wanted.value.trim(), view: view.value, channel: channel.value, tag: tag.value,
      level: level.value, mood: mood.value, skill: skill.value,
    };
  }

  function apply(saved: SavedView): void {
    wanted.value = saved.words;
    view.value = saved.view;
    channel.value = saved.channel;
    tag.value = saved.tag;
    level.value = saved.level;
    mood.value = saved.mood;
    skill.value = saved.skill;
  }

  function isApplied(saved: SavedView): boolean {
    const now = asView();
    return (Object.keys(now) as (keyof SavedView)[]).every((key) => now[key] === saved[key]);
  }

  return {
    wanted, view, channel, tag, level, mood, skill, found, isCut, isLoading, hasFailed, isOn, isNarrowed,
    ask, clear, widen, asView, apply, isApplied,
  };
});
