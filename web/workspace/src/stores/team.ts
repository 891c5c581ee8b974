/** Everybody of the shop and the deadlines of the day, as the board shows them; kept up to date by the socket. */

import type { AgentView, SlaFrame } from "@shouhou/shared/frames";
import { defineStore } from "pinia";
import { computed, ref, shallowReactive } from "vue";
import * as supervision from "../net/supervision";
import { isSameDeadline } from "../model/board";
import { useConversations } from "./conversations";

export const useTeam = defineStore("team", () => {
  const conversations = useConversations();
  const agents = shallowReactive(new Map<string, AgentView>());
  const deadlines = ref<SlaFrame[]>([]);
  const limits = ref({ response: 180, warn: 120 });
  const problem = ref("");
  const isWatched = ref(false);
  const everybody = computed(() => [...agents.values()]);

  /** From the first look at the board on. */
  async function watch(): Promise<void> {
    isWatched.value = true;
    await load();
  }

  /** After the line was lost, what was said meanwhile is missing. */
  function refresh(): void {
    if (isWatched.value) void load();
  }

  async function load(): Promise<void> {
    problem.value = "";
    try {
      const board = await supervision.board();
      agents.clear();
      for (const agent of board.agents) agents.set(agent.agent_id, agent);
      for (const row of board.rows) conversations.put(row);
      deadlines.value = board.deadlines;
      limits.value = { response: board.response_s, warn: board.warn_s };
    } catch (error) {
      problem.value = (error as Error).message;
    }
  }

  function put(agent: AgentView): void {
    agents.set(agent.agent_id, agent);
  }

  function takeDeadline(frame: SlaFrame): void {
    if (deadlines.value.some((each) => isSameDeadline(each, frame))) return;
    deadlines.value = [frame, ...deadlines.value];
  }

  function clear(): void {
    agents.clear();
    deadlines.value = [];
    isWatched.value = false;
  }

  return { agents, everybody, deadlines, limits, problem, watch, refresh, load, put, takeDeadline, clear };
});
