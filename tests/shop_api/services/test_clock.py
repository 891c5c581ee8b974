"""The shop's timers close what waited for its shopper in vain, once."""

from collections.abc import Callable
from typing import Any

import pytest

from shop_api.services.clock import close_overdue, forget_old
from shop_api.services.shop import Shop

CallerOf = Callable[..., Any]
MakeWish = Callable[..., dict[str, Any]]


@pytest.fixture
async def waiting_case(as_shopper: CallerOf, make_wish: MakeWish) -> dict[str, Any]:
    shopper = as_shopper("S001")
    case: dict[str, Any] = (
        await shopper.post("/v1/cases", make_wish(await shopper.order(), "return_refund", "size"))
    ).json()
    return case


async def read(as_shopper: CallerOf, case: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = (await as_shopper("S001").get(f"/v1/cases/{case['case_id']}")).json()
    return answer


async def test_nothing_is_closed_before_its_time(shop: Shop) -> None:
    assert await close_overdue(shop) == 0


async def test_goods_that_are_never_sent_back_close_the_case(
    shop: Shop, waiting_case: dict[str, Any], as_shopper: CallerOf, clock: Any
) -> None:
    clock.pass_(days=7, seconds=1)

    closed = await close_overdue(shop)
    again = await close_overdue(shop)

    assert closed >= 1
    assert again == 0
    case = await read(as_shopper, waiting_case)
    assert case["status"] == "timed_out"
    assert case["history"][-1]["author"] == "系统"


async def test_a_shop_that_is_late_never_closes_a_case(
    shop: Shop, waiting_case: dict[str, Any], as_shopper: CallerOf, clock: Any
) -> None:
    sent = {"step": "ship_back", "version": waiting_case["version"], "tracking_number": "SF1000000000001"}
    await as_shopper("S001").post(f"/v1/cases/{waiting_case['case_id']}/steps", sent)
    clock.pass_(days=60)

    await close_overdue(shop)

    assert (await read(as_shopper, waiting_case))["status"] == "wait_shop_receive"


async def test_an_old_key_is_forgotten_and_a_young_one_is_not(shop: Shop, as_shopper: CallerOf, clock: Any) -> None:
    complaint = {"kind": "complaint", "subject": "对服务不满意"}
    first = (await as_shopper("S001").post("/v1/tickets", complaint, key="k")).json()
    clock.pass_(days=29)
    await forget_old(shop)
    young = await as_shopper("S001").post("/v1/tickets", complaint, key="k")
    clock.pass_(days=2)
    await forget_old(shop)

    old = await as_shopper("S001").post("/v1/tickets", complaint, key="k")

    assert young.json() == first
    assert old.status_code == 201
