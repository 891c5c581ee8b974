import { expect, it } from "vitest";
import { Header } from "../chat/view/header";
import { view } from "./events";

const nothing = { requestPerson() {}, leaveMessage() {}, toggleElder: () => false, close() {} };

function headOf(change: Parameters<typeof view>[0]): HTMLElement {
  const header = new Header(nothing, { isEmbedded: true, isElder: false });
  header.render(view(change), "拾光优选", false);
  return header.root;
}

it("nothing in the head looks as if somebody were there while nobody is", () => {
  const head = headOf({ status: "queued", agents_online: false, place: { position: 2, wait_low_s: null, wait_high_s: null } });

  expect(head.querySelector(".is-away")).not.toBeNull();
  expect(head.textContent).toContain("人工客服暂不在线");
  expect(head.textContent).not.toContain("第 2 位");
});

it("with somebody online it says the place in the queue", () => {
  const head = headOf({ status: "queued", agents_online: true, place: { position: 2, wait_low_s: null, wait_high_s: null } });

  expect(head.querySelector(".is-away")).toBeNull();
  expect(head.textContent).toContain("第 2 位");
});
