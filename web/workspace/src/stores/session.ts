/** Who is signed in at this desk. */

import type { AgentView } from "@shouhou/shared/frames";
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import * as http from "../net/http";
import { words } from "../strings.zh-CN";

export const useSession = defineStore("session", () => {
  const agent = ref<AgentView | null>(null);
  const shopName = ref("");
  const isReady = ref(false);
  /** Why the sign-in page is shown again, if it was not by one's own wish. */
  const farewell = ref("");
  const agentId = computed(() => agent.value?.agent_id ?? "");

  /** The shop's name is known before the desk is shown: coming later it would push the bar's links from under the pointer. */
  async function enter(): Promise<void> {
    const signedIn = await http.me();
    shopName.value = signedIn.shop_name;
    agent.value = signedIn.agent;
  }

  /** Is there still a cookie of an earlier sign-in? */
  async function restore(): Promise<void> {
    try {
      await enter();
    } catch (error) {
      if (!(error instanceof http.ApiError) || !error.isSignedOut) farewell.value = (error as Error).message;
    } finally {
      isReady.value = true;
    }
  }

  async function signIn(username: string, password: string): Promise<void> {
    await http.signIn(username, password);
    await enter();
    farewell.value = "";
  }

  async function signOut(): Promise<void> {
    await http.signOut().catch(() => undefined);
    agent.value = null;
    farewell.value = "";
  }

  function expire(): void {
    agent.value = null;
    farewell.value = words.signIn.ended;
  }

  return { agent, agentId, shopName, isReady, farewell, restore, signIn, signOut, expire };
});
