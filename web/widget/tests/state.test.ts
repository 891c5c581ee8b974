import type { ShopperFrame } from "@shouhou/shared/frames";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ChatState, type OwnMessage } from "../chat/state";
import { choice, event, message, view } from "./events";

let state: ChatState;
const receive = (frame: ShopperFrame): void => state.receive(frame, 0);
const happen = (...events: ReturnType<typeof event>[]): void => events.forEach((each) => receive({ type: "event", event: each }));
const own = (id: string, changes: Partial<OwnMessage> = {}): OwnMessage => ({ id, kind: "text", text: "在吗", afterSeq: 0, failure: null, ...changes });
const refuse = (reference: string, code = "text_empty"): void => receive({ type: "error", error: { code, message: "不行", reference } });

beforeEach(() => {
  state = new ChatState();
  receive({ type: "welcome", protocol: 1, heartbeat_s: 20, conversation: view(), shop_name: "拾光优选", events: [] });
});

describe("history", () => {
  it("is the same whether it comes as one snapshot, as events, or twice", () => {
    const all = [event(1, "bot", message("您好")), event(2, "shopper", message("在吗")), event(3, "bot", message("在的"))];
    const snapshot = new ChatState();
    snapshot.receive({ type: "welcome", protocol: 1, heartbeat_s: 20, conversation: view(), shop_name: "", events: all }, 0);

    happen(...all, ...all);

    expect(state.events).toEqual(snapshot.events);
    expect(state.lastSeq).toBe(3);
  });

  it("may begin late, where the server sends only the newest part", () => {
    const late = new ChatState();
    late.receive({ type: "welcome", protocol: 1, heartbeat_s: 20, conversation: view(), shop_name: "", events: [event(41, "bot", message("您好"))] }, 0);

    expect(late.lastSeq).toBe(41);
  });

  it("asks again when something is missing, and shows nothing out of order", () => {
    const asked = vi.fn();
    state.listen((change) => change === "ask-again" && asked());

    happen(event(1, "bot", message("一")), event(3, "bot", message("三")));

    expect(asked).toHaveBeenCalledOnce();
    expect(state.events.map((each) => each.seq)).toEqual([1]);
  });

  it("never holds an internal note", () => {
    happen(event(1, "agent", { kind: "note", text: "内部", mentions: [] }, { audience: "agents" }));

    expect(state.events).toEqual([]);
  });

  it("of another conversation leaves nothing of the first", () => {
    happen(event(1, "bot", message("给甲的话")));
    state.say(own("c_1"));

    receive({ type: "welcome", protocol: 1, heartbeat_s: 20, conversation: view({ conversation_id: "other" }), shop_name: "", events: [] });

    expect([state.events, state.own, state.lastSeq]).toEqual([[], [], 0]);
  });
});

describe("own messages", () => {
  it("appear at once and become the recorded one when it comes, also from another tab", () => {
    state.say(own("c_1"));
    happen(event(1, "shopper", message("在吗", { client_message_id: "c_1" })), event(2, "shopper", message("另一页", { client_message_id: "c_2" })));

    expect(state.own).toEqual([]);
    expect(state.events).toHaveLength(2);
  });

  it("say why when they are refused, and can be taken back", () => {
    state.say(own("c_1"));
    refuse("c_1");
    expect(state.own[0]?.failure).toBe("不行");

    expect(state.withdraw("c_1")?.text).toBe("在吗");
    expect(state.own).toEqual([]);
  });
});

describe("choices", () => {
  const used = (seq: number): number => state.usedChoices(state.events.find((each) => each.seq === seq) as never).size;

  it("of a bot's answer are all spent with the first one pressed", () => {
    const [yes, no] = [choice("确认", { style: "primary" }), choice("取消")];
    happen(event(1, "bot", message("确认吗？", { choices: [yes, no] })));

    state.say(own("c_1", { kind: "choice", choiceId: yes.choice_id }));

    expect(used(1)).toBe(2);
  });

  it("of the greeting stay, except the pressed one", () => {
    const menu = [choice("查物流"), choice("退货")];
    happen(event(1, "bot", message("您好", { choices: menu }), { turn_id: null }));

    state.say(own("c_1", { kind: "choice", choiceId: menu[0]?.choice_id ?? "" }));

    expect(used(1)).toBe(1);
  });

  it("pressed in another tab are spent here as well", () => {
    happen(event(1, "bot", message("哪一个？", { choices: [choice("甲"), choice("乙")] })), event(2, "shopper", message("乙")));

    expect(used(1)).toBe(2);
  });

  it("stay spent when refused, unless the shopper was only too fast", () => {
    const [a] = [choice("甲")];
    happen(event(1, "bot", message("？", { choices: [a] })));
    state.say(own("c_1", { kind: "choice", choiceId: a.choice_id }));
    refuse("c_1", "rate_limited");
    expect(used(1)).toBe(0);

    state.say(own("c_2", { kind: "choice", choiceId: a.choice_id }));
    refuse("c_2", "choice_unknown");
    expect(used(1)).toBe(1);
    expect(state.own).toEqual([]);
  });
});

describe("who answers", () => {
  it("follows the owner's changes, and no older view brings it back", () => {
    happen(event(1, "system", { kind: "status", status: "active", epoch: 3, line: "已接入", agent_name: "小雨" }));
    receive({ type: "conversation", conversation: view({ status: "queued", epoch: 2 }) });

    expect(state.conversation?.status).toBe("active");
    expect(state.conversation?.agent_name).toBe("小雨");
  });

  it("stops typing when the answer is there or the line is lost", () => {
    const typing: ShopperFrame = { type: "typing", author: "bot", is_typing: true, conversation_id: "", draft: "" };
    receive(typing);
    happen(event(1, "bot", message("好的")));
    expect(state.typing).toBeNull();

    receive(typing);
    state.setLink("waiting");
    expect(state.typing).toBeNull();
  });
});

it("the badge counts what the shop said after what was read", () => {
  happen(event(1, "bot", message("一")), event(2, "shopper", message("二")), event(3, "agent", message("三")));

  expect(state.unreadAfter(0)).toBe(2);
  expect(state.unreadAfter(1)).toBe(1);
});

it("a refused rating can be given again", () => {
  state.rate("s1", "c_1");
  expect(state.ratingOf("s1")).toBe("sending");
  refuse("c_1");
  expect(state.ratingOf("s1")).toBe("open");

  happen(event(1, "shopper", { kind: "csat_given", session_id: "s1", score: 4, comment: "" }));
  expect(state.ratingOf("s1")).toEqual({ score: 4 });
});
