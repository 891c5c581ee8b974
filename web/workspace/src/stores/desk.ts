/** The desk's line to the bridge: frames go to the stores they belong to. What the agent does is in commands.ts. */

import { Connection, type LinkState } from "@shouhou/shared/connection";
import type { AgentCommand, AgentFrame, AgentView, Attachment, ConversationRow, ErrorDetail, Mentioned, SlaFrame } from "@shouhou/shared/frames";
import { PROTOCOL } from "@shouhou/shared/frames";
import { Outbox, type Identified } from "@shouhou/shared/outbox";
import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import { ApiError, socketTicket } from "../net/http";
import { serverNow } from "../net/server_time";
import { steadyClock } from "../net/steady_clock";
import { together } from "../net/together";
import { socketUrl, TicketedSocket } from "../net/ticketed_socket";
import { words } from "../strings.zh-CN";
import { useColleagues } from "./colleagues";
import { useConversations } from "./conversations";
import { useCustomers } from "./customers";
import { useDrafts } from "./drafts";
import { useLabels } from "./labels";
import { useMentions } from "./mentions";
import { useNotices } from "./notices";
import { notify } from "./notifications";
import { usePreferences } from "./preferences";
import { usePresets } from "./presets";
import { useReplies } from "./replies";
import { useSearch } from "./search";
import { useSession } from "./session";
import { play, type Ring } from "./sound";
import { useTeam } from "./team";
import { useTranscripts } from "./transcripts";
import { useUploads } from "./uploads";

type Said = Extract<AgentCommand, { client_message_id: string }>;
type Told = Exclude<AgentCommand, Said>;

export interface Offer {
  row: ConversationRow;
  expiresAt: string;
}

/** Of a file that went up before the page was loaded anew only the id is known. */
function remembered(attachment_id: string): Attachment {
  return { kind: "picture", attachment_id, name: words.picture.name, media_type: "", size: 0, width: null, height: null };
}

/** Refusals that mean this desk's picture of a conversation is old. */
const OUTDATED = ["stale_epoch", "illegal_step", "not_your_conversation"];

