/** Which steps of the shop an agent is offered for a case. The shop's own table decides; here only what is worth a button. */

import type { Case, CaseStatus } from "@shouhou/shared/frames";

export type ShopStep =
  | "approve" | "reject" | "receive" | "pass_inspection" | "fail_inspection" | "finish_repair" | "refund" | "reship" | "settle";

const STEPS: Partial<Record<CaseStatus, readonly ShopStep[]>> = {
  applied: ["approve", "reject"],
  wait_shop_receive: ["receive"],
  inspecting: ["pass_inspection", "fail_inspection"],
  repairing: ["finish_repair"],
  refunding: ["refund"],
  reshipping: ["reship"],
  disputed: ["settle"],
};

/** These are refused to the shopper, who is owed a reason. */
export const NEEDS_REASON: readonly ShopStep[] = ["reject", "fail_inspection"];

export function stepsFor(item: Case): readonly ShopStep[] {
  return STEPS[item.status] ?? [];
}
