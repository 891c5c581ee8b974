import { expect, it } from "vitest";
import { slotRows, verdictOf } from "../../src/model/facts";
import { verdict } from "../builders";

it("slots are shown in Chinese, without empty ones and the bot's bookkeeping", () => {
  const rows = slotRows({
    order_number: "2026", reason: "size", is_intact: true, requested_slot: "x", _loop: 1, symptom: null, tags: ["a", "b"],
    odd: { deep: 1 },
  });

  expect(rows.map(({ label, value }) => `${label}=${value}`)).toEqual([
    "订单号=2026", "原因=尺码不合适", "商品完好=是",
  ]);
});

it("a verdict inside a package is recognised, anything else is left out", () => {
  expect(verdictOf(verdict() as unknown as Record<string, unknown>)?.source).toContain("二十五");
  expect(verdictOf({ decision: "refused", explanation: "不行" })?.facts).toEqual([]);
  expect(verdictOf({ hello: 1 })).toBeNull();
});
