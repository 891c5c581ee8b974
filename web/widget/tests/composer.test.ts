import { beforeEach, describe, expect, it, vi } from "vitest";
import { Composer } from "../chat/view/composer";
import { LeaveForm } from "../chat/view/leave_form";
import { QueuePanel, queueWords } from "../chat/view/queue";
import { words } from "../chat/strings.zh-CN";
import { view } from "./events";

const send = vi.fn();
const drafted = vi.fn();
let composer: Composer;
let field: HTMLTextAreaElement;

function write(text: string): void {
  field.value = text;
  field.dispatchEvent(new Event("input"));
}

function press(options: KeyboardEventInit & { keyCode?: number } = {}): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key: "Enter", cancelable: true, bubbles: true, ...options });
  field.dispatchEvent(event);
  return event;
}

beforeEach(() => {
  vi.clearAllMocks();
  composer = new Composer({ send, drafted, pictures: vi.fn() }, "");
  document.body.replaceChildren(composer.root);
  field = composer.root.querySelector("textarea") as HTMLTextAreaElement;
});

describe("speaking", () => {
  class Listening {
    static last: Listening;
    onresult: ((event: unknown) => void) | null = null;
    onend: (() => void) | null = null;
    onerror: ((event: unknown) => void) | null = null;
    start = vi.fn();
    stop = vi.fn(() => this.onend?.());
    constructor() {
      Listening.last = this;
    }
  }
  const named = (name: string): HTMLElement | null => composer.root.querySelector(`[aria-label="${name}"]`);

  beforeEach(() => {
    vi.stubGlobal("webkitSpeechRecognition", Listening);
    composer = new Composer({ send, drafted, pictures: vi.fn() }, "鞋子");
    field = composer.root.querySelector("textarea") as HTMLTextAreaElement;
    return () => vi.unstubAllGlobals();
  });

  it("puts what was heard behind what is there, and sends nothing", () => {
    named(words.voice.start)?.click();
    Listening.last.onresult?.({ results: [[{ transcript: "大了" }], [{ transcript: "想换" }]] });
    named(words.voice.stop)?.click();

    expect(field.value).toBe("鞋子大了想换");
    expect(send).not.toHaveBeenCalled();
    expect(named(words.voice.start)).not.toBeNull();
  });

  it("says what to do where the microphone is refused", () => {
    named(words.voice.start)?.click();
    Listening.last.onerror?.({ error: "not-allowed" });

    expect(composer.root.textContent).toContain(words.voice.refused);
  });
});

describe("the composer", () => {
  it("offers no microphone where the browser cannot listen", () => {
    expect(composer.root.querySelector(".voice")).toBeNull();
  });

  it("sends on Enter, without the white space around, and is empty then", () => {
    write("  在吗 ");
    press();

    expect(send).toHaveBeenCalledExactlyOnceWith("在吗");
    expect(field.value).toBe("");
    expect(drafted).toHaveBeenLastCalledWith("");
  });

  it("breaks the line on Shift+Enter", () => {
    write("第一行");

    expect(press({ shiftKey: true }).defaultPrevented).toBe(false);
    expect(send).not.toHaveBeenCalled();
  });

  it.each([{ isComposing: true }, { keyCode: 229 }])("does not send what an IME is still composing (%o)", (options) => {
    write("ni hao");
    press(options);

    expect(send).not.toHaveBeenCalled();
    expect(field.value).toBe("ni hao");
  });

  it("sends nothing blank and nothing over 2,000 characters, but keeps what was written", () => {
    write(" \n ");
    press();
    write("长".repeat(2001));
    press();

    expect(send).not.toHaveBeenCalled();
    expect(field.value).toHaveLength(2001);
    expect(composer.root.textContent).toContain(words.composer.tooLong(2000));
  });

  it("counts when the limit is near, an emoji as one", () => {
    write("长".repeat(1799));
    expect(composer.root.querySelector<HTMLElement>(".counter")?.hidden).toBe(true);

    write("😀".repeat(1999));
    expect(composer.root.querySelector(".counter")?.textContent).toBe("1999 / 2000");
    press();
    expect(send).toHaveBeenCalledOnce();
  });

  it("begins with the kept draft", () => {
    expect(new Composer({ send, drafted, pictures: vi.fn() }, "写了一半").text).toBe("写了一半");
  });
});

describe("leaving a message", () => {
  it("asks for words, then hands them over", () => {
    const left = vi.fn();
    const form = new LeaveForm(left, () => undefined);
    document.body.replaceChildren(form.root);
    form.open("");
    const submit = (): void => void form.root.dispatchEvent(new Event("submit", { cancelable: true }));
    submit();
    expect(form.root.textContent).toContain(words.leave.empty);

    (form.root.querySelector("textarea") as HTMLTextAreaElement).value = " 请回电 ";
    submit();

    expect(left).toHaveBeenCalledExactlyOnceWith("请回电");
    expect(form.root.hidden).toBe(true);
  });
});

describe("the queue", () => {
  const queued = (changes: object = {}): { title: string; detail: string } => queueWords(view({ status: "queued", ...changes }), false);

  it("tells place and estimate", () => {
    expect(queued({ place: { position: 2, wait_low_s: 180, wait_high_s: 300 } })).toEqual({ title: "您排在第 2 位", detail: "预计等待约 3–5 分钟" });
  });

  it("promises no time where nothing honest can be said", () => {
    expect(queued({ place: { position: 2, wait_low_s: null, wait_high_s: null } }).detail).toBe(words.queue.unknownWait);
  });

  it("offers times to be called back at and asks for the one that is pressed", () => {
    const requestCallback = vi.fn();
    const panel = new QueuePanel({ leaveMessage: vi.fn(), backToBot: vi.fn(), requestCallback });
    const slot = { at: "2026-11-22T07:00:00Z", until: "2026-11-22T08:00:00Z", label: "今天 15:00–16:00" };
    const buttons = (): HTMLButtonElement[] => [...panel.root.querySelectorAll<HTMLButtonElement>(".slots button")];

    panel.render(view({ status: "queued", callbacks: [slot] }));
    panel.root.querySelector<HTMLButtonElement>(".call-back")?.click();
    buttons()[0]?.click();

    expect(buttons().map((button) => button.textContent)).toEqual(["今天 15:00–16:00"]);
    expect(requestCallback).toHaveBeenCalledExactlyOnceWith(slot);
  });

  it("says which time was booked", () => {
    expect(queueWords(view({ status: "message_left", callback_at: "2026-11-22T07:00:00Z" }), false).title).toBe(words.queue.booked);
  });

  it("says when nobody is there", () => {
    expect(queued({ agents_online: false }).title).toBe(words.queue.noAgents);
  });
});
