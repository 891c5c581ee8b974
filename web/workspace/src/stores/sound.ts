/** Two short tones, made on the spot: no file, nothing to load. Browsers allow it after the first click. */

let context: AudioContext | null = null;

function tone(at: number, hertz: number, seconds: number): void {
  if (!context) return;
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.frequency.value = hertz;
  gain.gain.setValueAtTime(0.0001, at);
  gain.gain.exponentialRampToValueAtTime(0.12, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + seconds);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + seconds);
}

export function play(kind: "offer" | "message"): void {
  try {
    context ??= new AudioContext();
    const now = context.currentTime;
    tone(now, kind === "offer" ? 660 : 520, 0.18);
    if (kind === "offer") tone(now + 0.16, 880, 0.28);
  } catch {
    // A computer without sound still shows everything.
  }
}
