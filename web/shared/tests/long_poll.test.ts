import { describe, expect, it, vi } from "vitest";
import { LongPoll } from "../long_poll";

interface Call {
  url: string;
  authorization: string | undefined;
  body: string | undefined;
}

/** Answers in turn; a poll without an answer left hangs, as the real one does. */
function server(answers: { ok?: boolean; body: unknown }[]): { fetch: typeof fetch; calls: Call[] } {
  const calls: Call[] = [];
  const answering = async (url: string, init: RequestInit): Promise<Response> => {
    calls.push({ url, authorization: (init.headers as Record<string, string>)["Authorization"], body: init.body as string | undefined });
    const answer = answers.shift();
    if (!answer) return new Promise(() => undefined);
    return { ok: answer.ok ?? true, json: async () => answer.body } as Response;
  };
  return { fetch: answering as unknown as typeof fetch, calls };
}

function open(fetch: typeof globalThis.fetch): { poll: LongPoll; heard: { type: string; error?: unknown }[] } {
  const poll = new LongPoll({ base: "", lastSeq: () => 7, fetch });
  const heard: { type: string }[] = [];
  poll.onmessage = (event) => heard.push(JSON.parse(event.data));
  return { poll, heard };
}

const HELLO = JSON.stringify({ type: "hello", token: "secret" });
const ERROR = { code: "rate_limited", message: "…", reference: null };

describe("the long poll", () => {
  it("says hello, then waits for what comes after the last seq, and never puts the token into a URL", async () => {
    const { fetch, calls } = server([{ body: { frames: [{ type: "welcome" }] } }]);
    const { poll, heard } = open(fetch);

    poll.send(HELLO);
    await vi.waitFor(() => expect(calls).toHaveLength(2));

    expect(calls.map((call) => call.url)).toEqual(["/v1/shopper/frames", "/v1/shopper/events?after=7&wait=25"]);
    expect(calls.every((call) => call.authorization === "Bearer secret" && !call.url.includes("secret"))).toBe(true);
    expect(heard).toEqual([{ type: "welcome" }]);
    poll.close();
  });

  it("makes a refused command the error frame it would have been, and stays", async () => {
    const { fetch } = server([{ ok: false, body: { error: ERROR } }]);
    const { poll, heard } = open(fetch);
    const closed = vi.fn();
    poll.onclose = closed;

    poll.send(JSON.stringify({ type: "message.send", client_message_id: "c_1" }));
    await vi.waitFor(() => expect(heard).toHaveLength(1));

    expect(heard[0]).toEqual({ type: "error", error: { ...ERROR, reference: "c_1" } });
    expect(closed).not.toHaveBeenCalled();
  });

  it("ends when the hello is refused, after saying why", async () => {
    const { fetch } = server([{ ok: false, body: { error: { ...ERROR, code: "token_refused" } } }]);
    const { poll, heard } = open(fetch);
    const closed = vi.fn();
    poll.onclose = closed;

    poll.send(HELLO);
    await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce());

    expect(heard).toEqual([{ type: "error", error: { ...ERROR, code: "token_refused" } }]);
  });

  it("ends on an answer that is none", async () => {
    const { poll } = open(server([{ ok: false, body: {} }]).fetch);
    const closed = vi.fn();
    poll.onclose = closed;

    poll.send(HELLO);

    await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce());
  });

  it("answers a ping itself", async () => {
    const { poll, heard } = open(server([]).fetch);

    poll.send('{"type":"ping"}');
    await Promise.resolve();

    expect(heard).toEqual([{ type: "pong" }]);
    poll.close();
  });
});
