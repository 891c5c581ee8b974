/**
 * Frames that come fast are taken together, so that the desk is drawn once for all of them: the first at once, what
 * follows within the pause when the pause is over. Their order stays.
 */

export const PAUSE_MS = 100;

export function together<F>(take: (frame: F) => void): (frame: F) => void {
  let waiting: F[] = [];
  let isPausing = false;

  function taken(): void {
    const frames = waiting;
    waiting = [];
    isPausing = frames.length > 0;
    if (isPausing) window.setTimeout(taken, PAUSE_MS);
    for (const frame of frames) take(frame);
  }

  return (frame) => {
    waiting.push(frame);
    if (!isPausing) taken();
  };
}
