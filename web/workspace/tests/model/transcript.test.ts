import { describe, expect, it } from "vitest";
import type { Event } from "@shouhou/shared/frames";
import { withEvent, withReading, withShopperRead, withSnapshot, type Transcript } from "../../src/model/transcript";
import { message, note, snapshot } from "../builders";

const events = [1, 2, 3, 4, 5, 6].map((seq) => message(seq, `第 ${seq} 句`));
const notes = [1, 2].map((seq) => note(seq, `备注 ${seq}`));

function play(start: Transcript, arriving: Event[]): Transcript {
  return arriving.reduce((transcript, event) => withEvent(transcript, event).transcript, start);
}

describe("old snapshot + events = new snapshot", () => {
  const fresh = withSnapshot(null, snapshot(events, notes));

  it.each([0, 1, 2, 3, 4, 5, 6])("from a snapshot of %i events", (known) => {
    const old = withSnapshot(null, snapshot(events.slice(0, known), notes.slice(0, 1)));

    expect(play(old, [...events.slice(known), notes[1] as Event])).toEqual(fresh);
  });

  it("whatever is sent twice", () => {
    const old = withSnapshot(null, snapshot(events.slice(0, 2), notes));

    expect(play(old, [...events, ...events, ...notes])).toEqual(fresh);
  });

  it("and a snapshot that continues after the last seq known", () => {
    const old = withSnapshot(null, snapshot(events.slice(0, 3), notes));

    expect(withSnapshot(old, snapshot(events.slice(3), notes))).toEqual(fresh);
  });
});

describe("a gap", () => {
  it("changes nothing and is reported", () => {
    const old = withSnapshot(null, snapshot(events.slice(0, 2)));

    const { transcript, isGap } = withEvent(old, events[3] as Event);

    expect(isGap).toBe(true);
    expect(transcript).toBe(old);
  });

  it("is not left inside by a snapshot that begins later", () => {
    const old = withSnapshot(null, snapshot(events.slice(0, 2)));

    const fresh = withSnapshot(old, snapshot(events.slice(4)));

    expect(fresh.events.map((event) => event.seq)).toEqual([5, 6]);
  });

  it("in the notes is not one in the messages", () => {
    const old = withSnapshot(null, snapshot(events.slice(0, 2)));

    expect(withEvent(old, note(1, "第一条")).isGap).toBe(false);
    expect(withEvent(old, note(2, "第二条")).isGap).toBe(true);
  });
});

it("a snapshot brings the newest state of a known event, such as a pressed button", () => {
  const choice = { choice_id: "x", title: "确认", style: "default" as const, used: false };
  const asked = message(1, "要提交吗？", { body: { kind: "message", text: "", cards: [], choices: [choice], attachments: [], client_message_id: null, quote: null, is_recalled: false } });
  const pressed = { ...asked, body: { ...asked.body, choices: [{ ...choice, used: true }] } } as Event;

  const fresh = withSnapshot(withSnapshot(null, snapshot([asked])), snapshot([pressed]));

  expect(fresh.events).toEqual([pressed]);
});

it("readings and read marks arrive on their own; a read mark never goes back", () => {
  const start = withSnapshot(null, snapshot(events));
  const reading = { intent: "return_apply", confidence: 0.9, ranking: [], entities: [], emotion: {}, emergency: "", identity_data: [] };

  const read = withReading(start, { type: "reading", conversation_id: "c_1", event_id: "e_1", reading });

  expect(read.readings["e_1"]?.intent).toBe("return_apply");
  expect(withShopperRead(withShopperRead(read, 5), 3).shopperReadSeq).toBe(5);
});