export const useDesk = defineStore("desk", () => {
  const session = useSession();
  const conversations = useConversations();
  const transcripts = useTranscripts();
  const customers = useCustomers();
  const drafts = useDrafts();
  const labels = useLabels();
  const search = useSearch();
  const notices = useNotices();
  const preferences = usePreferences();
  const replies = useReplies();
  const team = useTeam();
  const presets = usePresets();
  const mentions = useMentions();
  const colleagues = useColleagues();
  const uploads = useUploads();

  const link = ref<LinkState>("stopped");
  const offers = ref<Offer[]>([]);
  const wasOnline = ref(false);
  const connection = shallowRef<Connection<Said, AgentFrame> | null>(null);
  const isOnline = computed(() => link.value === "online");
  const offer = computed(() => offers.value[0] ?? null);
  const clock = steadyClock();
  let outbox: Outbox<Said> | null = null;
  let ticket = "";

  // --- the line -------------------------------------------------------------------------------------------------
  function start(): void {
    if (connection.value) return;
    outbox = new Outbox<Said>(sessionStorage, `shouhou.outbox.${session.agentId}.`, Date.now());
    for (const command of outbox.waiting()) restorePending(command);
    const line: Connection<Said, AgentFrame> = new Connection<Said, AgentFrame>({
      openSocket: () => ticketedSocket(),
      hello: () => ({ type: "hello", protocol: PROTOCOL, ticket }) as { type: string },
      onFrame: together((frame) => {
        // What was still to be taken when the agent signed out is nobody's.
        if (connection.value === line) take(frame);
      }),
      onState: (state) => (link.value = state),
      outbox,
      clock,
      random: Math.random,
    });
    connection.value = line;
    line.start();
  }

  function ticketedSocket(): TicketedSocket {
    return new TicketedSocket({
      fetchTicket: socketTicket,
      onTicket: (fresh) => (ticket = fresh),
      onTicketFailed: (error) => {
        if (error instanceof ApiError && error.isSignedOut) session.expire();
      },
      open: () => new WebSocket(socketUrl(window.location)),
    });
  }

  function restorePending(command: Said): void {
    if (command.type !== "message.send" && command.type !== "note.add") return;
    transcripts.addPending({
      clientMessageId: command.client_message_id,
      conversationId: command.conversation_id,
      text: command.text,
      isNote: command.type === "note.add",
      quoteEventId: command.type === "message.send" ? (command.quote_event_id ?? null) : null,
      mentions: command.type === "note.add" ? (command.mentions ?? []) : [],
      attachments: command.type === "message.send" ? (command.attachments ?? []).map(remembered) : [],
      at: new Date(serverNow()).toISOString(),
      state: "sending",
      seq: null,
      problem: "",
    });
  }

  function stop(): void {
    connection.value?.stop();
    connection.value = null;
    wasOnline.value = false;
    offers.value = [];
    conversations.clear();
    team.clear();
    transcripts.clear();
    customers.clear();
    labels.clear();
    search.clear();
    mentions.clear();
    uploads.clear();
  }

  function wake(): void {
    connection.value?.wake();
  }

  /** What is lost with the line is said aloud: a click that did nothing is worse than a refusal. */
  function tell(command: Told): boolean {
    if (!isOnline.value) {
      notices.show("error", words.errors.offline);
      return false;
    }
    connection.value?.tell(command);
    return true;
  }

  function say(command: Said): void {
    connection.value?.send(command as Said & Identified);
  }

  // --- frames ---------------------------------------------------------------------------------------------------
  function take(frame: AgentFrame): void {
    switch (frame.type) {
      case "welcome":
        return welcomed(frame.agent, frame.rows, frame.shop_name);
      case "row":
        return takeRow(frame.row);
      case "rows":
        return frame.rows.forEach(takeRow);
      case "offer":
        return takeOffer(frame.row, frame.expires_at);
      case "offer.ended":
        return endOffer(frame.conversation_id, frame.reason);
      case "snapshot":
        conversations.put(frame.row);
        transcripts.takeSnapshot(frame);
        return markReadIfSeen(frame.row.conversation_id);
      case "event":
        if (!transcripts.takeEvent(frame.event)) openView(frame.event.conversation_id);
        return markReadIfSeen(frame.event.conversation_id);
      case "reading":
        return transcripts.takeReading(frame);
      case "agent":
        return takeAgent(frame.agent);
      case "accepted":
        return transcripts.accept(frame.client_message_id, frame.seq);
      case "viewing":
        return transcripts.takeViewing(frame, Date.now());
      case "mentioned":
        return takeMention(frame);
      case "sla":
        return takeDeadline(frame);
      case "whispered":
        return notices.show("hint", words.header.whispered(frame.author_name, frame.text));
      case "typing":
        return transcripts.takeTyping(frame, Date.now());
      case "read":
        if (frame.reader === "shopper") return transcripts.takeShopperRead(frame.conversation_id, frame.seq);
        return;
      case "error":
        return takeError(frame.error);
    }
  }

  function welcomed(agent: AgentView, rows: ConversationRow[], shopName: string): void {
    session.agent = agent;
    session.shopName = shopName;
    conversations.replaceAll(rows);
    void replies.load();
    team.refresh();
    void presets.load();
    void mentions.load();
    // Offers still running are told again after the welcome.
    offers.value = [];
    if (wasOnline.value) notices.show("success", words.errors.recovered);
    wasOnline.value = true;
    if (conversations.selectedId) openView(conversations.selectedId);
  }

  function takeRow(row: ConversationRow): void {
    const before = conversations.rows.get(row.conversation_id);
    conversations.put(row);
    if (!["queued", "offered"].includes(row.status)) withdrawOffer(row.conversation_id);
    const isMine = row.agent_id === session.agentId;
    if (isMine && row.unread > (before?.unread ?? 0) && !isLookedAt(row.conversation_id)) ring("message");
    markReadIfSeen(row.conversation_id);
  }

  function takeOffer(row: ConversationRow, expiresAt: string): void {
    conversations.put(row);
    withdrawOffer(row.conversation_id);
    offers.value = [...offers.value, { row, expiresAt }];
    ring("offer");
  }

  function endOffer(conversationId: string, reason: "accepted" | "declined" | "expired" | "withdrawn"): void {
    withdrawOffer(conversationId);
    if (reason === "expired") notices.show("hint", words.offer.expired);
    if (reason === "withdrawn") notices.show("hint", words.offer.withdrawn);
  }

  function withdrawOffer(conversationId: string): void {
    offers.value = offers.value.filter((each) => each.row.conversation_id !== conversationId);
  }

  function takeMention(frame: Mentioned): void {
    if (isLookedAt(frame.conversation_id)) return;
    mentions.take(frame);
    ring("mention");
  }

  /** The first word of a deadline is a warning; it is said once, about one's own conversations. */
  function takeDeadline(frame: SlaFrame): void {
    team.takeDeadline(frame);
    if (frame.agent_id !== session.agentId || frame.kind === "resolution" || isLookedAt(frame.conversation_id)) return;
    const name = conversations.rows.get(frame.conversation_id)?.shopper_name || words.list.anonymous;
    notices.show(frame.stage === "breached" ? "error" : "hint", words.header.deadline[frame.stage](name));
    ring("late");
  }

  function takeAgent(agent: AgentView): void {
    colleagues.take(agent);
    if (agent.agent_id === session.agentId) session.agent = agent;
    team.put(agent);
  }

  function takeError(detail: ErrorDetail): void {
    const text = words.errors.byCode[detail.code] ?? (detail.message || words.errors.unexpected);
    const message = transcripts.changePending(detail.reference ?? "", { state: "failed", problem: text });
    // A refused message says so itself, where it stands.
    if (!message || message.conversationId !== conversations.selectedId) notices.show("error", text);
    const id = message?.conversationId ?? conversations.selectedId;
    if (id && OUTDATED.includes(detail.code)) openView(id);
    if (detail.code === "not_signed_in") session.expire();
  }

  function ring(kind: Ring): void {
    if (preferences.isSoundOn) play(kind);
    if (preferences.isNotifying) notify(words.notify[kind], words.notify.body);
  }

  // --- looking --------------------------------------------------------------------------------------------------
  function select(conversationId: string): void {
    const before = conversations.selectedId;
    if (before === conversationId) return;
    if (before && isOnline.value) tell({ type: "conversation.leave", conversation_id: before });
    conversations.selectedId = conversationId;
    if (isOnline.value) openView(conversationId);
    void customers.load(conversationId);
    void labels.load(conversationId);
    mentions.opened(conversationId);
    markReadIfSeen(conversationId);
  }

  function deselect(): void {
    const before = conversations.selectedId;
    conversations.selectedId = null;
    if (before && isOnline.value) tell({ type: "conversation.leave", conversation_id: before });
  }

  function openView(conversationId: string): void {
    const last = transcripts.lastSeqOf(conversationId);
    if (isOnline.value) tell({ type: "conversation.open", conversation_id: conversationId, last_seq: last });
  }

  function isLookedAt(conversationId: string): boolean {
    return conversations.selectedId === conversationId && document.visibilityState === "visible";
  }

  /** Only the agent in charge reads on the shop's behalf; looking on leaves no mark. */
  function markReadIfSeen(conversationId: string): void {
    const row = conversations.rows.get(conversationId);
    const seq = transcripts.lastSeqOf(conversationId);
    if (!row || row.agent_id !== session.agentId || !isLookedAt(conversationId)) return;
    if (row.unread === 0 || seq < row.last_seq || !isOnline.value) return;
    conversations.markRead(conversationId);
    tell({ type: "read.mark", conversation_id: conversationId, seq });
  }

  async function signOut(): Promise<void> {
    outbox?.clear();
    stop();
    drafts.clear();
    await session.signOut();
  }

  return {
    link, isOnline, offers, offer, start, stop, wake, take, tell, say, select, deselect, markReadIfSeen,
    withdrawOffer, signOut,
  };
});
