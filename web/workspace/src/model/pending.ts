/** What this agent has said and the record has not shown back yet, so that a message appears the moment it is sent. */

import type { Attachment, Event } from "@shouhou/shared/frames";

export interface PendingMessage {
  clientMessageId: string;
  conversationId: string;
  text: string;
  isNote: boolean;
  at: string;
  state: "sending" | "accepted" | "failed";
  /** Set by `accepted`: where the event stands, should it arrive without our id. */
  seq: number | null;
  /** What it answers to. */
  quoteEventId: string | null;
  attachments: Attachment[];
  /** The colleagues a note names. */
  mentions: string[];
  /** Why it was refused, as a sentence that says what to do. */
  problem: string;
}

/** True when `event` is `pending`, come back through the record. */
export function isSame(pending: PendingMessage, event: Event, agentId: string): boolean {
  if (event.author.kind !== "agent" || event.conversation_id !== pending.conversationId) return false;
  const body = event.body;
  if (body.kind === "message" && !pending.isNote && body.client_message_id !== null) {
    return body.client_message_id === pending.clientMessageId;
  }
  if ((body.kind === "note") !== pending.isNote) return false;
  if (pending.seq !== null) return event.seq === pending.seq;
  // A note carries no id of ours, and can overtake its own `accepted`.
  return body.kind === "note" && event.author.id === agentId && body.text === pending.text;
}

/** The ones still to be shown below the transcript. Each event answers for one message only. */
export function unanswered(pending: PendingMessage[], events: Event[], agentId: string): PendingMessage[] {
  const left = [...events];
  return pending.filter((message) => {
    if (message.state === "failed") return true;
    const at = left.findIndex((event) => isSame(message, event, agentId));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
