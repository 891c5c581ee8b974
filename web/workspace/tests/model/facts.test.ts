import { expect, it } from "vitest";
import { knownWord, newInSummary, slotRows, verdictOf, whyLine } from "../../src/model/facts";
import { handoff, row, verdict } from "../builders";

it("slots are shown in Chinese, without empty ones and the bot's bookkeeping", () => {
  const rows = slotRows({
    order_number: "2026", reason: "size", is_intact: true, requested_slot: "x", _loop: 1, symptom: null, tags: ["a", "b"],
    odd: { deep: 1 },
  });

  expect(rows.map(({ label, value }) => `${label}=${value}`)).toEqual([
    "订单号=2026", "原因=尺码不合适", "商品完好=是",
  ]);
});

it("codes of a reading have a word, everything else is as it was said", () => {
  expect(knownWord("reason", "damaged")).toBe("收到时破损");
  expect(knownWord("case_type", "return_refund")).not.toBe("return_refund");
  expect(knownWord("product", "damaged")).toBe("damaged");
});

it("a verdict inside a package is recognised, anything else is left out", () => {
  expect(verdictOf(verdict() as unknown as Record<string, unknown>)?.source).toContain("二十五");
  expect(verdictOf({ decision: "refused", explanation: "不行" })?.facts).toEqual([]);
  expect(verdictOf({ hello: 1 })).toBeNull();
});

it("an offer says why in one line and repeats no words", () => {
  const pressed = handoff({ reason: "asked_for_person", evidence: "顾客点击了「转人工」", order_number: "8821" });
  const harm = handoff({ reason: "emergency", reason_text: "人身安全", evidence: "提到起火" });

  expect(whyLine(row({ handoff: pressed }))).toBe("顾客要求人工 · 订单 8821");
  expect(whyLine(row({ handoff: harm }))).toBe("人身安全：提到起火");
  expect(whyLine(row({ preview: "在吗" }))).toBe("在吗");
});

it("the summary leaves out what stands beside it as reason and evidence", () => {
  const told = handoff({ evidence: "点了按钮", summary: ["转人工原因：顾客要求人工", "依据：点了按钮", "想换一件大衣"] });

  expect(newInSummary(told)).toEqual(["想换一件大衣"]);
});
