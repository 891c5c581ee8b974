/** Short messages to the agent: what was refused and what to do, gone by themselves after a while. */

import { defineStore } from "pinia";
import { ref } from "vue";

export type NoticeKind = "error" | "hint" | "success";

export interface Notice {
  id: number;
  kind: NoticeKind;
  text: string;
}

const STAYS_MS: Record<NoticeKind, number> = { error: 8_000, hint: 5_000, success: 2_500 };
const MOST_AT_ONCE = 4;

export const useNotices = defineStore("notices", () => {
  const shown = ref<Notice[]>([]);
  let lastId = 0;

  /** The same sentence is not shown twice at a time. */
  function show(kind: NoticeKind, text: string): void {
    if (shown.value.some((notice) => notice.text === text)) return;
    const id = ++lastId;
    shown.value = [...shown.value, { id, kind, text }].slice(-MOST_AT_ONCE);
    window.setTimeout(() => dismiss(id), STAYS_MS[kind]);
  }

  function dismiss(id: number): void {
    shown.value = shown.value.filter((notice) => notice.id !== id);
  }

  return { shown, show, dismiss };
});
