import { createPinia, setActivePinia } from "pinia";
import type { AgentFrame, ConversationRow } from "@shouhou/shared/frames";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { useCommands } from "../../src/stores/commands";
import { useConversations } from "../../src/stores/conversations";
import { useDesk } from "../../src/stores/desk";
import { useNotices } from "../../src/stores/notices";
import { useSession } from "../../src/stores/session";
import { useTranscripts } from "../../src/stores/transcripts";
import { agentView, at, fromMe, ME, message, note, row, snapshot } from "../builders";

beforeEach(() => {
  sessionStorage.clear();
  setActivePinia(createPinia());
  vi.stubGlobal("fetch", () => Promise.resolve(new Response('{"rows": [], "replies": [], "tags": [], "corrections": []}', { status: 200 })));
});

function welcomed(rows: ConversationRow[]) {
  const desk = useDesk();
  desk.take({ type: "welcome", protocol: 1, heartbeat_s: 20, agent: agentView(), rows, shop_name: "拾光优选" });
  return { desk, commands: useCommands(), conversations: useConversations(), transcripts: useTranscripts() };
}

describe("rows", () => {
  it("a new one appears, a changed one moves to its tab, an older copy is ignored", () => {
    const { desk, conversations } = welcomed([row({ status: "queued", agent_id: null, epoch: 2 })]);
    expect(conversations.counts).toMatchObject({ mine: 0, waiting: 1 });

    desk.take({ type: "row", row: row({ status: "active", epoch: 3 }) });
    desk.take({ type: "row", row: row({ status: "queued", agent_id: null, epoch: 2 }) });

    expect(conversations.counts).toMatchObject({ mine: 1, waiting: 0 });
  });

  it("several that changed at once come in one frame", () => {
    const { desk, conversations } = welcomed([row({ status: "queued", agent_id: null, epoch: 2 })]);

    desk.take({ type: "rows", rows: [row({ status: "active", epoch: 3 }), row({ conversation_id: "c_2" })] });

    expect(conversations.counts).toMatchObject({ mine: 2, waiting: 0 });
  });

  it("a new welcome is the whole truth; the open conversation stays on the screen", () => {
    const { desk, conversations } = welcomed([row(), row({ conversation_id: "c_2" })]);
    desk.select("c_1");

    welcomed([row({ conversation_id: "c_3" })]);

    expect([...conversations.rows.keys()].sort()).toEqual(["c_1", "c_3"]);
  });

  it("a page read earlier never overwrites what the socket said since", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify({ rows: [row({ last_seq: 1, preview: "旧" })] }))));
    const { desk, conversations } = welcomed([]);
    desk.take({ type: "row", row: row({ last_seq: 2, preview: "新" }) });

    await vi.waitFor(() => expect(conversations.paging.closed.hasMore).toBe(false));

    expect(conversations.rows.get("c_1")?.preview).toBe("新");
  });
});

describe("unread", () => {
  it("is counted over my own conversations", () => {
    const { conversations } = welcomed([row({ unread: 2 }), row({ conversation_id: "c_2", unread: 3, agent_id: "a_other" })]);

    expect(conversations.unreadTotal).toBe(2);
  });

  it("is gone, and told, once the conversation is looked at with everything in it", () => {
    const { desk, conversations } = welcomed([row({ unread: 1, last_seq: 1 })]);
    desk.link = "online";
    desk.select("c_1");
    expect(conversations.unreadTotal).toBe(1);

    desk.take(snapshot([message(1, "在吗")], [], { unread: 1 }));

    expect(conversations.unreadTotal).toBe(0);
  });

  it("stays when a colleague's conversation is only looked at", () => {
    const { desk, conversations } = welcomed([row({ unread: 1, last_seq: 1, agent_id: "a_other" })]);
    desk.link = "online";
    desk.select("c_1");

    desk.take(snapshot([message(1, "在吗")], [], { unread: 1, agent_id: "a_other" }));

    expect(conversations.rows.get("c_1")?.unread).toBe(1);
  });
});

