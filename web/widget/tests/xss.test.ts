/** Whatever a shopper, an agent or a shop writes stays text: no field of any frame can make an element or an address. */

import { beforeEach, describe, expect, it } from "vitest";
import type { Attachment } from "@shouhou/shared/frames";
import { Gallery } from "../chat/pictures";
import { ChatState } from "../chat/state";
import { Header } from "../chat/view/header";
import { MessageList } from "../chat/view/messages";
import { NOTHING } from "../chat/view/pictures";
import { QueuePanel } from "../chat/view/queue";
import { cardsWith, choice, event, message, view } from "./events";

const CORPUS = [
  "<script>window.hacked=1</script>",
  "<img src=x onerror=window.hacked=1>",
  "<svg/onload=window.hacked=1>",
  '"><iframe srcdoc="<script>parent.hacked=1</script>">',
  "'><a href=javascript:window.hacked=1>x</a>",
  "javascript:window.hacked=1",
  "data:text/html,<script>window.hacked=1</script>",
  "<math><mtext><table><mglyph><style><img src=x onerror=window.hacked=1>",
  "</textarea><script>window.hacked=1</script>",
  "{{constructor.constructor('window.hacked=1')()}}",
  "${window.hacked=1}",
  "<b onmouseover=window.hacked=1>粗</b>",
  "\u202egpj.exe",
  "<style>@import 'javascript:window.hacked=1'</style>",
  "&lt;script&gt;window.hacked=1&lt;/script&gt;",
  "<template><script>window.hacked=1</script></template>",
];
const FORBIDDEN = "script, iframe, object, embed, style, math, template, link, meta, base, form:not(.form-card), b[onmouseover], [onerror], [onload], [onmouseover], [style], [srcdoc]";
const acts = { press: () => undefined, say: () => undefined, resend: () => undefined, discard: () => undefined, rate: () => undefined, assetBase: () => "https://shop.example", now: () => new Date("2026-11-21T08:00:00Z"), gallery: new Gallery(() => Promise.reject(new Error())) };

/** A file name is the shopper's own. */
function attachments(text: string): Attachment[] {
  const held = { attachment_id: text, name: text, media_type: text, size: 1, width: 60, height: 40 };
  return [{ ...held, kind: "picture" }, { ...held, kind: "document" }];
}

function everything(text: string): HTMLElement {
  const state = new ChatState();
  const author = { kind: "agent", id: text, name: text } as const;
  const body = message(text, { cards: cardsWith(text), choices: [choice(text)], attachments: attachments(text) });
  const events = [
    event(1, "bot", body),
    event(2, "agent", message(text), { author }),
    event(3, "shopper", message(text)),
    event(4, "system", { kind: "status", status: "active", epoch: 2, line: text, agent_name: text }),
    event(5, "system", { kind: "csat_ask", session_id: text }),
    event(6, "shopper", { kind: "csat_given", session_id: text, score: 5, comment: text }),
    event(7, "system", body),
  ];
  state.receive({ type: "welcome", protocol: 1, heartbeat_s: 20, conversation: view({ agent_name: text }), shop_name: text, events }, 0);
  state.say({ id: "c_1", kind: "text", text, afterSeq: 7, failure: null });
  state.say({ id: "c_2", kind: "text", text, afterSeq: 7, failure: text });
  const list = new MessageList(state, acts);
  list.render();
  const header = new Header({ requestPerson: () => undefined, leaveMessage: () => undefined, toggleElder: () => false, close: () => undefined }, { isEmbedded: true, isElder: false });
  header.render(view({ status: "active", agent_name: text }), text, false);
  const queue = new QueuePanel({ leaveMessage: () => undefined, backToBot: () => undefined, requestCallback: () => undefined });
  queue.render(view({ status: "queued" }));
  const page = document.createElement("div");
  page.append(header.root, list.root, queue.root);
  document.body.append(page);
  return page;
}

const shape = (root: Element): string[] => [...root.querySelectorAll("*")].map((element) => element.tagName);

beforeEach(() => document.body.replaceChildren());

describe("a text in every field", () => {
  const harmless = shape(everything("好"));

  it.each(CORPUS)("%s makes no element", (text) => {
    const page = everything(text);

    expect(page.querySelectorAll(FORBIDDEN)).toHaveLength(0);
    expect(shape(page)).toEqual(harmless);
    expect((window as { hacked?: number }).hacked).toBeUndefined();
    expect(page.textContent).toContain(text);
  });

  it.each(CORPUS)("%s becomes no address", (text) => {
    const page = everything(text);
    const addresses = [...page.querySelectorAll("[href], [src]")].flatMap((element) => [element.getAttribute("href"), element.getAttribute("src")]);

    for (const address of addresses.filter((each) => each && each !== NOTHING)) expect(address).toMatch(/^(tel:[\d+]+|https:\/\/shop\.example\/)/);
  });
});
