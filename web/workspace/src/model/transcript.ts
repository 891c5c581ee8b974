/**
 * What one conversation consists of at an agent's desk, and how frames change it. Pure.
 *
 * Rule 1. Old transcript + events = the transcript of a fresh snapshot, always.
 * Rule 2. Events and notes are two gap-free sequences; a gap is never guessed over, it is asked for again.
 * Rule 3. Seen twice, kept once.
 */

import type { Event, EventPage, Reading, ReadingFrame, Snapshot } from "@shouhou/shared/frames";

export interface Transcript {
  conversationId: string;
  events: Event[];
  notes: Event[];
  readings: Record<string, Reading>;
  /** The last event the shopper has seen. */
  shopperReadSeq: number;
}

export function emptyTranscript(conversationId: string): Transcript {
  return { conversationId, events: [], notes: [], readings: {}, shopperReadSeq: 0 };
}

export function lastSeq(transcript: Transcript): number {
  return transcript.events.at(-1)?.seq ?? 0;
}

/** A snapshot carries what came after the `last_seq` it was asked with, or a whole new beginning. */
export function withSnapshot(known: Transcript | null, snapshot: Snapshot): Transcript {
  const base = known ?? emptyTranscript(snapshot.row.conversation_id);
  return {
    ...base,
    events: withRecalls(joined(base.events, snapshot.events)),
    notes: joined(base.notes, snapshot.notes),
    readings: { ...base.readings, ...snapshot.readings },
  };
}

/** `isGap`: events are missing before this one; nothing was changed, the conversation must be opened again. */
export function withEvent(known: Transcript, event: Event): { transcript: Transcript; isGap: boolean } {
  const isNote = event.audience === "agents";
  const list = isNote ? known.notes : known.events;
  const last = list.at(-1)?.seq ?? 0;
  if (event.seq <= last) return { transcript: known, isGap: false };
  if (event.seq > last + 1) return { transcript: known, isGap: true };
  const longer = withRecalls([...list, event]);
  return { transcript: isNote ? { ...known, notes: longer } : { ...known, events: longer }, isGap: false };
}

/** What was said before; only what joins on without a hole. */
export function withEarlier(known: Transcript, page: EventPage): Transcript {
  const first = known.events[0]?.seq ?? 1;
  const before = page.events.filter((event) => event.seq < first);
  if (before.at(-1)?.seq !== first - 1) return known;
  const readings = { ...page.readings, ...known.readings };
  return { ...known, events: withRecalls([...sorted(before), ...known.events]), readings };
}

/** What an agent took back is shown no longer, whoever still held its words. */
function withRecalls(events: Event[]): Event[] {
  const gone = new Set(events.flatMap(({ body }) => (body.kind === "recall" ? [body.event_id] : [])));
  if (gone.size === 0) return events;
  return events.map((event) => {
    const { body } = event;
    if (!gone.has(event.event_id) || body.kind !== "message" || body.is_recalled) return event;
    return { ...event, body: { ...body, text: "", cards: [], choices: [], quote: null, is_recalled: true } };
  });
}

export function withReading(known: Transcript, frame: ReadingFrame): Transcript {
  return { ...known, readings: { ...known.readings, [frame.event_id]: frame.reading } };
}

export function withShopperRead(known: Transcript, seq: number): Transcript {
  return seq > known.shopperReadSeq ? { ...known, shopperReadSeq: seq } : known;
}

/** New ones win over old ones of the same number; where a hole would stay between the two, only the new remain. */
function joined(old: Event[], fresh: Event[]): Event[] {
  const first = fresh[0];
  const last = old.at(-1);
  if (!first) return old;
  if (!last || first.seq > last.seq + 1) return sorted(fresh);
  const bySeq = new Map(old.map((event) => [event.seq, event]));
  for (const event of fresh) bySeq.set(event.seq, event);
  return sorted([...bySeq.values()]);
}

function sorted(events: Event[]): Event[] {
  return [...events].sort((a, b) => a.seq - b.seq);
}
