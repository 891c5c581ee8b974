/**
 * The connection's clock. Its heartbeat keeps the agent present, so it must go on while another tab is in front:
 * a worker counts, and where there is none the page's own timers do.
 */

import { browserClock, type Clock } from "@shouhou/shared/connection";

export function steadyClock(): Clock {
  const worker = startWorker();
  if (!worker) return browserClock;
  const tasks = new Map<number, () => void>();
  let lastId = 0;
  worker.onmessage = ({ data }: MessageEvent<number>) => {
    const task = tasks.get(data);
    tasks.delete(data);
    task?.();
  };
  return {
    now: () => Date.now(),
    after(ms, task) {
      const id = ++lastId;
      tasks.set(id, task);
      worker.postMessage({ id, ms });
      return () => {
        if (tasks.delete(id)) worker.postMessage({ id, ms: null });
      };
    },
  };
}

function startWorker(): Worker | null {
  try {
    return new Worker(new URL("./timer_worker.ts", import.meta.url), { type: "module" });
  } catch {
    return null;
  }
}
