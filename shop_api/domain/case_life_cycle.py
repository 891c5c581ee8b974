"""The life of an after-sales case: one table per type, (status, step) → status.

Rule 1. Reading the table is reading the product; a pair that is not in it is IllegalStep.
Rule 2. A step belongs to one side: the shopper never does the shop's, the shop never the shopper's.
Rule 3. Time never decides against the shop's own delay: only what waits for the shopper times out; what waits for the
        shop too long goes to somebody higher, and the shopper is told.
"""

from typing import Literal

from contracts.shop import CaseStatus as S
from contracts.shop import CaseStep as Step
from contracts.shop import CaseType
from shop_api.errors import IllegalStep, StepNotYours

Table = dict[tuple[S, Step], S]
Role = Literal["shopper", "agent", "system"]

REVIEW: Table = {
    (S.APPLIED, Step.REJECT): S.REJECTED,
    (S.APPLIED, Step.WITHDRAW): S.CANCELLED,
    (S.APPLIED, Step.DISPUTE): S.DISPUTED,
    (S.REJECTED, Step.REVISE): S.APPLIED,
    (S.REJECTED, Step.WITHDRAW): S.CANCELLED,
    (S.REJECTED, Step.DISPUTE): S.DISPUTED,
    (S.REJECTED, Step.TIME_OUT): S.TIMED_OUT,
    (S.DISPUTED, Step.WITHDRAW): S.CANCELLED,
    (S.DISPUTED, Step.SETTLE): S.DONE,
}
WAY_BACK: Table = {
    (S.APPLIED, Step.APPROVE): S.WAIT_SHOPPER_SHIP,
    (S.APPROVED, Step.SHIP_BACK): S.WAIT_SHOP_RECEIVE,
    (S.APPROVED, Step.WITHDRAW): S.CANCELLED,
    (S.WAIT_SHOPPER_SHIP, Step.SHIP_BACK): S.WAIT_SHOP_RECEIVE,
    (S.WAIT_SHOPPER_SHIP, Step.WITHDRAW): S.CANCELLED,
    (S.WAIT_SHOPPER_SHIP, Step.TIME_OUT): S.TIMED_OUT,
    (S.WAIT_SHOP_RECEIVE, Step.SHIP_BACK): S.WAIT_SHOP_RECEIVE,  # a mistyped tracking number is put right
    (S.WAIT_SHOP_RECEIVE, Step.RECEIVE): S.INSPECTING,
    (S.WAIT_SHOP_RECEIVE, Step.DISPUTE): S.DISPUTED,
    (S.INSPECTING, Step.FAIL_INSPECTION): S.DISPUTED,  # the goods are here: a person settles it with the shopper
}
MONEY: Table = {
    (S.REFUNDING, Step.REFUND): S.DONE,
    (S.REFUNDING, Step.DISPUTE): S.DISPUTED,
    (S.DISPUTED, Step.REFUND): S.DONE,
}
WAY_OUT: Table = {
    (S.RESHIPPING, Step.RESHIP): S.WAIT_SHOPPER_CONFIRM,
    (S.RESHIPPING, Step.DISPUTE): S.DISPUTED,
    (S.WAIT_SHOPPER_CONFIRM, Step.CONFIRM): S.DONE,
    (S.WAIT_SHOPPER_CONFIRM, Step.DISPUTE): S.DISPUTED,
    (S.WAIT_SHOPPER_CONFIRM, Step.TIME_OUT): S.DONE,
    (S.DISPUTED, Step.RESHIP): S.WAIT_SHOPPER_CONFIRM,
}
WAYS: dict[CaseType, Table] = {
    CaseType.REFUND_ONLY: REVIEW | MONEY | {(S.APPLIED, Step.APPROVE): S.REFUNDING},
    CaseType.RETURN_REFUND: REVIEW | WAY_BACK | MONEY | {(S.INSPECTING, Step.PASS_INSPECTION): S.REFUNDING},
    CaseType.EXCHANGE: REVIEW | WAY_BACK | WAY_OUT | {(S.INSPECTING, Step.PASS_INSPECTION): S.RESHIPPING},
    CaseType.REPAIR: REVIEW
    | WAY_BACK
    | WAY_OUT
    | {
        (S.INSPECTING, Step.PASS_INSPECTION): S.REPAIRING,
        (S.REPAIRING, Step.FINISH_REPAIR): S.RESHIPPING,
        (S.REPAIRING, Step.DISPUTE): S.DISPUTED,
    },
    CaseType.RESEND: REVIEW | WAY_OUT | {(S.APPLIED, Step.APPROVE): S.RESHIPPING},
    CaseType.INTERCEPT: REVIEW
    | MONEY
    | {
        (S.APPLIED, Step.APPROVE): S.WAIT_SHOP_RECEIVE,  # the carrier has stopped it: it comes back by itself
        (S.WAIT_SHOP_RECEIVE, Step.RECEIVE): S.INSPECTING,
        (S.WAIT_SHOP_RECEIVE, Step.REJECT): S.REJECTED,  # delivered all the same
        (S.INSPECTING, Step.PASS_INSPECTION): S.REFUNDING,
        (S.INSPECTING, Step.FAIL_INSPECTION): S.DISPUTED,
    },
    CaseType.PRICE_PROTECTION: REVIEW | MONEY | {(S.APPLIED, Step.APPROVE): S.REFUNDING},
}
FINAL = frozenset({S.DONE, S.CANCELLED, S.TIMED_OUT})
AT_REST = FINAL | {S.REJECTED}  # a new wish for the same goods may be made beside these
WAITING_FOR_SHOPPER = frozenset({S.APPROVED, S.REJECTED, S.WAIT_SHOPPER_SHIP, S.WAIT_SHOPPER_CONFIRM})


