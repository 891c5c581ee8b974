import { describe, expect, it } from "vitest";
import { entriesOf } from "../../src/model/entries";
import { mentionQuery, namedIn, withMention } from "../../src/model/mentions";
import { canRecall } from "../../src/model/recall";
import { withEarlier, withEvent, withSnapshot } from "../../src/model/transcript";
import { present, withViewing } from "../../src/model/viewers";
import { sliceOf } from "../../src/model/windowed";
import { agentView, at, fromMe, ME, message, note, snapshot, T0 } from "../builders";
import type { AgentViewing } from "@shouhou/shared/frames";

const recalled = (seq: number, eventId: string) =>
  message(seq, "", { event_id: `r_${seq}`, author: { kind: "agent", id: ME, name: "林晓" }, body: { kind: "recall", event_id: eventId } });

describe("a recall", () => {
  it("takes the words away wherever they were held, and makes no line of its own", () => {
    const known = withSnapshot(null, snapshot([message(1, "在吗"), fromMe(2, "发错了", "c_2")]));

    const { transcript } = withEvent(known, recalled(3, "e_2"));

    expect(JSON.stringify(transcript.events)).not.toContain("发错了");
    expect(entriesOf(transcript, [], new Date(T0)).map((each) => each.kind)).toEqual(["day", "message", "message"]);
  });

  it("also where message and recall came while nobody was there", () => {
    const known = withSnapshot(null, snapshot([fromMe(1, "发错了", "c_1")]));
    expect(JSON.stringify(withSnapshot(known, snapshot([recalled(2, "e_1")])))).not.toContain("发错了");
  });

  it("is offered for two minutes, for one's own words, on the web alone", () => {
    const own = fromMe(1, "您好", "c_1");
    const sent = Date.parse(own.at);
    expect(canRecall(own, ME, "web", sent + 119_000)).toBe(true);
    expect(canRecall(own, ME, "web", sent + 120_000)).toBe(false);
    expect(canRecall(own, ME, "wechat:main", sent)).toBe(false);
    expect(canRecall(own, "a_other", "web", sent)).toBe(false);
    expect(canRecall(message(2, "在吗"), ME, "web", sent)).toBe(false);
  });
});

describe("the past", () => {
  const late = withSnapshot(null, snapshot([message(3, "三"), message(4, "四")], [note(1, "早", { at: at(1) }), note(2, "晚", { at: at(9) })]));

  it("joins on in front, and only without a hole", () => {
    const earlier = withEarlier(late, { events: [message(1, "一"), message(2, "二")], readings: {} });
    expect(earlier.events.map((each) => each.seq)).toEqual([1, 2, 3, 4]);
    expect(withEarlier(late, { events: [message(1, "一")], readings: {} })).toBe(late);
  });

  it("keeps its notes until it is loaded", () => {
    const texts = (transcript: typeof late) => JSON.stringify(entriesOf(transcript, [], new Date(T0)));
    expect(texts(late)).not.toContain("早");
    expect(texts(withEarlier(late, { events: [message(1, "一"), message(2, "二")], readings: {} }))).toContain("早");
  });
});

describe("naming a colleague", () => {
  it("begins at an @ that stands alone and ends with the name", () => {
    expect(mentionQuery("请 @小", 4)).toBe("小");
    expect(mentionQuery("a@b", 3)).toBeNull();
    expect(mentionQuery("请 @小林 看", 7)).toBeNull();
    expect(withMention("请 @小 看", 4, "小林")).toEqual({ text: "请 @小林  看", cursor: 6 });
  });

  it("names whoever stands in the text", () => {
    const others = [agentView({ agent_id: "a_1", name: "小林" }), agentView({ agent_id: "a_2", name: "小周" })];
    expect(namedIn("@小周 请看", others)).toEqual(["a_2"]);
  });
});

it("a colleague who is not heard of any more is gone, and so is their writing before", () => {
  const frame: AgentViewing = { type: "viewing", conversation_id: "c_1", agent_id: "a_1", agent_name: "小林", is_viewing: true, is_typing: true, is_arriving: false };
  const known = withViewing([], frame, T0);

  expect(present(known, T0 + 1000)[0]?.isTyping).toBe(true);
  expect(present(known, T0 + 9000)[0]?.isTyping).toBe(false);
  expect(present(known, T0 + 46_000)).toEqual([]);
  expect(withViewing(known, { ...frame, is_viewing: false }, T0)).toEqual([]);
});

it("of a long list only what is in sight is drawn, each row at its place", () => {
  const rows = Array.from({ length: 10_000 }, (_, index) => index);

  const { items, height } = sliceOf(rows, (row) => (row % 10 === 0 ? 30 : 84), 84_000, 84_800);

  expect(items.length).toBeLessThan(20);
  expect(height).toBe(1000 * 30 + 9000 * 84);
  const first = items[0];
  expect(first && first.top <= 84_000 && first.top > 84_000 - 84).toBe(true);
});
