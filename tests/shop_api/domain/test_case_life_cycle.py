"""Every pair of status and step, for every type and every side."""

from itertools import product

import pytest

from contracts.shop import CaseStatus as S
from contracts.shop import CaseStep as Step
from contracts.shop import CaseType
from shop_api.domain.case_life_cycle import FINAL, STEPS_OF, TRANSITIONS, Role, advance, waiting_for
from shop_api.errors import IllegalStep, StepNotYours

PAIRS = list(product(CaseType, S, Step))
STRAIGHT = {
    CaseType.REFUND_ONLY: [(Step.APPROVE, S.REFUNDING), (Step.REFUND, S.DONE)],
    CaseType.RETURN_REFUND: [
        (Step.APPROVE, S.WAIT_SHOPPER_SHIP),
        (Step.SHIP_BACK, S.WAIT_SHOP_RECEIVE),
        (Step.RECEIVE, S.INSPECTING),
        (Step.PASS_INSPECTION, S.REFUNDING),
        (Step.REFUND, S.DONE),
    ],
    CaseType.EXCHANGE: [
        (Step.APPROVE, S.WAIT_SHOPPER_SHIP),
        (Step.SHIP_BACK, S.WAIT_SHOP_RECEIVE),
        (Step.RECEIVE, S.INSPECTING),
        (Step.PASS_INSPECTION, S.RESHIPPING),
        (Step.RESHIP, S.WAIT_SHOPPER_CONFIRM),
        (Step.CONFIRM, S.DONE),
    ],
    CaseType.REPAIR: [
        (Step.APPROVE, S.WAIT_SHOPPER_SHIP),
        (Step.SHIP_BACK, S.WAIT_SHOP_RECEIVE),
        (Step.RECEIVE, S.INSPECTING),
        (Step.PASS_INSPECTION, S.REPAIRING),
        (Step.FINISH_REPAIR, S.RESHIPPING),
        (Step.RESHIP, S.WAIT_SHOPPER_CONFIRM),
        (Step.CONFIRM, S.DONE),
    ],
    CaseType.RESEND: [
        (Step.APPROVE, S.RESHIPPING),
        (Step.RESHIP, S.WAIT_SHOPPER_CONFIRM),
        (Step.CONFIRM, S.DONE),
    ],
    CaseType.INTERCEPT: [
        (Step.APPROVE, S.WAIT_SHOP_RECEIVE),
        (Step.RECEIVE, S.INSPECTING),
        (Step.PASS_INSPECTION, S.REFUNDING),
        (Step.REFUND, S.DONE),
    ],
    CaseType.PRICE_PROTECTION: [(Step.APPROVE, S.REFUNDING), (Step.REFUND, S.DONE)],
}


def role_of(step: Step) -> Role:
    return next(role for role, steps in STEPS_OF.items() if step in steps)


@pytest.mark.parametrize("case_type", CaseType)
def test_the_straight_way_leads_to_done(case_type: CaseType) -> None:
    status = S.APPLIED

    for step, expected in STRAIGHT[case_type]:
        status = advance(case_type, status, step, role_of(step))
        assert status is expected


@pytest.mark.parametrize(("case_type", "status", "step"), PAIRS)
def test_a_pair_is_legal_exactly_when_the_table_has_it(case_type: CaseType, status: S, step: Step) -> None:
    if (status, step) in TRANSITIONS[case_type]:
        assert advance(case_type, status, step, role_of(step)) is TRANSITIONS[case_type][status, step]
    else:
        with pytest.raises(IllegalStep):
            advance(case_type, status, step, role_of(step))


@pytest.mark.parametrize(("role", "step"), list(product(STEPS_OF, Step)))
def test_a_step_of_another_side_is_refused_whatever_the_status(role: Role, step: Step) -> None:
    if step in STEPS_OF[role]:
        return
    for status in S:
        with pytest.raises(StepNotYours):
            advance(CaseType.RETURN_REFUND, status, step, role)


def test_every_step_belongs_to_exactly_one_side() -> None:
    assert sorted(step for steps in STEPS_OF.values() for step in steps) == sorted(Step)


@pytest.mark.parametrize("case_type", CaseType)
def test_nothing_leads_out_of_an_end_and_every_other_status_that_is_reached_has_a_way_on(case_type: CaseType) -> None:
    table = TRANSITIONS[case_type]
    reached = {S.APPLIED, *table.values()}

    assert not [status for status, _ in table if status in FINAL]
    assert reached - FINAL <= {status for status, _ in table}


@pytest.mark.parametrize("status", S)
def test_somebody_is_waited_for_until_the_end(status: S) -> None:
    assert bool(waiting_for(status)) is (status not in FINAL)


@pytest.mark.parametrize("case_type", CaseType)
def test_time_never_decides_while_the_shop_is_late(case_type: CaseType) -> None:
    waits = {status for status, step in TRANSITIONS[case_type] if step is Step.TIME_OUT}

    assert {waiting_for(status) for status in waits} == {"shopper"}