describe("a message of one's own", () => {
  function opened() {
    const parts = welcomed([row({ last_seq: 1 })]);
    parts.desk.take(snapshot([message(1, "在吗")]));
    parts.commands.sendText(row(), "在的", false);
    const [pending] = parts.transcripts.pendingOf("c_1");
    return { ...parts, id: pending?.clientMessageId ?? "" };
  }
  const event = (id: string): AgentFrame => ({ type: "event", event: fromMe(2, "在的", id) });
  const accepted = (id: string): AgentFrame => ({ type: "accepted", client_message_id: id, seq: 2 });

  it("is there at once", () => {
    expect(opened().transcripts.pendingOf("c_1")).toMatchObject([{ text: "在的", state: "sending" }]);
  });

  it.each(["event first", "accepted first"])("is there once when it comes back, %s", (order) => {
    const { desk, transcripts, id } = opened();
    const frames = order === "event first" ? [event(id), accepted(id)] : [accepted(id), event(id)];

    for (const frame of [...frames, ...frames]) desk.take(frame);

    expect(transcripts.pendingOf("c_1")).toEqual([]);
    expect(transcripts.open.get("c_1")?.events).toHaveLength(2);
  });

  it("is there once when the line broke and the snapshot brings it", () => {
    const { desk, transcripts, id } = opened();

    desk.take(snapshot([fromMe(2, "在的", id)]));

    expect(transcripts.pendingOf("c_1")).toEqual([]);
  });

  it("is marked when refused, says what to do, and is sent again under a new id", () => {
    const { desk, commands, transcripts, id } = opened();

    desk.take({ type: "error", error: { code: "stale_epoch", message: "", reference: id } });
    const [refused] = transcripts.pendingOf("c_1");
    commands.sendAgain(id);
    const [again] = transcripts.pendingOf("c_1");

    expect(refused).toMatchObject({ state: "failed", problem: expect.stringContaining("已为您刷新") });
    expect(again?.state).toBe("sending");
    expect(again?.clientMessageId).not.toBe(id);
  });

  it("a note overtaking its own answer is there once", () => {
    const { desk, commands, transcripts } = welcomed([row()]);
    desk.take(snapshot([]));
    commands.sendText(row(), "先安抚", true);
    const id = transcripts.pendingOf("c_1")[0]?.clientMessageId ?? "";

    desk.take({ type: "event", event: note(1, "先安抚") });
    desk.take({ type: "accepted", client_message_id: id, seq: 1 });

    expect(transcripts.pendingOf("c_1")).toEqual([]);
    expect(transcripts.open.get("c_1")?.notes).toHaveLength(1);
  });
});

describe("offers", () => {
  const offered = row({ conversation_id: "c_9", status: "offered", agent_id: null, epoch: 2 });

  it("stand in line, the oldest first, each once", () => {
    const { desk } = welcomed([]);

    desk.take({ type: "offer", row: offered, expires_at: at(20), choice: null });
    desk.take({ type: "offer", row: row({ ...offered, conversation_id: "c_8" }), expires_at: at(25), choice: null });
    desk.take({ type: "offer", row: offered, expires_at: at(30), choice: null });

    expect(desk.offers.map((each) => each.row.conversation_id)).toEqual(["c_8", "c_9"]);
  });

  it("end with a word where the agent did nothing", () => {
    const { desk } = welcomed([]);
    desk.take({ type: "offer", row: offered, expires_at: at(20), choice: null });

    desk.take({ type: "offer.ended", conversation_id: "c_9", reason: "expired" });

    expect(desk.offer).toBeNull();
    expect(useNotices().shown.map((notice) => notice.text)).toEqual(["邀请已超时，会话已转给其他同事。"]);
  });

  it("are gone when somebody else has the conversation", () => {
    const { desk } = welcomed([]);
    desk.take({ type: "offer", row: offered, expires_at: at(20), choice: null });

    desk.take({ type: "row", row: row({ ...offered, status: "active", agent_id: "a_other", epoch: 3 }) });

    expect(desk.offer).toBeNull();
  });

  it("are not answered without a line: the click says so", () => {
    const { desk, commands } = welcomed([]);
    desk.take({ type: "offer", row: offered, expires_at: at(20), choice: null });
    desk.link = "waiting";

    commands.acceptOffer();

    expect(desk.offer).not.toBeNull();
    expect(useNotices().shown).toHaveLength(1);
  });
});

it("another agent's change is not mine", () => {
  const { desk } = welcomed([]);

  desk.take({ type: "agent", agent: agentView({ agent_id: "a_other", presence: "away" }) });
  desk.take({ type: "agent", agent: agentView({ open_count: 3 }) });

  expect(useSession().agent).toMatchObject({ agent_id: ME, presence: "online", open_count: 3 });
});

it("an unknown refusal is shown with the bridge's own sentence", () => {
  const { desk } = welcomed([]);

  desk.take({ type: "error", error: { code: "brand_new", message: "请稍后再试。", reference: null } });

  expect(useNotices().shown.map((notice) => notice.text)).toEqual(["请稍后再试。"]);
});
