import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { channels, inkOn } from "../chat/accent";
import { Launcher, lookOf } from "../launcher/launcher";
import { TitleBadge } from "../launcher/title";
import { sealed, type ToPage } from "../page_messages";

const BRIDGE = "https://bridge.example";
let launcher: Launcher;

const shadow = (): ShadowRoot => document.querySelector("[data-shouhou]")?.shadowRoot as ShadowRoot;
const frame = (): HTMLIFrameElement | null => shadow().querySelector("iframe");

/** jsdom gives a frame in a shadow tree no window: this one stands in for it. */
function open(): { postMessage: ReturnType<typeof vi.fn> } {
  launcher.open();
  const chat = { postMessage: vi.fn() };
  Object.defineProperty(frame(), "contentWindow", { value: chat, configurable: true });
  return chat;
}

function hear(message: ToPage, origin = BRIDGE, source: unknown = frame()?.contentWindow): void {
  const event = new MessageEvent("message", { data: sealed(message), origin });
  Object.defineProperty(event, "source", { value: source });
  window.dispatchEvent(event);
}

beforeEach(() => {
  localStorage.clear();
  document.body.replaceChildren();
  document.title = "拾光优选";
  vi.stubGlobal("CSSStyleSheet", class { replaceSync(): void {} });
  launcher = new Launcher({ bridge: BRIDGE, shop: "demo", ...lookOf({ color: "#c2410c" }) });
});

afterEach(() => vi.unstubAllGlobals());

describe("how it looks", () => {
  const button = (): HTMLElement => shadow().querySelector(".launcher") as HTMLElement;

  it("is as usual where the page says nothing or nonsense", () => {
    const usual = { color: "", side: "right", label: "在线客服", lift: 24 };
    expect(lookOf({})).toEqual(usual);
    expect(lookOf({ side: "top", label: "   ", lift: "high" })).toEqual(usual);
    expect(lookOf({ lift: "-5" }).lift).toBe(0);
    expect(lookOf({ lift: "99999" }).lift).toBe(400);
    expect(lookOf({ label: "一二三四五六七八九十一二三四" }).label).toBe("一二三四五六七八九十一二");
  });

  it("can be dressed anew, and a name is never markup", () => {
    launcher.dress(lookOf({ color: "#ffffff", side: "left", label: "<b>帮助</b>", lift: "80" }));

    expect(button().parentElement?.className).toBe("left");
    expect(button().parentElement?.style.getPropertyValue("--lift")).toBe("80px");
    expect(button().parentElement?.style.getPropertyValue("--ink")).toBe("#1c1c1e");
    expect(button().querySelector("b")).toBeNull();
    expect(button().textContent).toContain("<b>帮助</b>");
  });
});

describe("the launcher", () => {
  it("loads nothing of the chat before it is opened", () => {
    expect(frame()).toBeNull();

    launcher.open();

    expect(frame()?.src).toBe(`${BRIDGE}/chat/`);
    expect(shadow().querySelector<HTMLElement>(".panel")?.hidden).toBe(false);
  });

  it("greets the chat with what the page has said so far, and at its exact origin", () => {
    launcher.identify("token");
    launcher.setPage({ order_number: "1" });
    const chat = open();
    frame()?.dispatchEvent(new Event("load"));

    expect(chat.postMessage).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ type: "init", identity: "token", page: { order_number: "1" }, is_open: true }), BRIDGE);
  });

  it("opens the chat in the colour it was dressed in last", () => {
    launcher.dress(lookOf({ color: "#15803d" }));
    const chat = open();
    frame()?.dispatchEvent(new Event("load"));

    expect(chat.postMessage).toHaveBeenCalledWith(expect.objectContaining({ type: "init", color: "#15803d" }), BRIDGE);
  });

  it("hears nobody but the bridge's own frame", () => {
    open();
    hear({ type: "close" }, "https://evil.example");
    hear({ type: "close" }, BRIDGE, window);
    expect(shadow().querySelector<HTMLElement>(".panel")?.hidden).toBe(false);

    hear({ type: "close" });
    expect(shadow().querySelector<HTMLElement>(".panel")?.hidden).toBe(true);
  });

  it("shows unread messages on the badge and in the title, and takes them away again", () => {
    open();
    const heard = vi.fn();
    launcher.on("unread", heard);
    hear({ type: "unread", count: 120 });
    expect(shadow().querySelector(".badge")?.textContent).toBe("99+");
    expect(document.title).toBe("（120条新消息）拾光优选");

    hear({ type: "unread", count: 0 });

    expect(document.title).toBe("拾光优选");
    expect(heard).toHaveBeenCalledTimes(2);
  });

  it("tells once of what it was asked to tell, and no more after that", () => {
    const heard = vi.fn();
    const stop = launcher.on("open", heard);
    launcher.open();
    launcher.close();
    stop();
    launcher.open();

    expect(heard).toHaveBeenCalledOnce();
  });
});

it("the title keeps what the page itself wrote into it meanwhile", () => {
  const badge = new TitleBadge();
  badge.show(1);
  document.title = "我的订单";
  badge.show(2);
  badge.show(0);

  expect(document.title).toBe("我的订单");
});

describe("the accent", () => {
  it.each(["red", "#12", "#12345g", "url(x)", "#fff;}"])("%s is no colour", (color) => expect(channels(color)).toBeNull());

  it("has a readable ink", () => {
    expect(inkOn(channels("#c2410c") ?? [0, 0, 0])).toBe("#ffffff");
    expect(inkOn(channels("#fc0") ?? [0, 0, 0])).toBe("#1c1c1e");
  });
});