UNDER_REVIEW = frozenset({S.APPLIED, S.REJECTED, S.DISPUTED})  # photos still help
COLLECTED = frozenset({S.APPROVED, S.WAIT_SHOPPER_SHIP})  # a carrier may be sent for the parcel


def _escalations(table: Table) -> Table:
    """Where the shop was late somebody higher takes over; where the case stands is the same."""
    return {(status, Step.ESCALATE): status for status, _ in table if status not in WAITING_FOR_SHOPPER}


TRANSITIONS: dict[CaseType, Table] = {case_type: table | _escalations(table) for case_type, table in WAYS.items()}
SHOPPER_STEPS = frozenset({Step.SHIP_BACK, Step.WITHDRAW, Step.CONFIRM, Step.REVISE, Step.DISPUTE})
SHOP_STEPS = frozenset(
    {
        Step.APPROVE,
        Step.REJECT,
        Step.RECEIVE,
        Step.PASS_INSPECTION,
        Step.FAIL_INSPECTION,
        Step.FINISH_REPAIR,
        Step.REFUND,
        Step.RESHIP,
        Step.SETTLE,
    }
)
STEPS_OF: dict[Role, frozenset[Step]] = {
    "shopper": SHOPPER_STEPS,
    "agent": SHOP_STEPS,
    "system": frozenset({Step.TIME_OUT, Step.ESCALATE}),
}


def advance(case_type: CaseType, status: S, step: Step, role: Role) -> S:
    """The status after `step`. Raises StepNotYours before IllegalStep, so a stranger learns nothing of the state."""
    if step not in STEPS_OF[role]:
        raise StepNotYours
    try:
        return TRANSITIONS[case_type][status, step]
    except KeyError:
        raise IllegalStep from None


def waiting_for(status: S) -> str:
    """Who must act next: `shopper`, `shop`, or nobody (empty)."""
    if status in FINAL:
        return ""
    return "shopper" if status in WAITING_FOR_SHOPPER else "shop"
