/** Two short tones, made on the spot: no file, nothing to load. Browsers allow it after the first click. */

const TONES: Record<Ring, readonly [first: number, second?: number]> = { offer: [660, 880], message: [520], mention: [520, 660], late: [440, 330] };

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

export type Ring = "offer" | "message" | "mention" | "late";

export function play(kind: Ring): void {
  try {
    context ??= new AudioContext();
    const now = context.currentTime;
    const [first, second] = TONES[kind];
    tone(now, first, 0.18);
    if (second) tone(now + 0.16, second, 0.28);
  } catch {
    // A computer without sound still shows everything.
  }
}
