import { beforeEach, describe, expect, it, vi } from "vitest";
import { Gallery } from "../chat/pictures";
import { ChatState } from "../chat/state";
import { words } from "../chat/strings.zh-CN";
import { pictureUrl } from "../chat/view/cards";
import { MessageList } from "../chat/view/messages";
import { cardsWith, choice, event, message, view } from "./events";

let state: ChatState;
let list: MessageList;
const acts = { press: vi.fn(), say: vi.fn(), resend: vi.fn(), discard: vi.fn(), rate: vi.fn(), assetBase: () => "https://shop.example", now: () => new Date("2026-11-21T08:00:00Z"), gallery: new Gallery(() => Promise.reject(new Error())) };
const happen = (...events: ReturnType<typeof event>[]): void => {
  for (const each of events) state.receive({ type: "event", event: each }, 0);
  list.render();
};
const all = (selector: string): Element[] => [...list.root.querySelectorAll(selector)];

beforeEach(() => {
  vi.clearAllMocks();
  state = new ChatState();
  state.receive({ type: "welcome", protocol: 1, heartbeat_s: 20, conversation: view(), shop_name: "拾光优选", events: [] }, 0);
  list = new MessageList(state, acts);
});

describe("the list", () => {
  it("carries the AI badge on every message of the bot and on no other", () => {
    happen(event(1, "bot", message("一")), event(2, "bot", message("二")), event(3, "agent", message("三")), event(4, "shopper", message("四")));

    expect(all(".row.bot").map((row) => row.querySelectorAll(".ai").length)).toEqual([1, 1]);
    expect(all(".ai")).toHaveLength(2);
  });

  it("names the agent after the handoff", () => {
    happen(event(1, "agent", message("您好"), { author: { kind: "agent", id: "a1", name: "小雨" } }));

    expect(all(".sender-name")[0]?.textContent).toBe("小雨");
  });

  it("names each day once", () => {
    happen(event(1, "bot", message("一"), { at: "2026-11-20T02:00:00Z" }), event(2, "bot", message("二")), event(3, "bot", message("三")));

    expect(all(".day").map((day) => day.textContent)).toEqual(["昨天", "今天"]);
  });

  it("keeps the node of what has not changed, so focus and half-written comments stay", () => {
    happen(event(1, "system", { kind: "csat_ask", session_id: "s1" }));
    const before = all(".csat")[0];

    happen(event(2, "bot", message("后来")));

    expect(all(".csat")[0]).toBe(before);
  });

  it("shows an empty status line nowhere", () => {
    happen(event(1, "system", { kind: "status", status: "bot", epoch: 2, line: "", agent_name: "" }));

    expect(list.root.textContent).toBe("今天");
  });

  it("leaves a failed message at its place, with the reason and a way to send it again", () => {
    state.say({ id: "c_1", kind: "text", text: "太快了", afterSeq: 1, failure: null });
    happen(event(1, "bot", message("一")), event(2, "bot", message("二")));
    state.receive({ type: "error", error: { code: "rate_limited", message: "操作太快了", reference: "c_1" } }, 0);
    list.render();

    expect(all(".bubble").map((bubble) => bubble.textContent)).toEqual(["一", "太快了", "二"]);
    const again = all(".row.failed button")[0] as HTMLButtonElement;
    again.click();
    expect(acts.resend).toHaveBeenCalledWith("c_1");
  });
});

describe("choices", () => {
  it("are buttons that can be pressed once", () => {
    const offered = choice("查物流");
    happen(event(1, "bot", message("您好", { choices: [offered] })));
    (all("button.choice")[0] as HTMLButtonElement).click();
    expect(acts.press).toHaveBeenCalledWith(offered);

    state.say({ id: "c_1", kind: "choice", text: "查物流", choiceId: offered.choice_id, afterSeq: 1, failure: null });
    list.render();

    expect((all("button.choice")[0] as HTMLButtonElement).disabled).toBe(true);
  });

  it("on an order card make the whole card the button", () => {
    const [order] = cardsWith("鞋");
    happen(event(1, "bot", message("", { cards: order ? [order] : [] })));
    (all("button.order")[0] as HTMLButtonElement).click();

    expect(acts.press).toHaveBeenCalledWith(order?.choice);
  });
});

describe("pictures", () => {
  it.each([
    ["/demo/images/shoe.svg", "https://shop.example/demo/images/shoe.svg"],
    ["https://cdn.example/a.png", "https://cdn.example/a.png"],
    ["//evil.example/a.png", ""],
    ["/\\evil.example/a.png", ""],
    ["javascript:alert(1)", ""],
    ["data:image/svg+xml,<svg onload=alert(1)>", ""],
    ["", ""],
  ])("%s is loaded from %s", (url, address) => expect(pictureUrl(url, "https://shop.example")).toBe(address));

  it("give way to a placeholder when they cannot be loaded", () => {
    const [order] = cardsWith("/x.svg");
    happen(event(1, "bot", message("", { cards: order ? [order] : [] })));
    all("img")[0]?.dispatchEvent(new Event("error"));

    expect(all("img")).toHaveLength(0);
    expect(all(".picture svg")).toHaveLength(1);
  });
});

it("a logistics card shows the newest three steps, and the rest when asked", () => {
  happen(event(1, "bot", message("", { cards: cardsWith("一").slice(1, 2) })));
  expect(all(".timeline li")).toHaveLength(3);

  (all(".expander")[0] as HTMLButtonElement).click();

  expect(all(".timeline li")).toHaveLength(4);
});

it("a verdict shows its rule, its source, its day, who pays and the money", () => {
  happen(event(1, "bot", message("", { cards: cardsWith("R7").slice(2, 3) })));
  const text = list.root.textContent ?? "";
  const w = words.card.verdict;

  for (const word of [w.decision.allowed, w.source, w.rule, w.lastDay, w.freight, w.payer.shop, w.total, w.alternatives]) expect(text).toContain(word);
});
