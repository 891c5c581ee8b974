"""Invoices over HTTP: asked for, changed, made by the timer, sent again."""

from collections.abc import Callable
from typing import Any

import pytest

from shop_api.services.invoices import issue_due
from shop_api.services.shop import Shop
from tests.shop_api.conftest import Clock

CallerOf = Callable[..., Any]
COMPANY = {"title": "青山科技有限公司", "tax_number": "91330100MA27XYZ123", "email": "a@example.com"}


@pytest.fixture
def shopper(as_shopper: CallerOf) -> Any:
    return as_shopper("S001")


async def ask(caller: Any, order: dict[str, Any], **what: Any) -> Any:
    return await caller.post(f"/v1/orders/{order['order_number']}/invoice", {"version": order["version"], **what})


async def resend(caller: Any, order: dict[str, Any], **what: Any) -> Any:
    path = f"/v1/orders/{order['order_number']}/invoice/resend"
    return await caller.post(path, {"version": order["version"], **what})


async def test_an_invoice_is_asked_for_with_the_day_it_will_be_there(shopper: Any) -> None:
    answer = await ask(shopper, await shopper.order(), **COMPANY)

    invoice = answer.json()["invoice"]
    assert (invoice["status"], invoice["title"], invoice["tax_number"]) == (
        "requested",
        COMPANY["title"],
        COMPANY["tax_number"],
    )
    assert invoice["due_at"] == "2026-11-25T02:00:00Z"  # three days, as the rule has it


async def test_the_timer_makes_it_and_sends_it(shopper: Any, shop: Shop, clock: Clock) -> None:
    await ask(shopper, await shopper.order(), **COMPANY)
    early = await issue_due(shop)
    clock.pass_(minutes=11)

    made = await issue_due(shop)

    invoice = (await shopper.order())["invoice"]
    assert (early, made) == (0, 1)
    assert (invoice["status"], invoice["issued_at"]) == ("issued", invoice["sent_at"])
    assert await issue_due(shop) == 0


async def test_an_issued_one_is_made_anew_with_the_right_title(shopper: Any, shop: Shop, clock: Clock) -> None:
    await ask(shopper, await shopper.order(), title="林小满")
    clock.pass_(minutes=11)
    await issue_due(shop)

    changed = (await ask(shopper, await shopper.order(), **COMPANY)).json()["invoice"]

    assert (changed["status"], changed["title"]) == ("requested", COMPANY["title"])


async def test_an_issued_one_is_sent_again_to_the_address_that_is_named(shopper: Any, shop: Shop, clock: Clock) -> None:
    await ask(shopper, await shopper.order(), title="林小满")
    clock.pass_(minutes=11)
    await issue_due(shop)

    nowhere = await resend(shopper, await shopper.order())
    sent = await resend(shopper, await shopper.order(), email="b@example.com")

    assert nowhere.json()["error"]["code"] == "invoice_refused"
    assert "邮箱" in nowhere.json()["error"]["message"]
    assert sent.json()["invoice"]["email"] == "b@example.com"
    assert sent.json()["invoice"]["sent_at"]


async def test_what_is_not_made_yet_cannot_be_sent_again(shopper: Any) -> None:
    await ask(shopper, await shopper.order(), **COMPANY)

    answer = await resend(shopper, await shopper.order())

    assert answer.json()["error"]["code"] == "invoice_refused"


async def test_an_unpaid_order_gets_none(as_shopper: CallerOf) -> None:
    shopper = as_shopper("S010")
    order = (await shopper.get("/v1/orders", status="pending_payment")).json()[0]

    answer = await ask(shopper, order, **COMPANY)

    assert answer.json()["error"]["code"] == "invoice_refused"


@pytest.mark.parametrize("wrong", [{"tax_number": "123"}, {"email": "nobody"}, {"title": ""}])
async def test_a_tax_number_or_address_that_is_none_is_refused(shopper: Any, wrong: dict[str, str]) -> None:
    answer = await ask(shopper, await shopper.order(), **COMPANY | wrong)

    assert answer.status_code == 422
