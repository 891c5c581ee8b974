import { mount } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, it } from "vitest";
import MessageComposer from "../../src/components/conversation/MessageComposer.vue";
import { useSession } from "../../src/stores/session";
import { useTranscripts } from "../../src/stores/transcripts";
import { useReplies } from "../../src/stores/replies";
import { agentView, cannedReply, row } from "../builders";

beforeEach(() => {
  sessionStorage.clear();
  setActivePinia(createPinia());
  useSession().agent = agentView();
});

const said = (): string[] => useTranscripts().pendingOf("c_1").map((message) => `${message.isNote ? "note" : "reply"}:${message.text}`);

it("Enter sends, Shift+Enter does not, and Enter that belongs to the input method does not either", async () => {
  const view = mount(MessageComposer, { props: { row: row() } });
  const field = view.get("textarea");
  await field.setValue("您好");

  await field.trigger("keydown", { key: "Enter", shiftKey: true });
  await field.trigger("keydown", { key: "Enter", isComposing: true });
  await field.trigger("keydown", { key: "Enter", keyCode: 229 });
  expect(said()).toEqual([]);

  await field.trigger("keydown", { key: "Enter" });
  expect(said()).toEqual(["reply:您好"]);
  expect(field.element.value).toBe("");
});

it("blank is not sent, nor more than 2,000 characters; an emoji is one of them", async () => {
  const view = mount(MessageComposer, { props: { row: row() } });
  const field = view.get("textarea");

  for (const text of ["  \n ", "字".repeat(2001)]) {
    await field.setValue(text);
    await field.trigger("keydown", { key: "Enter" });
  }
  expect(said()).toEqual([]);
  expect(view.text()).toContain("超出 1 字");

  await field.setValue("😀".repeat(2000));
  await field.trigger("keydown", { key: "Enter" });
  expect(said()).toHaveLength(1);
});

it("a note goes to colleagues and leaves the reply as it was", async () => {
  const view = mount(MessageComposer, { props: { row: row() } });
  await view.get("textarea").setValue("正在写给顾客");

  await view.get("[role=switch]").trigger("click");
  expect(view.get("textarea").element.value).toBe("");
  await view.get("textarea").setValue("给同事");
  await view.get("textarea").trigger("keydown", { key: "Enter" });

  expect(said()).toEqual(["note:给同事"]);
  expect(view.get("textarea").element.value).toBe("正在写给顾客");
});

it.each(["bot", "queued", "closed", "message_left"] as const)("in a conversation that is %s only a note can be written", async (status) => {
  const view = mount(MessageComposer, { props: { row: row({ status, agent_id: null }) } });
  expect(view.find("textarea").exists()).toBe(false);

  await view.get("button").trigger("click");
  await view.get("textarea").setValue("看一下");
  await view.get("textarea").trigger("keydown", { key: "Enter" });

  expect(said()).toEqual(["note:看一下"]);
});

it("a slash finds canned replies; Enter puts the chosen one in the box and does not send it", async () => {
  useReplies().all = [cannedReply(), cannedReply({ reply_id: "r_2", title: "退款到账时间", initials: "tkdzsj", text: "原路退回" })];
  const view = mount(MessageComposer, { props: { row: row() } });
  const field = view.get("textarea");

  await field.setValue("/tk");
  expect(view.findAll("[role=option]").map((option) => option.text())).toHaveLength(2);
  await field.trigger("keydown", { key: "ArrowDown" });
  await field.trigger("keydown", { key: "Enter" });

  expect(field.element.value).toBe("原路退回");
  expect(said()).toEqual([]);
  expect(view.find("[role=option]").exists()).toBe(false);
});

it("a promise is asked about; sent a second time as it is, it goes, and changed it is looked at anew", async () => {
  const view = mount(MessageComposer, { props: { row: row() } });
  const field = view.get("textarea");

  await field.setValue("保证明天到账");
  await field.trigger("keydown", { key: "Enter" });
  expect(view.get("[role=alert]").text()).toContain("保证明天到");
  expect(said()).toEqual([]);
  await field.setValue("保证后天到账");
  await field.trigger("keydown", { key: "Enter" });
  expect(said()).toEqual([]);
  await field.trigger("keydown", { key: "Enter" });

  expect(said()).toEqual(["reply:保证后天到账"]);
});

it("what is still open is never sent, however often Enter is pressed", async () => {
  const view = mount(MessageComposer, { props: { row: row() } });
  const field = view.get("textarea");
  await field.setValue("订单{订单号}已登记");

  for (let press = 0; press < 3; press += 1) await field.trigger("keydown", { key: "Enter" });

  expect(said()).toEqual([]);
  expect(view.find(".strong").exists()).toBe(false);
});

it("a note for colleagues is not looked at", async () => {
  const view = mount(MessageComposer, { props: { row: row() } });
  await view.get("[role=switch]").trigger("click");
  await view.get("textarea").setValue("顾客要求赔偿 500 元");
  await view.get("textarea").trigger("keydown", { key: "Enter" });

  expect(said()).toHaveLength(1);
});
