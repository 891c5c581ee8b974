import { describe, expect, it } from "vitest";
import { clockText, deadlineText, elapsedS, urgencyOf, usedShare } from "../../src/model/clocks";
import { at, T0 } from "../builders";

describe("the three-minute clock", () => {
  it.each([
    [0, "calm"],
    [99, "calm"],
    [100, "amber"],
    [179, "amber"],
    [180, "red"],
    [9999, "red"],
  ])("at %i s it is %s", (seconds, urgency) => {
    expect(urgencyOf(seconds)).toBe(urgency);
  });

  it("never runs backwards when the agent's computer is behind", () => {
    expect(elapsedS(at(30), T0)).toBe(0);
  });

  it("is full at three minutes and stays full", () => {
    expect(usedShare(90)).toBe(0.5);
    expect(usedShare(400)).toBe(1);
  });

  it("counts in minutes and seconds, from an hour on in words", () => {
    expect(clockText(100)).toBe("1:40");
    expect(clockText(3660)).toBe("1 小时 1 分");
  });
});

describe("a deadline", () => {
  it("says what is left before and what is over after", () => {
    expect(deadlineText(at(7200), T0)).toEqual({ text: "剩 2 小时", isOverdue: false });
    expect(deadlineText(at(-120), T0)).toEqual({ text: "超时 2 分钟", isOverdue: true });
  });
});
