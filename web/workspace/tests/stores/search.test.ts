import { flushPromises } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useConversations } from "../../src/stores/conversations";
import { useSearch } from "../../src/stores/search";
import { row } from "../builders";

const asked = vi.fn<(url: string) => Promise<Response>>();
const answer = (id: string): Response =>
  new Response(JSON.stringify({ found: [{ row: row({ conversation_id: id }), excerpt: "开胶", tags: [] }], is_cut: false }));

beforeEach(() => {
  setActivePinia(createPinia());
  vi.useFakeTimers();
  vi.stubGlobal("fetch", asked.mockReset());
});
afterEach(() => vi.useRealTimers());

async function type(words: string): Promise<void> {
  useSearch().wanted = words;
  await flushPromises();
  await vi.advanceTimersByTimeAsync(300);
  await flushPromises();
}

it("asks once the typing has settled, and what is found can be opened", async () => {
  asked.mockImplementation(() => Promise.resolve(answer("c_9")));
  const search = useSearch();

  search.wanted = "开";
  await flushPromises();
  await type("开胶");

  expect(asked).toHaveBeenCalledTimes(1);
  expect(decodeURIComponent(asked.mock.calls[0]?.[0] ?? "")).toContain("words=开胶");
  expect(search.found.map((each) => each.row.conversation_id)).toEqual(["c_9"]);
  expect(useConversations().rows.has("c_9")).toBe(true);
});

it("an answer to an older question is not shown", async () => {
  let answerFirst: (response: Response) => void = () => undefined;
  asked.mockImplementationOnce(() => new Promise((resolve) => (answerFirst = resolve)));
  asked.mockImplementationOnce(() => Promise.resolve(answer("c_new")));
  const search = useSearch();

  await type("开");
  await type("开胶");
  answerFirst(answer("c_old"));
  await flushPromises();

  expect(search.found.map((each) => each.row.conversation_id)).toEqual(["c_new"]);
});

it("emptied, the lists are back at once", async () => {
  asked.mockImplementation(() => Promise.resolve(answer("c_9")));
  const search = useSearch();
  await type("开胶");

  search.clear();
  await flushPromises();

  expect(search.isOn).toBe(false);
  expect(search.found).toEqual([]);
});
