import { describe, expect, it } from "vitest";
import { formOf, sectionsOf, type Sections } from "../../src/model/rule_forms";

const inForce: Partial<Sections> = {
  routing: { strategy: "least_loaded", assignment: "offer", overflow_s: 60, sticky_h: 24, misses_until_away: 3, most_waiting: 500 },
  hours: { workdays: ["09:00-21:00"], rest_days: [], holidays: { 春节: ["10:00-18:00"] }, groups: { invoice: { workdays: ["09:00-18:00"], rest_days: [] } } },
  sla: { first_response: { within_s: 180, warn_s: 100 }, response: { within_s: 180, warn_s: 100 } },
  calendar: { holidays: { 春节: [], 国庆节: [] } },
};

describe("the rules' form", () => {
  it("sends nothing where nothing was changed", () => {
    expect(sectionsOf(formOf(inForce), inForce)).toEqual({});
  });

  it("shows a group's own hours and sends them as spans", () => {
    const form = formOf(inForce);
    expect(form.groups["invoice"]).toEqual({ workdays: "09:00-18:00", rest_days: "" });

    form.groups["repair"] = { workdays: "08:00-12:00，13:00-20:00", rest_days: "09:00～18:00" };

    expect(sectionsOf(form, inForce)["hours"]?.["groups"]).toEqual({
      invoice: { workdays: ["09:00-18:00"], rest_days: [] },
      repair: { workdays: ["08:00-12:00", "13:00-20:00"], rest_days: ["09:00-18:00"] },
    });
  });

  it("takes a group back to the shop's hours", () => {
    const form = formOf(inForce);

    delete form.groups["invoice"];

    expect(sectionsOf(form, inForce)["hours"]?.["groups"]).toEqual({});
  });
});
