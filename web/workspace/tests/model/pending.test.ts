import { describe, expect, it } from "vitest";
import { isSame, unanswered, type PendingMessage } from "../../src/model/pending";
import { at, fromMe, ME, message, note } from "../builders";

function pending(change: Partial<PendingMessage> = {}): PendingMessage {
  return {
    clientMessageId: "c_own", conversationId: "c_1", text: "您好", isNote: false, at: at(0), state: "sending", seq: null,
    problem: "", quoteEventId: null, attachments: [], mentions: [], ...change,
  };
}

describe("a message that came back through the record", () => {
  it("is known by its client id, not by its text", () => {
    expect(isSame(pending(), fromMe(4, "您好", "c_own"), ME)).toBe(true);
    expect(isSame(pending(), fromMe(4, "您好", "c_other"), ME)).toBe(false);
  });

  it("is not mistaken for the shopper saying the same", () => {
    expect(isSame(pending(), message(4, "您好"), ME)).toBe(false);
  });

  it("is known by its place once that is known", () => {
    const unnamed = { ...fromMe(4, "您好", "x"), body: { kind: "message" as const, text: "您好", cards: [], choices: [], attachments: [], client_message_id: null, quote: null, is_recalled: false } };

    expect(isSame(pending({ state: "accepted", seq: 4 }), unnamed, ME)).toBe(true);
    expect(isSame(pending({ state: "accepted", seq: 5 }), unnamed, ME)).toBe(false);
  });
});

describe("a note, which carries no id", () => {
  it("is known by author and text until its place is known", () => {
    expect(isSame(pending({ isNote: true, text: "先安抚" }), note(1, "先安抚"), ME)).toBe(true);
    const colleague = note(1, "先安抚", { author: { kind: "agent", id: "a_other", name: "徐宁" } });
    expect(isSame(pending({ isNote: true, text: "先安抚" }), colleague, ME)).toBe(false);
  });

  it("written twice waits for two events", () => {
    const two = [pending({ clientMessageId: "c_1", isNote: true }), pending({ clientMessageId: "c_2", isNote: true })];

    expect(unanswered(two, [note(1, "您好")], ME).map((each) => each.clientMessageId)).toEqual(["c_2"]);
  });
});

it("a refused message stays until the agent decides about it", () => {
  const refused = pending({ state: "failed" });

  expect(unanswered([refused], [fromMe(4, "您好", "c_own")], ME)).toEqual([refused]);
});
