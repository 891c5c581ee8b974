/** The conversations this desk has open or had open lately, with what is still on its way to the record. */

import type { AgentViewing, Event, ReadingFrame, Snapshot, TypingFrame } from "@shouhou/shared/frames";
import { defineStore } from "pinia";
import { shallowReactive } from "vue";
import { isSame, type PendingMessage } from "../model/pending";
import {
  lastSeq,
  withEarlier,
  withEvent,
  withReading,
  withShopperRead,
  withSnapshot,
  type Transcript,
} from "../model/transcript";
import { withViewing, type Viewer } from "../model/viewers";
import * as http from "../net/http";
import { useSession } from "./session";

export interface TypingState {
  author: TypingFrame["author"];
  draft: string;
  at: number;
}

/** Transcripts kept in memory besides the open one; older ones are read again. */
const KEPT = 20;

export const useTranscripts = defineStore("transcripts", () => {
  const session = useSession();
  const open = shallowReactive(new Map<string, Transcript>());
  const pending = shallowReactive(new Map<string, PendingMessage[]>());
  const typing = shallowReactive(new Map<string, TypingState>());
  const viewers = shallowReactive(new Map<string, Viewer[]>());
  const reading = shallowReactive(new Set<string>());

  function takeSnapshot(snapshot: Snapshot): void {
    const id = snapshot.row.conversation_id;
    const fresh = withSnapshot(open.get(id) ?? null, snapshot);
    open.delete(id);
    open.set(id, fresh);
    for (const event of [...snapshot.events, ...snapshot.notes]) settleBy(event);
    forgetOldest();
  }

  /** False where events are missing before this one: the conversation must be opened again. */
  function takeEvent(event: Event): boolean {
    const known = open.get(event.conversation_id);
    if (!known) return true;
    const { transcript, isGap } = withEvent(known, event);
    if (isGap) return false;
    open.set(event.conversation_id, transcript);
    settleBy(event);
    if (event.author.kind === typing.get(event.conversation_id)?.author) typing.delete(event.conversation_id);
    return true;
  }

  /** One page further back; false where there is nothing earlier, or it could not be read. */
  async function loadEarlier(conversationId: string): Promise<boolean> {
    const first = open.get(conversationId)?.events[0]?.seq ?? 1;
    if (first <= 1 || reading.has(conversationId)) return false;
    reading.add(conversationId);
    try {
      const page = await http.earlierEvents(conversationId, first);
      const known = open.get(conversationId);
      if (known) open.set(conversationId, withEarlier(known, page));
      return page.events.length > 0;
    } catch {
      return false;
    } finally {
      reading.delete(conversationId);
    }
  }

  function takeViewing(frame: AgentViewing, now: number): void {
    viewers.set(frame.conversation_id, withViewing(viewers.get(frame.conversation_id) ?? [], frame, now));
  }

  function takeReading(frame: ReadingFrame): void {
    const known = open.get(frame.conversation_id);
    if (known) open.set(frame.conversation_id, withReading(known, frame));
  }

  function takeShopperRead(conversationId: string, seq: number): void {
    const known = open.get(conversationId);
    if (known) open.set(conversationId, withShopperRead(known, seq));
  }

  function takeTyping(frame: TypingFrame, now: number): void {
    if (!frame.is_typing) typing.delete(frame.conversation_id);
    else typing.set(frame.conversation_id, { author: frame.author, draft: frame.draft, at: now });
  }

  function addPending(message: PendingMessage): void {
    pending.set(message.conversationId, [...pendingOf(message.conversationId), message]);
  }

  function pendingOf(conversationId: string): PendingMessage[] {
    return pending.get(conversationId) ?? [];
  }

  function changePending(clientMessageId: string, change: Partial<PendingMessage>): PendingMessage | null {
    for (const [id, list] of pending) {
      const found = list.find((message) => message.clientMessageId === clientMessageId);
      if (!found) continue;
      const changed = { ...found, ...change };
      pending.set(id, list.map((message) => (message === found ? changed : message)));
      return changed;
    }
    return null;
  }

  /** It is in the record. The event may have been here first; then nothing is left to show. */
  function accept(clientMessageId: string, seq: number | null): void {
    const message = changePending(clientMessageId, { state: "accepted", seq });
    const transcript = message && open.get(message.conversationId);
    if (!message || !transcript || seq === null) return;
    const list = message.isNote ? transcript.notes : transcript.events;
    if (list.some((event) => event.seq === seq)) drop(clientMessageId);
  }

  function drop(clientMessageId: string): void {
    for (const [id, list] of pending) {
      pending.set(id, list.filter((message) => message.clientMessageId !== clientMessageId));
    }
  }

  function settleBy(event: Event): void {
    const list = pendingOf(event.conversation_id);
    const own = list.find((message) => isSame(message, event, session.agentId));
    if (own) drop(own.clientMessageId);
  }

  function lastSeqOf(conversationId: string): number {
    const known = open.get(conversationId);
    return known ? lastSeq(known) : 0;
  }

  function forget(conversationId: string): void {
    open.delete(conversationId);
  }

  function forgetOldest(): void {
    const [oldest] = open.keys();
    if (open.size > KEPT && oldest !== undefined) open.delete(oldest);
  }

  function clear(): void {
    open.clear();
    pending.clear();
    typing.clear();
    viewers.clear();
  }

  return {
    open, pending, typing, viewers, reading, loadEarlier, takeViewing, takeSnapshot, takeEvent, takeReading, takeShopperRead, takeTyping,
    addPending, pendingOf, changePending, accept, drop, lastSeqOf, forget, clear,
  };
});
