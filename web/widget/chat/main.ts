/** Starts the chat: when the embedding page says which shop, or at once where the chat is a page of its own. */

import type { ToChat } from "../page_messages";
import { paint } from "./accent";
import { ChatApp } from "./app";
import { PageLink } from "./page_link";

let app: ChatApp | null = null;
const root = document.getElementById("chat") as HTMLElement;

function begin(shop: string): ChatApp {
  return new ChatApp(root, { shop, isEmbedded: link.isEmbedded, tellPage: (message) => link.tell(message) });
}

function heard(message: ToChat, origin: string): void {
  if (message.type === "init" && !app) {
    paint(document.documentElement, message.color);
    app = begin(message.shop);
    app.setPage(message.page, origin);
    app.start(message.identity);
    app.show(message.is_open);
    link.tell({ type: "ready" });
  } else if (message.type === "shown") app?.show(message.is_open);
  else if (message.type === "identify") app?.identify(message.identity);
  else if (message.type === "page") app?.setPage(message.page, origin);
}

const link = new PageLink(heard);

if (!link.isEmbedded) {
  const query = new URLSearchParams(location.search);
  document.documentElement.classList.add("standalone");
  paint(document.documentElement, query.get("color") ?? "");
  app = begin(query.get("shop") ?? "demo");
  app.start();
  app.show(true);
}
