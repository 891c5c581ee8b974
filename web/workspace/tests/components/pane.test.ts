import { flushPromises, mount } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, it, vi } from "vitest";
import ConversationPane from "../../src/components/conversation/ConversationPane.vue";
import { useConversations } from "../../src/stores/conversations";
import { useDesk } from "../../src/stores/desk";
import { useSession } from "../../src/stores/session";
import { agentView, row } from "../builders";


beforeEach(() => {
  sessionStorage.clear();
  setActivePinia(createPinia());
  vi.stubGlobal("fetch", () => Promise.resolve(new Response('{"rows": [], "replies": [], "tags": [], "corrections": []}', { status: 200 })));
  useSession().agent = agentView();
  useDesk().link = "online";
});

/** The conversation on the screen with the dialog that ends it open. */
async function withOpenDialog() {
  const conversations = useConversations();
  conversations.put(row());
  conversations.selectedId = "c_1";
  const view = mount(ConversationPane, { props: { isCustomerShown: false, isAlone: false }, global: { stubs: { CloseDialog: true, TransferDialog: true, TranscriptView: true } } });
  await view.findAll("button").find((each) => each.text() === "结束会话")?.trigger("click");
  await flushPromises();
  const dialog = () => view.findComponent({ name: "CloseDialog" }).props("modelValue") as boolean;
  expect(dialog()).toBe(true);
  return { conversations, dialog };
}

it("the dialog that ends a conversation stays open whatever its shopper does meanwhile", async () => {
  const { conversations, dialog } = await withOpenDialog();

  conversations.put(row({ last_seq: 1, unread: 1, preview: "还在吗", unanswered_since: "2026-11-21T06:00:01Z" }));
  await flushPromises();

  expect(dialog()).toBe(true);
});

it("it goes when the conversation has another owner", async () => {
  const { conversations, dialog } = await withOpenDialog();

  conversations.put(row({ epoch: 4, agent_id: "a_other" }));
  await flushPromises();

  expect(dialog()).toBe(false);
});
