/** The transcript as lines to show: day separators, messages with or without a head, notes, status lines. Pure. */

import type { AuthorKind, Event, MessageBody, NoteBody, Reading } from "@shouhou/shared/frames";
import { dayKey, dayName } from "@shouhou/shared/format";
import type { PendingMessage } from "./pending";
import type { Transcript } from "./transcript";

export interface DayEntry {
  kind: "day";
  key: string;
  text: string;
}

export interface MessageEntry {
  kind: "message";
  key: string;
  event: Event;
  body: MessageBody;
  reading: Reading | null;
  isHeadShown: boolean;
  isRead: boolean;
}

export interface NoteEntry {
  kind: "note";
  key: string;
  event: Event;
  body: NoteBody;
}

export interface LineEntry {
  kind: "line";
  key: string;
  event: Event;
}

export interface PendingEntry {
  kind: "pending";
  key: string;
  pending: PendingMessage;
}

export type Entry = DayEntry | MessageEntry | NoteEntry | LineEntry | PendingEntry;

/** Messages of one author within this time share one head. */
const ONE_BREATH_MS = 3 * 60_000;

export function entriesOf(transcript: Transcript, pending: PendingMessage[], now: Date): Entry[] {
  const entries: Entry[] = [];
  let before: Event | null = null;
  let day = "";
  for (const event of inOrder(transcript)) {
    const at = new Date(event.at);
    if (dayKey(at) !== day) {
      day = dayKey(at);
      entries.push({ kind: "day", key: `day-${day}`, text: dayName(at, now) });
      before = null;
    }
    const entry = entryOf(event, before, transcript);
    if (entry) entries.push(entry);
    before = event;
  }
  for (const each of pending) entries.push({ kind: "pending", key: each.clientMessageId, pending: each });
  return entries;
}

function entryOf(event: Event, before: Event | null, transcript: Transcript): Entry | null {
  const key = event.event_id;
  const body = event.body;
  if (body.kind === "note") return { kind: "note", key, event, body };
  if (body.kind === "recall") return null;
  if (body.kind !== "message") return { kind: "line", key, event };
  return {
    kind: "message",
    key,
    event,
    body,
    reading: event.author.kind === "shopper" ? (transcript.readings[event.event_id] ?? null) : null,
    isHeadShown: !before || !isSameBreath(before, event),
    isRead: event.seq <= transcript.shopperReadSeq,
  };
}

function isSameBreath(before: Event, event: Event): boolean {
  const isSameAuthor = before.author.kind === event.author.kind && before.author.id === event.author.id;
  const isNear = Date.parse(event.at) - Date.parse(before.at) < ONE_BREATH_MS;
  return before.body.kind === "message" && isSameAuthor && isNear;
}

/** Two sequences as one: each keeps its own order, notes fall in by their time; those from before what is loaded wait. */
function inOrder(transcript: Transcript): Event[] {
  const merged: Event[] = [];
  const first = transcript.events[0];
  const since = first && first.seq > 1 ? Date.parse(first.at) : 0;
  const notes = transcript.notes.filter((note) => Date.parse(note.at) >= since);
  for (const event of transcript.events) {
    while (notes[0] && Date.parse(notes[0].at) < Date.parse(event.at)) merged.push(notes.shift() as Event);
    merged.push(event);
  }
  return [...merged, ...notes];
}

/** Which side a message stands on: the shopper's left, the shop's right. */
export function isOurs(kind: AuthorKind): boolean {
  return kind !== "shopper";
}

/** What did not change is the same object as before, so that only what did is drawn anew. */
export function unchangedKept(before: readonly Entry[], now: readonly Entry[]): Entry[] {
  const known = new Map(before.map((entry) => [entry.key, entry]));
  return now.map((entry) => {
    const old = known.get(entry.key);
    return old && isAlike(old, entry) ? old : entry;
  });
}

function isAlike(old: Entry, entry: Entry): boolean {
  const [one, other] = [old, entry] as unknown as Record<string, unknown>[];
  return Object.keys(entry).every((name) => one?.[name] === other?.[name]);
}
