import { expect, it, vi } from "vitest";
import { socketUrl, TicketedSocket } from "../../src/net/ticketed_socket";

class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readyState = 1;
  sent: string[] = [];
  close = vi.fn();
  send(text: string): void {
    this.sent.push(text);
  }
}

function make(fetchTicket: () => Promise<string>) {
  const socket = new FakeSocket();
  const open = vi.fn(() => socket as unknown as WebSocket);
  const onTicket = vi.fn();
  const onTicketFailed = vi.fn();
  return { socket, open, onTicket, onTicketFailed, line: new TicketedSocket({ fetchTicket, onTicket, onTicketFailed, open }) };
}

it("the ticket is known before the line opens", async () => {
  const { socket, line, onTicket } = make(async () => "t_1");
  const onopen = vi.fn();
  line.onopen = onopen;

  await vi.waitFor(() => expect(socket.onopen).not.toBeNull());
  socket.onopen?.();

  expect(onTicket).toHaveBeenCalledWith("t_1");
  expect(onopen).toHaveBeenCalledOnce();
});

it("a refused ticket is a closed line, and its reason is told", async () => {
  const refusal = new Error("refused");
  const { line, open, onTicketFailed } = make(() => Promise.reject(refusal));
  const onclose = vi.fn();
  line.onclose = onclose;

  await vi.waitFor(() => expect(onTicketFailed).toHaveBeenCalledWith(refusal));

  expect(onclose).toHaveBeenCalledOnce();
  expect(open).not.toHaveBeenCalled();
});

it("a line closed while its ticket is on the way never opens", async () => {
  let give: (ticket: string) => void = () => undefined;
  const { line, open } = make(() => new Promise((resolve) => (give = resolve)));

  line.close();
  give("t_late");
  await Promise.resolve();

  expect(open).not.toHaveBeenCalled();
});

it("the address has no token and follows the page's scheme", () => {
  expect(socketUrl({ protocol: "https:", host: "cs.example" })).toBe("wss://cs.example/v1/agent/socket");
  expect(socketUrl({ protocol: "http:", host: "127.0.0.1:8600" })).toBe("ws://127.0.0.1:8600/v1/agent/socket");
});
