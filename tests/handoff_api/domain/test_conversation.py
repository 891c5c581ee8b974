"""The life cycle: every legal step, every illegal pair, and when the epoch grows."""

from datetime import UTC, datetime
from itertools import product

import pytest

from contracts.events import Status
from handoff_api.domain.conversation import HELD, TRANSITIONS, Ownership, Step, advance, require_epoch
from handoff_api.errors import IllegalStep, StaleEpoch

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
EARLIER = datetime(2026, 11, 21, 11, tzinfo=UTC)
PAIRS = list(product(Status, Step))


def standing(status: Status) -> Ownership:
    return Ownership(status, epoch=7, agent_id="agent_a" if status in HELD else None, since=EARLIER)


@pytest.mark.parametrize(("status", "step"), [pair for pair in PAIRS if pair in TRANSITIONS])
def test_a_legal_step_leads_where_the_table_says(status: Status, step: Step) -> None:
    after = advance(standing(status), step, now=NOW, agent_id="agent_b" if status not in HELD else None)

    assert after.status is TRANSITIONS[status, step]
    assert after.since == NOW


@pytest.mark.parametrize(("status", "step"), [pair for pair in PAIRS if pair not in TRANSITIONS])
def test_an_illegal_step_is_refused_and_changes_nothing(status: Status, step: Step) -> None:
    before = standing(status)

    with pytest.raises(IllegalStep):
        advance(before, step, now=NOW)

    assert before == standing(status)


@pytest.mark.parametrize(("status", "step"), [pair for pair in PAIRS if pair in TRANSITIONS])
def test_the_epoch_grows_exactly_when_the_owner_changes(status: Status, step: Step) -> None:
    before = standing(status)

    after = advance(before, step, now=NOW, agent_id="agent_b" if status not in HELD else None)

    assert after.epoch - before.epoch == (1 if after.owner != before.owner else 0)


def test_an_offer_changes_no_owner() -> None:
    offered = advance(standing(Status.QUEUED), Step.OFFER, now=NOW)

    assert (offered.owner, offered.epoch) == ("queue", 7)


def test_wrapping_up_and_reopening_stay_with_the_same_agent() -> None:
    wrapping = advance(standing(Status.ACTIVE), Step.FINISH, now=NOW)

    reopened = advance(wrapping, Step.REOPEN, now=NOW)

    assert (reopened.owner, reopened.epoch) == ("agent:agent_a", 7)


def test_nobody_is_named_where_no_person_owns_it() -> None:
    assert advance(standing(Status.ACTIVE), Step.CLOSE, now=NOW).agent_id is None


def test_what_was_decided_under_an_older_epoch_is_refused() -> None:
    with pytest.raises(StaleEpoch):
        require_epoch(standing(Status.ACTIVE), 6)
