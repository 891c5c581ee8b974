/** Speaking instead of typing, where the browser can listen. What it heard is put into the field, to be looked at. */

import { h, icon } from "@shouhou/shared/dom";
import * as icons from "../icons";
import { words } from "../strings.zh-CN";

/** What is used of the Web Speech API, which TypeScript's library does not describe. */
interface Listener {
  lang: string;
  interimResults: boolean;
  onresult: ((event: { results: ArrayLike<ArrayLike<{ transcript: string }>> }) => void) | null;
  onend: (() => void) | null;
  onerror: ((event: { error: string }) => void) | null;
  start(): void;
  stop(): void;
}

type Kind = new () => Listener;

function listenerKind(): Kind | undefined {
  const names = window as unknown as { SpeechRecognition?: Kind; webkitSpeechRecognition?: Kind };
  return names.SpeechRecognition ?? names.webkitSpeechRecognition;
}

export interface VoiceActs {
  heard(text: string): void;
  failed(line: string): void;
}

/** The button, or nothing where the browser cannot listen. */
export function voiceButton(acts: VoiceActs): HTMLButtonElement | null {
  const Kind = listenerKind();
  if (!Kind) return null;
  const button = h("button", { class: "attach voice", type: "button", "aria-label": words.voice.start, title: words.voice.start, "aria-pressed": "false" }, icon(icons.MICROPHONE, 22));
  let listener: Listener | null = null;
  const show = (isListening: boolean): void => {
    const name = isListening ? words.voice.stop : words.voice.start;
    for (const attribute of ["aria-label", "title"]) button.setAttribute(attribute, name);
    button.setAttribute("aria-pressed", String(isListening));
  };
  const begin = (): void => {
    listener = new Kind();
    listener.lang = "zh-CN";
    listener.interimResults = false;
    listener.onresult = ({ results }) => acts.heard([...Array(results.length).keys()].map((index) => results[index]?.[0]?.transcript ?? "").join(""));
    listener.onerror = ({ error }) => error !== "aborted" && error !== "no-speech" && acts.failed(error === "not-allowed" ? words.voice.refused : words.voice.failed);
    listener.onend = () => {
      listener = null;
      show(false);
    };
    listener.start();
    show(true);
  };
  button.addEventListener("click", () => (listener ? listener.stop() : begin()));
  return button;
}
