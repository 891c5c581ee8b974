"""What the shop lets lie goes to somebody higher, once, and the shopper hears of it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from contracts.notices import Notice
from shop_api.app import create_app
from shop_api.record.tables import OutboxRow
from shop_api.services.escalation import escalate_late
from shop_api.services.shop import Shop
from tests.shop_api.conftest import Clock

CallerOf = Callable[..., Any]
MakeWish = Callable[..., dict[str, Any]]


@pytest.fixture
async def waiting_case(as_shopper: CallerOf, make_wish: MakeWish) -> dict[str, Any]:
    """A case that a person of the shop must look at within 48 hours."""
    shopper = as_shopper("S001")
    wish = make_wish(await shopper.order(), "return_refund", "other", description="说不清")
    case: dict[str, Any] = (await shopper.post("/v1/cases", wish)).json()
    return case


async def read(as_shopper: CallerOf, case: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = (await as_shopper("S001").get(f"/v1/cases/{case['case_id']}")).json()
    return answer


async def notices(shop: Shop, about: str) -> list[Notice]:
    async with shop.database.reading() as session:
        rows = (await session.scalars(select(OutboxRow).order_by(OutboxRow.created_at))).all()
    told = [Notice.model_validate_json(row.body) for row in rows]
    return [n for n in told if about in (n.case.case_id if n.case else n.ticket.ticket_id if n.ticket else "")]


async def test_nothing_is_given_on_before_its_time(
    shop: Shop, waiting_case: dict[str, Any], as_shopper: CallerOf, clock: Clock
) -> None:
    clock.pass_(hours=47)

    await escalate_late(shop)

    assert await read(as_shopper, waiting_case) == waiting_case | {"next_step": waiting_case["next_step"]}


async def test_a_case_the_shop_let_lie_is_given_on_once_and_told_once(
    shop: Shop, waiting_case: dict[str, Any], as_shopper: CallerOf, clock: Clock
) -> None:
    clock.pass_(hours=48, seconds=1)

    await escalate_late(shop)
    await escalate_late(shop)
    clock.pass_(hours=25)
    await escalate_late(shop)

    case = await read(as_shopper, waiting_case)
    assert [event["step"] for event in case["history"]] == ["apply", "escalate"]
    assert case["status"] == "applied"  # the delay decides nothing against the shopper
    assert case["deadline_at"] == "2026-11-25T02:00:01Z"
    told = await notices(shop, case["case_id"])
    assert len(told) == 1
    assert "售后主管" in told[0].text
    assert "11月25日 10:00 前" in told[0].text


async def test_a_deadline_outlives_a_restart(
    shop: Shop, waiting_case: dict[str, Any], as_shopper: CallerOf, clock: Clock
) -> None:
    restarted: Shop = create_app(shop.settings, now=clock).state.shop
    clock.pass_(hours=49)

    await escalate_late(restarted)
    await restarted.database.close()

    assert (await read(as_shopper, waiting_case))["history"][-1]["step"] == "escalate"


async def test_what_waits_for_the_shopper_is_not_given_on(
    shop: Shop, as_shopper: CallerOf, make_wish: MakeWish, clock: Clock
) -> None:
    shopper = as_shopper("S001")
    case = (await shopper.post("/v1/cases", make_wish(await shopper.order(), "return_refund", "size"))).json()
    clock.pass_(days=6)

    await escalate_late(shop)

    assert "escalate" not in {event["step"] for event in (await read(as_shopper, case))["history"]}


async def test_nobody_escalates_by_hand(waiting_case: dict[str, Any], as_shopper: CallerOf) -> None:
    path = f"/v1/cases/{waiting_case['case_id']}/steps"
    body = {"step": "escalate", "version": waiting_case["version"]}

    for role in ("shopper", "agent"):
        answer = await as_shopper("S001", role=role).post(path, body)
        assert answer.json()["error"]["code"] == "step_not_yours"


async def test_a_ticket_climbs_two_rungs_and_no_more(shop: Shop, as_shopper: CallerOf, clock: Clock) -> None:
    shopper = as_shopper("S005")
    order = await shopper.order()
    ticket = (await shopper.post(f"/v1/orders/{order['order_number']}/urge-shipping")).json()

    owners = []
    for _ in range(3):
        clock.pass_(hours=25)
        await escalate_late(shop)
        owners.append((await shopper.get(f"/v1/tickets/{ticket['ticket_id']}")).json()["owner"])

    assert owners == ["售后主管 林晓", "店长 顾言", "店长 顾言"]
    assert len(await notices(shop, ticket["ticket_id"])) == 2


async def test_nothing_of_the_demo_is_late_when_it_begins(shop: Shop) -> None:
    assert await escalate_late(shop) == 0
