/** Who the shopper is: profile, orders and cases, read from the shop through the bridge when a conversation opens. */

import { defineStore } from "pinia";
import { shallowReactive } from "vue";
import * as http from "../net/http";
import { useSession } from "./session";

export interface CustomerState {
  isLoading: boolean;
  problem: string;
  view: http.CustomerView | null;
  loadedAt: number;
}

const FRESH_FOR_MS = 60_000;

export const useCustomers = defineStore("customers", () => {
  const session = useSession();
  const states = shallowReactive(new Map<string, CustomerState>());

  async function load(conversationId: string, isForced = false): Promise<void> {
    const known = states.get(conversationId);
    const isFresh = known?.view && Date.now() - known.loadedAt < FRESH_FOR_MS;
    if (known?.isLoading || (isFresh && !isForced)) return;
    const view = known?.view ?? null;
    states.set(conversationId, { isLoading: true, problem: "", view, loadedAt: 0 });
    try {
      const fresh = await http.customer(conversationId);
      states.set(conversationId, { isLoading: false, problem: "", view: fresh, loadedAt: Date.now() });
    } catch (error) {
      if (error instanceof http.ApiError && error.isSignedOut) session.expire();
      states.set(conversationId, { isLoading: false, problem: (error as Error).message, view, loadedAt: 0 });
    }
  }

  return { states, load, clear: () => states.clear() };
});
