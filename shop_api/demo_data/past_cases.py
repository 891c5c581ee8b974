"""Cases that were opened before the demo began, walked step by step through the life cycle to where they stand."""

from datetime import datetime, timedelta
from random import Random

from contracts.shop import CaseStatus, CaseStep, CaseType, MemberLevel, NewCase
from contracts.verdict import Decision, Verdict
from policy import Rules
from shop_api.demo_data.catalogue import CasePlan
from shop_api.demo_data.numbers import tracking_number
from shop_api.domain.case_life_cycle import STEPS_OF, Role, advance
from shop_api.domain.deadlines import Deadlines
from shop_api.domain.profile import AUTHOR_NAMES, RETURN_ADDRESS
from shop_api.record.tables import CaseEventRow, CaseRow, OrderRow
from shop_api.record.views import order_view
from shop_api.services.judging import Matter, judge

PACE = timedelta(hours=5)
BACK = [CaseStep.APPROVE, CaseStep.SHIP_BACK, CaseStep.RECEIVE]
STRAIGHT: dict[CaseType, list[CaseStep]] = {
    CaseType.REFUND_ONLY: [CaseStep.APPROVE, CaseStep.REFUND],
    CaseType.RETURN_REFUND: [*BACK, CaseStep.PASS_INSPECTION, CaseStep.REFUND],
    CaseType.EXCHANGE: [*BACK, CaseStep.PASS_INSPECTION, CaseStep.RESHIP, CaseStep.CONFIRM],
    CaseType.REPAIR: [*BACK, CaseStep.PASS_INSPECTION, CaseStep.FINISH_REPAIR, CaseStep.RESHIP, CaseStep.CONFIRM],
    CaseType.RESEND: [CaseStep.APPROVE, CaseStep.RESHIP, CaseStep.CONFIRM],
}
ASIDE: dict[CaseStatus, list[CaseStep]] = {
    CaseStatus.REJECTED: [CaseStep.REJECT],
    CaseStatus.CANCELLED: [CaseStep.WITHDRAW],
    CaseStatus.TIMED_OUT: [CaseStep.APPROVE, CaseStep.TIME_OUT],
    CaseStatus.DISPUTED: [*BACK, CaseStep.FAIL_INSPECTION],
}
NOTES = {
    CaseStep.REJECT: "照片里看不清磕碰的位置，请补充清晰照片后再提交。",
    CaseStep.FAIL_INSPECTION: "验货结果与描述不一致",
}


def past_case(
    order: OrderRow, plan: CasePlan, level: MemberLevel, rules: Rules, chance: Random, *, until: datetime
) -> CaseRow | None:
    """None where the policy would not have opened it: the demo shows no case that breaks its own rules."""
    steps = _steps(plan)
    signed_at = order.signed_at or order.placed_at
    created_at = max(signed_at + timedelta(minutes=30), until - PACE * len(steps))
    order.version = 1  # a row that was never stored has none yet
    verdict = _verdict(order, plan, level, rules, created_at)
    deadlines = Deadlines(rules, order_view(order), level)
    if verdict.decision is Decision.REFUSED:
        return None
    row = _applied(order, plan, verdict, chance, created_at)
    row.deadline_at = deadlines.of(plan.type, CaseStatus.APPLIED, created_at)
    pace = max(timedelta(minutes=1), (until - created_at) / max(1, len(steps)))
    for number, step in enumerate(steps, 1):
        _walk(row, step, deadlines, created_at + pace * number)
    if row.return_address and CaseStep.SHIP_BACK in steps:
        row.return_carrier, row.return_tracking_number = "顺丰速运", tracking_number("SF", chance)
    return row


def _steps(plan: CasePlan) -> list[CaseStep]:
    """The steps from the application to the planned status."""
    if plan.status in ASIDE:
        return ASIDE[plan.status]
    status, steps = CaseStatus.APPLIED, list[CaseStep]()
    for step in STRAIGHT[plan.type]:
        if status is plan.status:
            break
        status = advance(plan.type, status, step, _role(step))
        steps.append(step)
    return steps


def _role(step: CaseStep) -> Role:
    return next(role for role, steps in STEPS_OF.items() if step in steps)


def _verdict(order: OrderRow, plan: CasePlan, level: MemberLevel, rules: Rules, now: datetime) -> Verdict:
    wish = NewCase(
        type=plan.type,
        order_number=order.order_number,
        line_id="L1",
        reason=plan.reason,
        description=plan.description,
    )
    return judge(rules, Matter(wish, order_view(order), [], level, now))


def _applied(order: OrderRow, plan: CasePlan, verdict: Verdict, chance: Random, now: datetime) -> CaseRow:
    row = CaseRow(
        shop_id=order.shop_id,
        case_id=f"AS88{chance.randrange(10**10):010d}",
        shopper_id=order.shopper_id,
        order_number=order.order_number,
        line_id="L1",
        type=plan.type.value,
        status=CaseStatus.APPLIED.value,
        title=order.lines[0].title,
        quantity=1,
        reason=plan.reason.value,
        description=plan.description,
        wanted_options=plan.wanted,
        refund_amount=verdict.refund_total,
        freight_payer=verdict.freight_payer.value if verdict.freight_payer else None,
        return_address="",
        return_carrier="",
        return_tracking_number="",
        deadline_at=None,
        verdict=verdict.model_dump(mode="json"),
        created_at=now,
        history=[],
    )
    _remember(row, "apply", "shopper", now, plan.description)
    return row


def _walk(row: CaseRow, step: CaseStep, deadlines: Deadlines, at: datetime) -> None:
    role = _role(step)
    status = advance(CaseType(row.type), CaseStatus(row.status), step, role)
    row.status = status.value
    row.deadline_at = deadlines.of(CaseType(row.type), status, at)
    if status is CaseStatus.WAIT_SHOPPER_SHIP:
        row.return_address = RETURN_ADDRESS
    _remember(row, step.value, role, at, NOTES.get(step, ""))


def _remember(row: CaseRow, step: str, role: Role, at: datetime, note: str) -> None:
    row.history.append(
        CaseEventRow(
            shop_id=row.shop_id,
            case_id=row.case_id,
            position=len(row.history) + 1,
            at=at,
            step=step,
            status=row.status,
            author=AUTHOR_NAMES[role],
            note=note,
        )
    )
