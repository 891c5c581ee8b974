"""Cancelling an order and changing it before it leaves, over HTTP."""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

CallerOf = Callable[..., Any]
MakeWish = Callable[..., dict[str, Any]]


@pytest.fixture
def shopper(as_shopper: CallerOf) -> Any:
    """S010 has an order that is not paid, one that waits for shipping and a cancelled one."""
    return as_shopper("S010")


async def order_in(caller: Any, status: str) -> dict[str, Any]:
    orders: list[dict[str, Any]] = (await caller.get("/v1/orders", status=status)).json()
    return orders[0]


async def cancel(caller: Any, order: dict[str, Any], **more: Any) -> Any:
    body = {"version": order["version"]}
    return await caller.post(f"/v1/orders/{order['order_number']}/cancel", body, **more)


async def change(caller: Any, order: dict[str, Any], **what: Any) -> Any:
    return await caller.post(f"/v1/orders/{order['order_number']}/changes", {"version": order["version"], **what})


# --- cancelling ----------------------------------------------------------------------------------------------------
async def test_an_unpaid_order_is_over_at_once_and_nothing_is_paid_back(shopper: Any) -> None:
    answer = (await cancel(shopper, await order_in(shopper, "pending_payment"))).json()

    assert answer["order"]["status"] == "cancelled"
    assert answer["order"]["cancelled_at"]
    assert answer["cases"] == []


async def test_a_paid_order_is_over_at_once_and_all_of_its_money_goes_back(shopper: Any) -> None:
    order = await order_in(shopper, "paid")

    answer = (await cancel(shopper, order)).json()

    assert answer["order"]["status"] == "cancelled"
    assert [case["status"] for case in answer["cases"]] == ["refunding"]
    assert answer["cases"][0]["refund_amount"] == order["paid_total"]  # freight included: nothing was carried


async def test_every_line_of_a_cancelled_order_is_paid_back_to_the_cent(as_shopper: CallerOf) -> None:
    found = None
    for number in range(1, 49):
        caller = as_shopper(f"B{number:03d}")
        paid = (await caller.get("/v1/orders", status="paid")).json()
        found = next(((caller, o) for o in paid if len(o["lines"]) > 1 and not _has_custom(o)), found)
    assert found
    caller, order = found

    answer = (await cancel(caller, order)).json()

    assert len(answer["cases"]) == len(order["lines"])
    assert sum(float(case["refund_amount"]) for case in answer["cases"]) == pytest.approx(float(order["paid_total"]))


def _has_custom(order: dict[str, Any]) -> bool:
    return any(line["category"] == "custom" for line in order["lines"])


async def test_a_parcel_under_way_is_called_back_and_the_order_stands_until_it_is_there(as_shopper: CallerOf) -> None:
    shopper = as_shopper("S002")
    order = await order_in(shopper, "shipped")

    answer = (await cancel(shopper, order)).json()

    case = answer["cases"][0]
    assert answer["order"]["status"] == "shipped"
    assert (case["type"], case["status"], case["waiting_for"]) == ("intercept", "applied", "shop")
    assert case["refund_amount"] is None  # no promise before the carrier has answered
    assert "拦截" in case["next_step"]


async def test_a_parcel_that_came_back_is_paid_back(as_shopper: CallerOf) -> None:
    shopper, agent = as_shopper("S002"), as_shopper("S002", role="agent")
    order = await order_in(shopper, "shipped")
    case = (await cancel(shopper, order)).json()["cases"][0]

    seen = []
    for step in ("approve", "receive", "pass_inspection", "refund"):
        body = {"step": step, "version": case["version"]}
        case = (await agent.post(f"/v1/cases/{case['case_id']}/steps", body)).json()
        seen.append(case["status"])

    assert seen == ["wait_shop_receive", "inspecting", "refunding", "done"]
    assert 0 < float(case["refund_amount"]) <= float(order["paid_total"])


async def test_signed_goods_cannot_be_cancelled_and_the_way_out_is_named(as_shopper: CallerOf) -> None:
    shopper = as_shopper("S001")

    answer = await cancel(shopper, await shopper.order())

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "not_cancellable"
    assert "退货" in answer.json()["error"]["message"]


async def test_cancelling_twice_with_one_key_cancels_once(shopper: Any) -> None:
    order = await order_in(shopper, "paid")

    first, second = await asyncio.gather(cancel(shopper, order, key="k1"), cancel(shopper, order, key="k1"))

    assert first.status_code == second.status_code == 200
    assert first.json()["cases"] == second.json()["cases"]
    assert len(first.json()["cases"]) == 1


async def test_an_order_that_changed_under_the_shopper_is_not_cancelled(shopper: Any) -> None:
    order = await order_in(shopper, "paid")
    await change(shopper, order, note="放门口")

    answer = await cancel(shopper, order)

    assert answer.json()["error"]["code"] == "version_conflict"
    assert (await order_in(shopper, "paid"))["status"] == "paid"


async def test_a_strangers_order_cannot_be_cancelled(shopper: Any, as_shopper: CallerOf) -> None:
    answer = await cancel(as_shopper("S001"), await order_in(shopper, "paid"))

    assert answer.json()["error"]["code"] == "order_not_found"


# --- changing ------------------------------------------------------------------------------------------------------
async def test_receiver_and_note_change_while_the_goods_have_not_left(shopper: Any) -> None:
    order = await order_in(shopper, "paid")
    new = {"name": "罗红", "phone": "13900001111", "region": "河南省郑州市中原区", "street": "桐柏路1号"}

    changed = (await change(shopper, order, receiver=new, note="请放门口")).json()

    assert changed["receiver"] == {"name": "罗**", "phone": "139****1111", "region": "河南省郑州市中原区"}
    assert changed["note"] == "请放门口"
    assert changed["version"] == order["version"] + 1


