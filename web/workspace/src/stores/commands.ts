/** What an agent does, as commands to the bridge. Whatever changes the owner or speaks carries the epoch it was seen under. */

import type { Attachment, ConversationRow } from "@shouhou/shared/frames";
import { newClientId } from "@shouhou/shared/outbox";
import { defineStore } from "pinia";
import { serverNow } from "../net/server_time";
import { useConversations } from "./conversations";
import { words } from "../strings.zh-CN";
import { useDesk } from "./desk";
import { useNotices } from "./notices";
import { useSession } from "./session";
import { useTranscripts } from "./transcripts";

const TYPING_EVERY_MS = 3_000;

export type Presence = "online" | "busy" | "away" | "after_work";

interface Extra {
  quoteEventId?: string | null;
  mentions?: string[];
  attachments?: Attachment[];
}

export const useCommands = defineStore("commands", () => {
  const desk = useDesk();
  const notices = useNotices();
  const session = useSession();
  const conversations = useConversations();
  const transcripts = useTranscripts();
  let typedAt = 0;

  function setPresence(status: Presence): void {
    if (desk.tell({ type: "presence.set", status }) && session.agent) {
      session.agent = { ...session.agent, presence: status };
    }
  }

  function acceptOffer(): void {
    const current = desk.offer;
    if (!current) return;
    const { conversation_id, epoch } = current.row;
    if (!desk.tell({ type: "offer.accept", conversation_id, epoch })) return;
    desk.withdrawOffer(conversation_id);
    conversations.show("mine");
    desk.select(conversation_id);
  }

  function declineOffer(): void {
    const current = desk.offer;
    if (!current) return;
    const { conversation_id, epoch } = current.row;
    if (desk.tell({ type: "offer.decline", conversation_id, epoch })) desk.withdrawOffer(conversation_id);
  }

  function claim(row: ConversationRow): void {
    const { conversation_id, epoch } = row;
    if (desk.tell({ type: "conversation.claim", conversation_id, epoch })) conversations.show("mine");
  }

  function sendText(row: ConversationRow, text: string, isNote: boolean, extra: Extra = {}): void {
    const { quoteEventId = null, mentions = [], attachments = [] } = extra;
    const { conversation_id, epoch } = row;
    const client_message_id = newClientId();
    const at = new Date(serverNow()).toISOString();
    transcripts.addPending({
      clientMessageId: client_message_id, conversationId: conversation_id, text, isNote, at,
      state: "sending", seq: null, problem: "", quoteEventId, mentions, attachments,
    });
    if (isNote) desk.say({ type: "note.add", client_message_id, conversation_id, text, mentions });
    else {
      const quote = quoteEventId ? { quote_event_id: quoteEventId } : {};
      const attached = { attachments: attachments.map((each) => each.attachment_id) };
      desk.say({ type: "message.send", client_message_id, conversation_id, epoch, text, ...attached, ...quote });
    }
  }

  /** A refused message was made under an old state of affairs: said again, it is a new one. */
  function sendAgain(clientMessageId: string): void {
    const list = [...transcripts.pending.values()].flat();
    const message = list.find((each) => each.clientMessageId === clientMessageId);
    const row = message && conversations.rows.get(message.conversationId);
    if (!message || !row) return;
    transcripts.drop(clientMessageId);
    sendText(row, message.text, message.isNote, message);
  }

  function typed(conversationId: string): void {
    if (Date.now() - typedAt < TYPING_EVERY_MS || !desk.isOnline) return;
    typedAt = Date.now();
    desk.tell({ type: "typing", conversation_id: conversationId, is_typing: true });
  }

  function typedNoMore(conversationId: string): void {
    if (typedAt === 0 || !desk.isOnline) return;
    typedAt = 0;
    desk.tell({ type: "typing", conversation_id: conversationId, is_typing: false });
  }

  /** Online only: what was taken back a minute later by an outbox would be a surprise. */
  function recall(conversationId: string, eventId: string): void {
    if (!desk.isOnline) return notices.show("error", words.errors.offline);
    desk.say({ type: "message.recall", client_message_id: newClientId(), conversation_id: conversationId, event_id: eventId });
  }

  function invite(row: ConversationRow, agentId: string): void {
    const { conversation_id, epoch } = row;
    desk.say({ type: "guest.invite", client_message_id: newClientId(), conversation_id, epoch, agent_id: agentId });
  }

  function removeGuest(row: ConversationRow, agentId: string): void {
    desk.say({ type: "guest.remove", client_message_id: newClientId(), conversation_id: row.conversation_id, agent_id: agentId });
  }

  function transfer(row: ConversationRow, to: { agentId?: string; skill?: string }, note: string): void {
    const { conversation_id, epoch } = row;
    desk.say({
      type: "conversation.transfer", client_message_id: newClientId(), conversation_id, epoch,
      agent_id: to.agentId ?? null, skill: to.skill ?? null, note,
    });
  }

  function close(row: ConversationRow, disposition: string, note: string): void {
    const { conversation_id, epoch } = row;
    desk.say({
      type: "conversation.close", client_message_id: newClientId(), conversation_id, epoch, disposition, note,
    });
  }

  return {
    setPresence, acceptOffer, declineOffer, claim, sendText, sendAgain, typed, typedNoMore, recall, invite, removeGuest,
    transfer, close,
  };
});
