/** A picture in a message, and the same picture over the whole chat. */

import type { Attachment } from "@shouhou/shared/frames";
import { fill, h, icon } from "@shouhou/shared/dom";
import * as icons from "../icons";
import type { Gallery } from "../pictures";
import { words } from "../strings.zh-CN";

const SIDE_PX = 200;
/** One clear pixel: holds the place. */
export const NOTHING = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=";

/** Its place is kept before it is there, so nothing moves when it comes. */
export function attachmentView(attachment: Attachment, gallery: Gallery): HTMLElement {
  if (attachment.kind === "document") return documentView(attachment, gallery);
  const image = h("img", { src: NOTHING, alt: attachment.name, ...shownSize(attachment) });
  const button = h("button", { class: "picture", type: "button", "aria-label": `${words.picture.open}：${attachment.name}`, onclick: () => showLarge(attachment, gallery) }, image);
  gallery.thumbnail(attachment).then(
    (address) => (image.src = address),
    () => fill(button, h("span", { class: "picture-gone" }, words.picture.gone)),
  );
  return button;
}

export function shownSize({ width, height }: Attachment): { width: number; height: number } {
  const scale = Math.min(1, SIDE_PX / Math.max(width ?? SIDE_PX, height ?? SIDE_PX));
  return { width: Math.max(44, Math.round((width ?? SIDE_PX) * scale)), height: Math.max(44, Math.round((height ?? SIDE_PX) * scale)) };
}

function documentView(attachment: Attachment, gallery: Gallery): HTMLElement {
  const save = (): void =>
    void gallery.full(attachment).then((address) => h("a", { href: address, download: attachment.name }).click()).catch(() => undefined);
  return h("button", { class: "document", type: "button", onclick: save }, icon(icons.CLIPBOARD, 20), h("span", {}, attachment.name), h("small", {}, `${Math.max(1, Math.round(attachment.size / 1024))} KB`));
}

/** A press on the picture makes it larger and small again; one beside it, the button or Escape closes. The focus goes back. */
function showLarge(attachment: Attachment, gallery: Gallery): void {
  const before = document.activeElement;
  const dialog = h("dialog", { class: "lightbox", "aria-label": attachment.name });
  const close = h("button", { class: "round", type: "button", "aria-label": words.picture.close, onclick: () => dialog.close() }, icon(icons.CLOSE));
  dialog.append(close, h("p", { role: "status" }, words.picture.loading));
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before instanceof HTMLElement) before.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  gallery.full(attachment).then(
    (address) => fill(dialog, close, zoomable(address, attachment.name)),
    () => fill(dialog, close, h("p", { role: "status" }, words.picture.gone)),
  );
}

function zoomable(address: string, name: string): HTMLElement {
  const button = h("button", { class: "zoom", type: "button", "aria-label": words.picture.zoomIn, "aria-pressed": "false" }, h("img", { src: address, alt: name }));
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    const isLarge = button.classList.toggle("is-large");
    button.setAttribute("aria-pressed", String(isLarge));
    // What was pressed stays in the middle.
    const { width, height, left, top } = button.getBoundingClientRect();
    button.scrollTo({ left: ((event.clientX - left) / width) * (button.scrollWidth - width), top: ((event.clientY - top) / height) * (button.scrollHeight - height) });
  });
  return button;
}
