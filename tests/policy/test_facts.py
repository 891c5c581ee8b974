"""Questions that make no sense are errors, not verdicts."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from contracts.shop import CaseReason, Order
from policy import QuantityNotOrdered, ReturnFacts, UnknownOrderLine

NOW = datetime(2026, 11, 22, tzinfo=UTC)
MakeOrder = Callable[..., Order]


def test_an_unknown_line_is_an_error(make_order: MakeOrder) -> None:
    with pytest.raises(UnknownOrderLine):
        ReturnFacts(order=make_order(), line_id="L9", reason=CaseReason.SIZE, now=NOW)


@pytest.mark.parametrize(("quantity", "before"), [(0, 0), (-1, 0), (3, 0), (1, 2)])
def test_more_pieces_than_are_left_are_an_error(make_order: MakeOrder, quantity: int, before: int) -> None:
    order = make_order(line={"quantity": 2})

    with pytest.raises(QuantityNotOrdered):
        ReturnFacts(
            order=order, line_id="L1", reason=CaseReason.SIZE, quantity=quantity, quantity_before=before, now=NOW
        )


def test_a_naive_now_is_refused(make_order: MakeOrder) -> None:
    with pytest.raises(ValueError, match="aware"):
        ReturnFacts(order=make_order(), line_id="L1", reason=CaseReason.SIZE, now=datetime(2026, 11, 22))  # noqa: DTZ001
