/** Which colour a state has, everywhere the same: green is settled, amber waits for us, blue is on its way, red is bad. */

import type { CaseStatus, Decision, OrderStatus, ShipmentStatus } from "@shouhou/shared/frames";

export type Tone = "green" | "red" | "amber" | "blue" | "accent" | "";

export const TONE_OF_DECISION: Record<Decision, Tone> = { allowed: "green", refused: "red", needs_person: "amber" };

export const TONE_OF_SHIPMENT: Record<ShipmentStatus, Tone> = {
  waiting_pickup: "amber",
  in_transit: "blue",
  out_for_delivery: "blue",
  signed: "green",
  exception: "red",
  returned: "",
};

export const TONE_OF_ORDER: Record<OrderStatus, Tone> = {
  pending_payment: "",
  paid: "amber",
  shipped: "blue",
  signed: "green",
  completed: "green",
  cancelled: "",
};

export const TONE_OF_CASE: Record<CaseStatus, Tone> = {
  applied: "amber",
  approved: "accent",
  rejected: "red",
  wait_shopper_ship: "blue",
  wait_shop_receive: "amber",
  inspecting: "amber",
  repairing: "amber",
  refunding: "amber",
  reshipping: "amber",
  wait_shopper_confirm: "blue",
  done: "green",
  cancelled: "",
  timed_out: "",
  disputed: "red",
};
