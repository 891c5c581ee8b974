import { beforeEach, describe, expect, it } from "vitest";
import { Connection, CONFIRM_WITHIN_MS, type FailureDetail, type FrameLike, type LinkState } from "../connection";
import { Outbox } from "../outbox";
import { FakeLine, HandClock, MemoryStorage } from "./fakes";

interface Said {
  type: string;
  client_message_id: string;
  text: string;
}

const WELCOME = { type: "welcome", heartbeat_s: 20 };
const say = (id: string): Said => ({ type: "message.send", client_message_id: id, text: id });

let clock: HandClock;
let sockets: FakeLine[];
let polls: FakeLine[];
let frames: FrameLike[];
let states: LinkState[];
let refusals: FailureDetail[];
let outbox: Outbox<Said>;
let connection: Connection<Said, FrameLike>;

const last = (lines: FakeLine[]): FakeLine => lines[lines.length - 1] as FakeLine;
const open = (list: FakeLine[]): FakeLine => {
  const line = new FakeLine();
  list.push(line);
  return line;
};

beforeEach(() => {
  [clock, sockets, polls, frames, states, refusals] = [new HandClock(), [], [], [], [], []];
  outbox = new Outbox<Said>(new MemoryStorage(), "box.", clock.now());
  connection = new Connection({
    openSocket: () => open(sockets),
    openPoll: () => open(polls),
    hello: () => ({ type: "hello", token: "secret" }),
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state),
    onRefused: async (detail) => void refusals.push(detail),
    outbox,
    clock,
    random: () => 0.5,
  });
});

function arrive(): FakeLine {
  connection.start();
  last(sockets).onopen?.();
  last(sockets).say(WELCOME);
  return last(sockets);
}

describe("the greeting", () => {
  it("says hello first and nothing else before the welcome", () => {
    connection.start();
    connection.send(say("c_1"));
    last(sockets).onopen?.();

    expect(last(sockets).sent).toEqual([{ type: "hello", token: "secret" }]);

    last(sockets).say(WELCOME);
    expect(last(sockets).sent.map((frame) => frame.type)).toEqual(["hello", "message.send"]);
    expect(states).toEqual(["connecting", "online"]);
  });

  it("asks for new credentials when the hello is refused, and tries again", async () => {
    connection.start();
    last(sockets).onopen?.();
    last(sockets).say({ type: "error", error: { code: "token_refused", message: "", reference: null } });
    await Promise.resolve();
    await Promise.resolve();
    clock.pass(1000);

    expect(refusals.map((detail) => detail.code)).toEqual(["token_refused"]);
    expect(sockets).toHaveLength(2);
  });
});

describe("the outbox", () => {
  it("sends again after a reconnect what was never accepted, in order and under the same ids", () => {
    const first = arrive();
    connection.send(say("c_1"));
    connection.send(say("c_2"));
    first.say({ type: "accepted", client_message_id: "c_1", seq: 1 });
    first.onclose?.({ code: 1006 });
    connection.send(say("c_3"));
    clock.pass(1000);
    last(sockets).onopen?.();
    last(sockets).say(WELCOME);

    const again = last(sockets).sent.slice(1);
    expect(again.map((frame) => frame["client_message_id"])).toEqual(["c_2", "c_3"]);
  });

  it("does not send again what the server refused", () => {
    const line = arrive();
    connection.send(say("c_1"));
    line.say({ type: "error", error: { code: "text_empty", message: "…", reference: "c_1" } });

    expect(outbox.waiting()).toEqual([]);
    expect(frames.at(-1)?.type).toBe("error");
  });

  it("survives a reload", () => {
    const storage = new MemoryStorage();
    new Outbox<Said>(storage, "box.", 0).add(say("c_1"), 0);

    expect(new Outbox<Said>(storage, "box.", 1000).waiting()).toEqual([say("c_1")]);
  });

  it("forgets what was said a day ago", () => {
    const storage = new MemoryStorage();
    new Outbox<Said>(storage, "box.", 0).add(say("c_1"), 0);

    expect(new Outbox<Said>(storage, "box.", 25 * 3600 * 1000).waiting()).toEqual([]);
  });

  it("takes no line for alive that does not confirm", () => {
    const line = arrive();
    connection.send(say("c_1"));
    clock.pass(CONFIRM_WITHIN_MS + 1);

    expect(line.isClosed).toBe(true);
    expect(states.at(-1)).toBe("waiting");
  });
});

describe("coming back", () => {
  it("waits longer after every failure, and not at all when the browser is online again", () => {
    arrive().onclose?.({ code: 1006 });
    expect(states.at(-1)).toBe("waiting");

    connection.wake();

    expect(sockets).toHaveLength(2);
  });

  it("gives up a line that has fallen silent", () => {
    const line = arrive();
    clock.pass(20_000 * 4);

    expect(line.sent.filter((frame) => frame.type === "ping").length).toBeGreaterThan(0);
    expect(line.isClosed).toBe(true);
  });

  it("falls back to the long poll after two sockets that never got through", () => {
    connection.start();
    last(sockets).onclose?.({ code: 1006 });
    clock.pass(60_000 / 60);
    last(sockets).onclose?.({ code: 1006 });
    clock.pass(5_000);

    expect(sockets).toHaveLength(2);
    expect(polls).toHaveLength(1);

    last(polls).onopen?.();
    last(polls).say(WELCOME);
    expect(connection.isOnline).toBe(true);
  });

  it("comes back when told to move, after the time it was told", () => {
    arrive().say({ type: "reconnect", after_ms: 2000 });
    clock.pass(2500);
    expect(sockets).toHaveLength(1);
    clock.pass(1000);
    expect(sockets).toHaveLength(2);
  });

  it("is not woken by a line it has left", () => {
    const old = arrive();
    const stale = old.onclose;
    old.say({ type: "reconnect", after_ms: 0 });
    clock.pass(3000);
    stale?.({ code: 1006 });

    expect(sockets).toHaveLength(2);
  });

  it("stays away once stopped", () => {
    arrive();
    connection.stop();
    clock.pass(100_000);

    expect(sockets).toHaveLength(1);
    expect(states.at(-1)).toBe("stopped");
  });

  it("overlooks what is not a frame", () => {
    const line = arrive();
    line.onmessage?.({ data: "not json" });
    line.onmessage?.({ data: "null" });
    line.onmessage?.({ data: '{"no":"type"}' });

    expect(frames).toEqual([WELCOME]);
    expect(connection.isOnline).toBe(true);
  });
});
