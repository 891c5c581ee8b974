/**
 * The chat's end of the line to the page it is embedded in. The first `init` from the parent window settles the page's
 * origin (which pages may embed us is the bridge's `frame-ancestors`); after that only that origin is heard and told.
 */

import { sealed, type ToChat, type ToPage, unsealed } from "../page_messages";

export class PageLink {
  private origin = "";

  constructor(private readonly heard: (message: ToChat, origin: string) => void) {
    window.addEventListener("message", (event) => this.receive(event));
  }

  get isEmbedded(): boolean {
    return window.parent !== window;
  }

  tell(message: ToPage): void {
    if (this.origin) window.parent.postMessage(sealed(message), this.origin);
  }

  private receive(event: MessageEvent): void {
    if (event.source !== window.parent || !this.isEmbedded) return;
    const message = unsealed<ToChat>(event.data);
    if (!message) return;
    if (!this.origin && message.type === "init") this.origin = event.origin;
    if (event.origin === this.origin) this.heard(message, event.origin);
  }
}
