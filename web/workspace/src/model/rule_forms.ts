/** Times of a day as people type them. Pure. */

/** `09:00-12:00，14:00-21:00` → the spans; what is wrong in one is the bridge's to say. */
export function spansOf(text: string): string[] {
  return text
    .replaceAll(/[–—~～]/g, "-")
    .replaceAll("：", ":")
    .split(/[,，、;；\s]+/)
    .filter((part) => part !== "");
}

export function spansText(spans: unknown): string {
  return Array.isArray(spans) ? spans.join("，") : "";
}

type Section = Record<string, unknown>;
export type Sections = Record<string, Section>;

export interface WeekForm {
  workdays: string;
  rest_days: string;
}

export interface RulesForm {
  strategy: string;
  assignment: string;
  overflow_s: string;
  sticky_h: string;
  misses_until_away: string;
  most_waiting: string;
  workdays: string;
  rest_days: string;
  holidays: Record<string, string>;
  /** Groups with hours of their own. */
  groups: Record<string, WeekForm>;
  first_response_s: string;
  first_response_warn_s: string;
  response_s: string;
  response_warn_s: string;
}

function part(of: unknown, name: string): Section {
  return ((of as Section | undefined)?.[name] ?? {}) as Section;
}

function written(of: Section, name: string): string {
  return String(of[name] ?? "");
}

export function formOf(sections: Partial<Sections>): RulesForm {
  const { routing = {}, hours = {}, sla = {}, calendar = {} } = sections;
  const own = part(hours, "holidays");
  const weeks = part(hours, "groups");
  const [first, later] = [part(sla, "first_response"), part(sla, "response")];
  return {
    strategy: written(routing, "strategy"),
    assignment: written(routing, "assignment"),
    overflow_s: written(routing, "overflow_s"),
    sticky_h: written(routing, "sticky_h"),
    misses_until_away: written(routing, "misses_until_away"),
    most_waiting: written(routing, "most_waiting"),
    workdays: spansText(hours["workdays"]),
    rest_days: spansText(hours["rest_days"]),
    holidays: Object.fromEntries(Object.keys(part(calendar, "holidays")).map((name) => [name, spansText(own[name])])),
    groups: Object.fromEntries(Object.keys(weeks).map((name) => [name, weekOf(part(weeks, name))])),
    first_response_s: written(first, "within_s"),
    first_response_warn_s: written(first, "warn_s"),
    response_s: written(later, "within_s"),
    response_warn_s: written(later, "warn_s"),
  };
}

function weekOf(week: Section): WeekForm {
  return { workdays: spansText(week["workdays"]), rest_days: spansText(week["rest_days"]) };
}

/** Only the sections that differ from what is in force; what the form does not show stays as it is. */
export function sectionsOf(form: RulesForm, before: Partial<Sections>): Sections {
  const routing: Section = { ...before["routing"], strategy: form.strategy, assignment: form.assignment };
  for (const name of ["overflow_s", "sticky_h", "misses_until_away", "most_waiting"] as const) routing[name] = numberOf(form[name]);
  const holidays = Object.entries(form.holidays).filter(([, text]) => text.trim() !== "");
  const hours: Section = {
    ...before["hours"],
    workdays: spansOf(form.workdays),
    rest_days: spansOf(form.rest_days),
    holidays: Object.fromEntries(holidays.map(([name, text]) => [name, spansOf(text)])),
    groups: Object.fromEntries(Object.entries(form.groups).map(([name, week]) => [name, { workdays: spansOf(week.workdays), rest_days: spansOf(week.rest_days) }])),
  };
  const deadline = (name: "first_response" | "response"): Section => ({
    within_s: numberOf(form[`${name}_s`]), warn_s: numberOf(form[`${name}_warn_s`]),
  });
  const sla: Section = { ...before["sla"], first_response: deadline("first_response"), response: deadline("response") };
  const all: Sections = { routing, hours, sla };
  return Object.fromEntries(Object.entries(all).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])));
}

/** What is no number goes as it was typed: the bridge says what is wrong with it. */
function numberOf(text: string): number | string {
  return /^\d+$/.test(text.trim()) ? Number(text) : text;
}
