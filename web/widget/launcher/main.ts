/**
 * `<script src="https://bridge/widget.js" data-shop="demo" data-color="#c2410c" defer></script>` and nothing more.
 * Puts one name into the page, `window.Shouhou`, and says so by the event `shouhou:ready` on the document.
 */

import type { ShouhouApi } from "./api";
import { Launcher, lookOf } from "./launcher";

function start(script: HTMLScriptElement): void {
  const launcher = new Launcher({ bridge: new URL(script.src).origin, shop: script.dataset["shop"] ?? "demo", ...lookOf(script.dataset) });
  const api: ShouhouApi = {
    open: () => launcher.open(),
    close: () => launcher.close(),
    identify: (token) => launcher.identify(token),
    page: (context) => launcher.setPage(context),
    on: (event, listener) => launcher.on(event, listener),
  };
  window.Shouhou = api;
  document.dispatchEvent(new CustomEvent("shouhou:ready"));
}

const script = document.currentScript;
const isFirst = window.Shouhou === undefined;
if (script instanceof HTMLScriptElement && isFirst) {
  if (document.body) start(script);
  else document.addEventListener("DOMContentLoaded", () => start(script), { once: true });
}
