/** Who is signed in to the demo store; kept in this browser so that a reload changes nothing. */

import type { DemoShopper } from "./shop";

const KEY = "shiguang.shopper";

export function readAccount(): DemoShopper | null {
  try {
    const value = JSON.parse(localStorage.getItem(KEY) ?? "null") as DemoShopper | null;
    return value && typeof value.shopper_id === "string" ? value : null;
  } catch {
    return null;
  }
}

export function keepAccount(shopper: DemoShopper | null): void {
  if (shopper) localStorage.setItem(KEY, JSON.stringify(shopper));
  else localStorage.removeItem(KEY);
}
