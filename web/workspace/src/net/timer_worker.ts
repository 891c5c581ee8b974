/** Counts time where browsers do not slow it down: in a page nobody looks at, ordinary timers run once a minute. */

interface Order {
  id: number;
  /** null: never mind. */
  ms: number | null;
}

const timers = new Map<number, ReturnType<typeof setTimeout>>();

self.onmessage = ({ data }: MessageEvent<Order>) => {
  clearTimeout(timers.get(data.id));
  timers.delete(data.id);
  if (data.ms === null) return;
  const ring = (): void => {
    timers.delete(data.id);
    self.postMessage(data.id);
  };
  timers.set(data.id, setTimeout(ring, data.ms));
};
