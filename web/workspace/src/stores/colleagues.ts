/** The people of this shop, for naming, inviting and handing on. */

import type { AgentView } from "@shouhou/shared/frames";
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import * as http from "../net/http";
import { useSession } from "./session";

export const useColleagues = defineStore("colleagues", () => {
  const session = useSession();
  const all = ref<AgentView[]>([]);
  const others = computed(() => all.value.filter((each) => each.agent_id !== session.agentId));

  async function load(): Promise<void> {
    all.value = await http.colleagues().catch(() => all.value);
  }

  function take(agent: AgentView): void {
    const at = all.value.findIndex((each) => each.agent_id === agent.agent_id);
    if (at >= 0) all.value = all.value.with(at, agent);
  }

  return { all, others, load, take };
});