async def test_what_is_not_named_stays(shopper: Any) -> None:
    order = await order_in(shopper, "paid")

    changed = (await change(shopper, order, receiver={"phone": "13900001111"})).json()

    assert changed["receiver"] == order["receiver"] | {"phone": "139****1111"}


@pytest.mark.parametrize("phone", ["123", "238000011112", "1380000111a"])
async def test_a_phone_that_is_none_is_refused(shopper: Any, phone: str) -> None:
    answer = await change(shopper, await order_in(shopper, "paid"), receiver={"phone": phone})

    assert answer.status_code == 422


async def test_a_line_takes_another_option_that_is_in_stock(shopper: Any) -> None:
    order = await order_in(shopper, "paid")
    options = (await shopper.get(f"/v1/orders/{order['order_number']}/lines/L1/options")).json()
    wanted = next(option for option in options if option["in_stock"])

    changed = (await change(shopper, order, line={"line_id": "L1", "sku_id": wanted["sku_id"]})).json()

    assert changed["lines"][0]["options"] == wanted["options"]
    assert changed["lines"][0]["paid"] == order["lines"][0]["paid"]
    assert changed["version"] == order["version"] + 1


async def test_the_option_one_has_is_not_offered_and_a_sold_out_one_is_marked(shopper: Any) -> None:
    order = await order_in(shopper, "paid")

    options = (await shopper.get(f"/v1/orders/{order['order_number']}/lines/L1/options")).json()

    assert order["lines"][0]["sku_id"] not in {option["sku_id"] for option in options}
    assert [option["options"] for option in options if not option["in_stock"]] == [{"颜色": "浅粉", "尺码": "66"}]


@pytest.mark.parametrize("sku_id", ["P17-05", "P01-01", "nothing"])
async def test_what_is_sold_out_or_of_another_product_is_refused(shopper: Any, sku_id: str) -> None:
    answer = await change(shopper, await order_in(shopper, "paid"), line={"line_id": "L1", "sku_id": sku_id})

    assert answer.json()["error"]["code"] == "option_not_there"


async def test_nothing_changes_where_one_part_cannot(shopper: Any) -> None:
    order = await order_in(shopper, "paid")

    await change(shopper, order, note="放门口", line={"line_id": "L1", "sku_id": "nothing"})

    assert await order_in(shopper, "paid") == order


async def test_goods_that_left_or_are_being_paid_back_are_not_redirected(
    shopper: Any, as_shopper: CallerOf, make_wish: MakeWish
) -> None:
    shipped = await order_in(as_shopper("S002"), "shipped")
    paid = await order_in(shopper, "paid")
    await shopper.post("/v1/cases", make_wish(paid, "refund_only", "no_reason"))

    too_late = await change(as_shopper("S002"), shipped, note="放门口")
    refunding = await change(shopper, paid, note="放门口")

    assert too_late.json()["error"]["code"] == refunding.json()["error"]["code"] == "change_too_late"


# --- another number of pieces, and a cancellation taken back --------------------------------------------------------
async def test_more_pieces_of_an_unpaid_order_cost_what_they_cost(shopper: Any) -> None:
    order = await order_in(shopper, "pending_payment")
    line = order["lines"][0]

    changed = (await change(shopper, order, line={"line_id": line["line_id"], "quantity": 3})).json()

    assert changed["lines"][0]["quantity"] == 3
    assert Decimal(changed["paid_total"]) == Decimal(order["paid_total"]) + 2 * Decimal(line["unit_price"])
    assert sum(Decimal(each["paid"]) for each in changed["lines"]) + Decimal(changed["freight"]) == Decimal(
        changed["paid_total"]
    )
    assert changed["version"] == order["version"] + 1


async def test_more_pieces_than_there_are_in_stock_are_refused(shopper: Any) -> None:
    order = await order_in(shopper, "pending_payment")

    answer = await change(shopper, order, line={"line_id": "L1", "quantity": 999})

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "option_not_there")
    assert await order_in(shopper, "pending_payment") == order


async def test_what_is_paid_keeps_its_number_and_the_way_out_is_named(shopper: Any) -> None:
    answer = await change(shopper, await order_in(shopper, "paid"), line={"line_id": "L1", "quantity": 2})

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "quantity_refused")
    assert "再下一单" in answer.json()["error"]["message"]


async def test_an_unpaid_order_that_was_cancelled_comes_back(shopper: Any) -> None:
    order = await order_in(shopper, "pending_payment")
    cancelled = (await cancel(shopper, order)).json()["order"]

    restored = (await restore(shopper, cancelled)).json()

    assert restored["status"] == "pending_payment"
    assert restored["cancelled_at"] is None
    assert restored["paid_total"] == order["paid_total"]


async def test_what_is_being_paid_back_or_was_never_cancelled_is_not_restored(shopper: Any) -> None:
    paid_back = (await cancel(shopper, await order_in(shopper, "paid"))).json()["order"]

    for order, words in ((paid_back, "已经在退"), (await order_in(shopper, "pending_payment"), "没有取消")):
        answer = await restore(shopper, order)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_restorable")
        assert words in answer.json()["error"]["message"]


async def restore(caller: Any, order: dict[str, Any]) -> Any:
    return await caller.post(f"/v1/orders/{order['order_number']}/restore", {"version": order["version"]})
