/** One clock for the whole desk: everything that counts seconds counts the same ones. */

import { defineStore } from "pinia";
import { ref } from "vue";
import { serverNow } from "../net/server_time";

export const useTicker = defineStore("ticker", () => {
  const nowMs = ref(serverNow());
  let timer: number | undefined;

  function start(): void {
    timer ??= window.setInterval(() => (nowMs.value = serverNow()), 1000);
  }

  function stop(): void {
    window.clearInterval(timer);
    timer = undefined;
  }

  return { nowMs, start, stop };
});
