/** A WebSocket that fetches its single-use ticket first. A failure on the way is a closed line, like any other. */

import type { Line } from "@shouhou/shared/connection";

export const SOCKET_PATH = "/v1/agent/socket";

export interface TicketedOptions {
  fetchTicket(): Promise<string>;
  /** Told before the line opens, so that the hello can carry it. */
  onTicket(ticket: string): void;
  /** The ticket was refused for good: whoever listens signs the agent out. */
  onTicketFailed(error: unknown): void;
  open(): WebSocket;
}

export class TicketedSocket implements Line {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  private socket: WebSocket | null = null;
  private isClosed = false;

  constructor(private readonly options: TicketedOptions) {
    void this.begin();
  }

  send(text: string): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(text);
  }

  close(): void {
    this.isClosed = true;
    this.socket?.close();
  }

  private async begin(): Promise<void> {
    try {
      const ticket = await this.options.fetchTicket();
      if (this.isClosed) return;
      this.options.onTicket(ticket);
      this.attach(this.options.open());
    } catch (error) {
      if (this.isClosed) return;
      this.onclose?.({ code: 1006 });
      this.options.onTicketFailed(error);
    }
  }

  private attach(socket: WebSocket): void {
    this.socket = socket;
    socket.onopen = () => this.onopen?.();
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (typeof event.data === "string") this.onmessage?.({ data: event.data });
    };
    socket.onclose = (event) => this.onclose?.({ code: event.code });
  }
}

export function socketUrl(place: { protocol: string; host: string }): string {
  return `${place.protocol === "https:" ? "wss:" : "ws:"}//${place.host}${SOCKET_PATH}`;
}
