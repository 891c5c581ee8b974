import { expect, it } from "vitest";
import { entriesOf } from "../../src/model/entries";
import { withShopperRead, withSnapshot } from "../../src/model/transcript";
import { at, fromMe, message, note, snapshot, T0 } from "../builders";

const now = new Date(T0);
const DAY_S = 86_400;

it("each Beijing day has one separator", () => {
  const transcript = withSnapshot(null, snapshot([
    message(1, "昨天", { at: at(-DAY_S) }),
    message(2, "今天", { at: at(0) }),
    message(3, "也是今天", { at: at(5) }),
  ]));

  const days = entriesOf(transcript, [], now).filter((entry) => entry.kind === "day");

  expect(days.map((entry) => entry.text)).toEqual(["昨天", "今天"]);
});

it("messages in one breath share a head; another author or three minutes begin a new one", () => {
  const transcript = withSnapshot(null, snapshot([
    message(1, "a", { at: at(0) }),
    message(2, "b", { at: at(10) }),
    message(3, "c", { at: at(200) }),
    fromMe(4, "d", "c_1"),
  ]));

  const heads = entriesOf(transcript, [], now).filter((entry) => entry.kind === "message").map((entry) => entry.isHeadShown);

  expect(heads).toEqual([true, false, true, true]);
});

it("notes fall in where they were written, without disturbing the order of either sequence", () => {
  const transcript = withSnapshot(null, snapshot(
    [message(1, "一", { at: at(0) }), message(2, "二", { at: at(20) })],
    [note(1, "备注", { at: at(10) })],
  ));

  expect(entriesOf(transcript, [], now).map((entry) => entry.key).slice(1)).toEqual(["e_1", "n_1", "e_2"]);
});

it("a message is read once the shopper's mark has passed it", () => {
  const start = withSnapshot(null, snapshot([fromMe(1, "a", "c_1"), fromMe(2, "b", "c_2")]));

  const read = entriesOf(withShopperRead(start, 1), [], now).filter((entry) => entry.kind === "message");

  expect(read.map((entry) => entry.isRead)).toEqual([true, false]);
});
