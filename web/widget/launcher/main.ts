/**
 * `<script src="https://bridge/widget.js" data-shop="demo" data-color="#c2410c" defer></script>` and nothing more.
 * Puts one name into the page, `window.Shouhou`, and says so by the event `shouhou:ready` on the document.
 */

import type { PageContext } from "../page_messages";
import { Launcher, type LauncherEvent, type Listener } from "./launcher";

export interface ShouhouApi {
  open(): void;
  close(): void;
  /** The signed identity of the shop's server; null when the shopper has signed out. */
  identify(token: string | null): void;
  /** What the shopper is looking at. */
  page(context: PageContext): void;
  /** `ready`, `open`, `close`, `unread` ({count}), `message` ({author}). Returns how to stop. */
  on(event: LauncherEvent, listener: Listener): () => void;
}

declare global {
  interface Window {
    Shouhou?: ShouhouApi;
  }
}

function start(script: HTMLScriptElement): void {
  const { shop = "demo", color = "", side } = script.dataset;
  const launcher = new Launcher({ bridge: new URL(script.src).origin, shop, color, side: side === "left" ? "left" : "right" });
  window.Shouhou = {
    open: () => launcher.open(),
    close: () => launcher.close(),
    identify: (token) => launcher.identify(token),
    page: (context) => launcher.setPage(context),
    on: (event, listener) => launcher.on(event, listener),
  };
  document.dispatchEvent(new CustomEvent("shouhou:ready"));
}

const script = document.currentScript;
const isFirst = window.Shouhou === undefined;
if (script instanceof HTMLScriptElement && isFirst) {
  if (document.body) start(script);
  else document.addEventListener("DOMContentLoaded", () => start(script), { once: true });
}
