import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, it } from "vitest";
import { useDrafts } from "../../src/stores/drafts";

beforeEach(() => {
  sessionStorage.clear();
  setActivePinia(createPinia());
});

it("each conversation keeps its own, over a reload too", () => {
  useDrafts().change("c_1", { reply: "写到一半" });
  useDrafts().change("c_2", { note: "给同事", isNote: true });

  setActivePinia(createPinia());

  expect(useDrafts().of("c_1").reply).toBe("写到一半");
  expect(useDrafts().of("c_2")).toEqual({ quote: null, reply: "", note: "给同事", isNote: true });
});

it("a note never becomes a reply by switching", () => {
  const drafts = useDrafts();
  drafts.change("c_1", { note: "顾客很难缠", isNote: true });

  drafts.change("c_1", { isNote: false });

  expect(drafts.of("c_1").reply).toBe("");
});

it("nothing is left behind at the sign-out", () => {
  useDrafts().change("c_1", { reply: "写到一半" });

  useDrafts().clear();

  expect(sessionStorage.length).toBe(0);
});
