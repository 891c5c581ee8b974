/** The routes of those who lead and of the admins. */

import type { Account, Board, DryRun, RulesInForce, Statistics } from "@shouhou/shared/frames";
import { call } from "./http";

export interface Filters {
  days: number;
  group: string;
  channel: string;
  agent_id: string;
}

export type Sections = Partial<RulesInForce["sections"]> | Record<string, null>;
export type AccountChange = Partial<Omit<Account, "agent_id" | "username">> & { password?: string };
export type NewAccount = AccountChange & { username: string; password: string; name: string };

export async function board(): Promise<Board> {
  return call("GET", "/board");
}

const asked = (filters: Filters): string => new URLSearchParams({ ...filters, days: String(filters.days) }).toString();

export async function statistics(filters: Filters): Promise<Statistics> {
  return call("GET", `/statistics?${asked(filters)}`);
}

/** The tables of what the page shows, to be opened in a spreadsheet. */
export function exportUrl(form: "csv" | "xlsx", filters: Filters): string {
  return `/v1/agent/statistics.${form}?${asked(filters)}`;
}

export async function rules(): Promise<RulesInForce> {
  return call("GET", "/rules");
}

export async function changeRules(version: number, sections: Sections): Promise<RulesInForce> {
  return call("POST", "/rules", { version, sections });
}

export async function dryRun(): Promise<DryRun> {
  return call("GET", "/rules/dry-run");
}

export async function accounts(): Promise<Account[]> {
  return (await call<{ accounts: Account[] }>("GET", "/v1/admin/agents")).accounts;
}

export async function addAccount(account: NewAccount): Promise<Account> {
  return call("POST", "/v1/admin/agents", account);
}

export async function changeAccount(agentId: string, change: AccountChange): Promise<Account> {
  return call("POST", `/v1/admin/agents/${encodeURIComponent(agentId)}`, change);
}
