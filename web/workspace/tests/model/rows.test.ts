import { describe, expect, it } from "vitest";
import { arranged, belongs, isOlder, neighbour, type Tab } from "../../src/model/rows";
import { at, handoff, ME, row } from "../builders";

const ids = (tab: Tab, rows: ReturnType<typeof row>[]): string[][] =>
  arranged(rows, tab, ME).map((section) => section.rows.map((each) => each.conversation_id));

describe("which tab a row is under", () => {
  it.each([
    ["active", ME, ["mine", "all"]],
    ["wrap_up", ME, ["mine", "all"]],
    ["active", "a_other", ["all"]],
    ["queued", null, ["waiting", "all"]],
    ["offered", null, ["waiting", "all"]],
    ["message_left", null, ["waiting", "all"]],
    ["bot", null, ["all", "bot"]],
    ["closed", null, ["all", "closed"]],
  ] as const)("%s held by %s", (status, agentId, tabs) => {
    const one = row({ status, agent_id: agentId });

    const found = (["mine", "waiting", "all", "closed", "bot"] as const).filter((tab) => belongs(one, tab, ME));

    expect(found).toEqual(tabs);
  });
});

describe("the order of rows", () => {
  it("puts the unanswered first, the longest unanswered on top", () => {
    const rows = [
      row({ conversation_id: "answered", last_at: at(50) }),
      row({ conversation_id: "late", unanswered_since: at(5) }),
      row({ conversation_id: "later", unanswered_since: at(20) }),
      row({ conversation_id: "wrapping", status: "wrap_up" }),
    ];

    expect(ids("mine", rows)).toEqual([["late", "later"], ["answered"], ["wrapping"]]);
  });

  it("lets an emergency pass those who waited longer", () => {
    const rows = [
      row({ conversation_id: "old", status: "queued", waiting_since: at(0) }),
      row({ conversation_id: "fire", status: "queued", waiting_since: at(60), handoff: handoff({ priority: "emergency" }) }),
      row({ conversation_id: "letter", status: "message_left", waiting_since: at(-60) }),
    ];

    expect(ids("waiting", rows)).toEqual([["fire", "old"], ["letter"]]);
  });
});

describe("two copies of a row", () => {
  it("the lower epoch is the older, then the lower seq", () => {
    expect(isOlder(row({ epoch: 2, last_seq: 9 }), row({ epoch: 3, last_seq: 1 }))).toBe(true);
    expect(isOlder(row({ last_seq: 4 }), row({ last_seq: 5 }))).toBe(true);
    expect(isOlder(row({ last_note_seq: 1 }), row({ last_note_seq: 2 }))).toBe(true);
    expect(isOlder(row(), row())).toBe(false);
  });
});

describe("moving through the list", () => {
  const shown = ["a", "b", "c"].map((id) => row({ conversation_id: id }));

  it("stays at the ends and begins at one when nothing is selected", () => {
    expect(neighbour(shown, "b", 1)?.conversation_id).toBe("c");
    expect(neighbour(shown, "c", 1)?.conversation_id).toBe("c");
    expect(neighbour(shown, null, 1)?.conversation_id).toBe("a");
    expect(neighbour(shown, null, -1)?.conversation_id).toBe("c");
    expect(neighbour([], null, 1)).toBeNull();
  });
});
