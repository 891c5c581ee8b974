import { describe, expect, it } from "vitest";
import { calendarDay, dayAndTime, dayName, lengthOf, money, timeOfDay, waitRange } from "../format";

const now = new Date("2026-11-21T15:00:00Z"); // 23:00 in Beijing

describe("days", () => {
  it("turns over at midnight in Beijing", () => {
    expect(dayName(new Date("2026-11-20T16:00:00Z"), now)).toBe("今天");
    expect(dayName(new Date("2026-11-20T15:59:59Z"), now)).toBe("昨天");
  });

  it("names the weekday, and the year only of another year", () => {
    expect(dayName(new Date("2026-11-18T04:00:00Z"), now)).toBe("11月18日 周三");
    expect(dayName(new Date("2025-11-18T04:00:00Z"), now)).toBe("2025年11月18日 周二");
  });

  it("leaves a legal day as it is", () => {
    expect(calendarDay("2026-12-01")).toBe("2026年12月1日");
    expect(calendarDay("?")).toBe("?");
  });

  it("shows nothing for what is no instant", () => {
    expect(timeOfDay(new Date("x"))).toBe("");
    expect(dayAndTime(new Date("x"), now)).toBe("");
  });
});

describe("money", () => {
  it.each([
    ["0", "¥0.00"],
    ["1234.5", "¥1,234.50"],
    ["-5.00", "-¥5.00"],
    ["9007199254740993.01", "¥9,007,199,254,740,993.01"],
    ["<b>", "<b>"],
  ])("%s → %s", (amount, shown) => expect(money(amount)).toBe(shown));
});

describe("the wait", () => {
  it.each([
    [null, null, ""],
    [0, 40, "不到 1 分钟"],
    [180, 300, "约 3–5 分钟"],
    [0, 300, "约 5 分钟内"],
  ])("%s to %s seconds → %s", (low, high, shown) => expect(waitRange(low, high)).toBe(shown));
});

it("an emoji counts once, as the server counts", () => expect(lengthOf("好😀")).toBe(2));
