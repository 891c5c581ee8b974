import { expect, it } from "vitest";
import { byGroup, freeSlots, longestWaitS, serving, waiting } from "../../src/model/board";
import { containment, verified } from "../../src/model/figures";
import { formOf, sectionsOf, spansOf } from "../../src/model/rule_forms";
import { agentView, at, row, T0 } from "../builders";

const queued = (id: string, since: number, skill = "general") =>
  row({ conversation_id: id, status: "queued", agent_id: null, waiting_since: at(since), skill });

it("the queue begins with whoever waits longest", () => {
  const queue = waiting([queued("b", 50), row(), queued("a", 10)]);

  expect(queue.map((each) => each.conversation_id)).toEqual(["a", "b"]);
  expect(longestWaitS(queue, T0 + 70_000)).toBe(60);
});

it("among the served those who wait for an answer come first", () => {
  const rows = [row({ conversation_id: "answered", unanswered_since: null }), row({ conversation_id: "owed", unanswered_since: at(5) })];

  expect(serving(rows).map((each) => each.conversation_id)).toEqual(["owed", "answered"]);
});

it("groups with the longest queue come first", () => {
  const lines = byGroup([queued("a", 0, "repair"), queued("b", 1, "repair")], [row({ skill: "order" })]);

  expect(lines).toEqual([{ group: "repair", waiting: 2, served: 0 }, { group: "order", waiting: 0, served: 1 }]);
});

it("only who is online has room, and nobody less than none", () => {
  const agents = [agentView({ capacity: 2 }), agentView({ agent_id: "a_full", capacity: 0 }), agentView({ agent_id: "a_off", presence: "offline" })];

  expect(freeSlots(agents, [row()])).toBe(1);
});

it("a rate of nothing is no rate", () => {
  const none = { sessions: 0, handoffs: 0, contained: 0, judged: 0, verified: 0, wait_s: null, first_response_s: null, resolution_s: null, rating: null, ratings: 0 };

  expect(containment(none)).toBeNull();
  expect(containment({ ...none, sessions: 3, contained: 2 })).toBe(66.7);
  expect(verified({ ...none, sessions: 9, contained: 8, judged: 4, verified: 3 })).toBe(75);
});

it("times of a day are understood as they are typed", () => {
  expect(spansOf("09:00-12:00，14：00–21:00")).toEqual(["09:00-12:00", "14:00-21:00"]);
  expect(spansOf("  ")).toEqual([]);
});

it("only what was changed is sent, and what the form does not show is kept", () => {
  const deadline = { within_s: 180, warn_s: 120 };
  const before = {
    routing: { strategy: "least_loaded", assignment: "offer", sticky_h: 24, overflow_s: 60, misses_until_away: 3, most_waiting: 500, weight: { normal: 1 } },
    hours: { workdays: ["09:00-21:00"], rest_days: [], holidays: {}, groups: {} },
    sla: { clock: "08:00-23:00", first_response: deadline, response: deadline },
  };
  const form = formOf(before);
  expect(sectionsOf(form, before)).toEqual({});

  form.strategy = "round_robin";
  expect(sectionsOf(form, before)).toEqual({ routing: { ...before.routing, strategy: "round_robin" } });
});
