/** The list: rows as the bridge last told them, tabs, unread, pages of older ones. */

import type { ConversationRow } from "@shouhou/shared/frames";
import { defineStore } from "pinia";
import { computed, ref, shallowReactive } from "vue";
import * as http from "../net/http";
import { arranged, belongs, isOlder, neighbour, TABS, type RowSection, type Tab } from "../model/rows";
import { useSession } from "./session";

interface Paging {
  isLoading: boolean;
  hasFailed: boolean;
  /** null: not asked yet. */
  hasMore: boolean | null;
}

/** The desk's own lists arrive with the welcome; of the others the first page is read then, for their numbers. */
const PAGED: readonly Tab[] = ["all", "closed", "bot"];

export const useConversations = defineStore("conversations", () => {
  const session = useSession();
  const rows = shallowReactive(new Map<string, ConversationRow>());
  const tab = ref<Tab>("mine");
  const selectedId = ref<string | null>(null);
  /** A place in the open conversation somebody asked to see. */
  const wantedSeq = ref<number | null>(null);
  const paging = ref<Record<Tab, Paging>>(freshPaging());

  const selected = computed(() => (selectedId.value ? (rows.get(selectedId.value) ?? null) : null));
  const sections = computed<RowSection[]>(() => {
    return arranged(rows.values(), tab.value, session.agentId);
  });
  const shown = computed(() => sections.value.flatMap((section) => section.rows));
  const unreadTotal = computed(() =>
    inTab("mine").reduce((sum, row) => sum + row.unread, 0),
  );
  const counts = computed<Record<Tab, number>>(
    () => Object.fromEntries(TABS.map((name) => [name, inTab(name).length])) as Record<Tab, number>,
  );

  function inTab(name: Tab): ConversationRow[] {
    return [...rows.values()].filter((row) => belongs(row, name, session.agentId));
  }

  /** The list as it stands now. What a page brought earlier may be stale and is read again. */
  function replaceAll(fresh: ConversationRow[]): void {
    const open = selected.value;
    rows.clear();
    for (const row of fresh) rows.set(row.conversation_id, row);
    if (open && !rows.has(open.conversation_id)) rows.set(open.conversation_id, open);
    paging.value = freshPaging();
    for (const name of PAGED) void loadMore(name);
  }

  function put(row: ConversationRow): void {
    const known = rows.get(row.conversation_id);
    if (!known || !isOlder(row, known)) rows.set(row.conversation_id, row);
  }

  /** Shown as read at once; the bridge's own row follows. */
  function markRead(conversationId: string): void {
    const row = rows.get(conversationId);
    if (row && row.unread > 0) rows.set(conversationId, { ...row, unread: 0 });
  }

  function show(name: Tab): void {
    tab.value = name;
    if (PAGED.includes(name) && paging.value[name].hasMore === null) void loadMore(name);
  }

  async function loadMore(name: Tab): Promise<void> {
    const page = paging.value[name];
    if (page.isLoading || page.hasMore === false) return;
    page.isLoading = true;
    page.hasFailed = false;
    try {
      const answer = await http.conversations(name, page.hasMore === null ? null : oldestOf(name));
      for (const row of answer.rows) if (!isKnownAsNew(row)) put(row);
      page.hasMore = answer.hasMore;
    } catch (error) {
      page.hasFailed = true;
      if (error instanceof http.ApiError && error.isSignedOut) session.expire();
    } finally {
      page.isLoading = false;
    }
  }

  /** A page was read before it arrived; what the socket said meanwhile is at least as new. */
  function isKnownAsNew(row: ConversationRow): boolean {
    const known = rows.get(row.conversation_id);
    return known !== undefined && !isOlder(known, row);
  }

  function oldestOf(name: Tab): string | null {
    const instants = inTab(name).map((row) => row.last_at);
    return instants.sort((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null;
  }

  function move(step: number): ConversationRow | null {
    return neighbour(shown.value, selectedId.value, step);
  }

  function clear(): void {
    rows.clear();
    selectedId.value = null;
    tab.value = "mine";
    paging.value = freshPaging();
  }

  return {
    rows, tab, selectedId, wantedSeq, selected, paging, sections, shown, counts, unreadTotal,
    replaceAll, put, markRead, show, loadMore, move, clear,
  };
});

function freshPaging(): Record<Tab, Paging> {
  const one = (): Paging => ({ isLoading: false, hasFailed: false, hasMore: null });
  return { mine: one(), waiting: one(), all: one(), closed: one(), bot: one() };
}
