"""Orders: one's own, or proven, and nobody else's."""

from collections.abc import Callable
from typing import Any

CallerOf = Callable[..., Any]


async def test_a_shopper_sees_own_orders_newest_first(as_shopper: CallerOf) -> None:
    orders = (await as_shopper("S002").get("/v1/orders")).json()

    assert len(orders) == 3
    assert [order["placed_at"] for order in orders] == sorted((o["placed_at"] for o in orders), reverse=True)
    assert {order["status"] for order in orders} == {"shipped"}


async def test_orders_are_narrowed_by_status_and_limit(as_shopper: CallerOf) -> None:
    shopper = as_shopper("S010")

    paid = (await shopper.get("/v1/orders", status="paid")).json()
    one = (await shopper.get("/v1/orders", limit=1)).json()

    assert [order["status"] for order in paid] == ["paid"]
    assert len(one) == 1


async def test_money_adds_up_in_every_order(as_shopper: CallerOf) -> None:
    for shopper_id in ("S001", "S008", "B001", "B007", "B040"):
        for order in (await as_shopper(shopper_id).get("/v1/orders", limit=100)).json():
            cents = {
                name: round(float(order[name]) * 100)
                for name in ("goods_total", "coupon", "points_discount", "freight", "paid_total")
            }
            lines = sum(round(float(line["paid"]) * 100) for line in order["lines"])
            assert lines == cents["goods_total"] - cents["coupon"] - cents["points_discount"]
            assert lines + cents["freight"] == cents["paid_total"]


async def test_people_are_masked(as_shopper: CallerOf) -> None:
    shopper = as_shopper("S001")

    profile, order = (await shopper.get("/v1/shopper")).json(), await shopper.order()

    assert profile == {"shopper_id": "S001", "name": "林**", "phone": "138****5678", "level": "gold", "points": 2680}
    assert order["receiver"] == {"name": "林**", "phone": "138****5678", "region": "浙江省杭州市西湖区"}


async def test_another_shoppers_order_looks_like_none_at_all(as_shopper: CallerOf) -> None:
    order = await as_shopper("S001").order()

    theirs = await as_shopper("S002").get(f"/v1/orders/{order['order_number']}")
    none = await as_shopper("S002").get("/v1/orders/880000000000000000")

    assert theirs.status_code == none.status_code == 404
    assert theirs.json() == none.json()
    assert theirs.json()["error"]["code"] == "order_not_found"


async def test_the_same_shopper_id_in_another_shop_is_somebody_else(as_shopper: CallerOf) -> None:
    order = await as_shopper("S001").order()
    stranger = as_shopper("S001", shop_id="other")

    assert (await stranger.get("/v1/orders")).json() == []
    assert (await stranger.get(f"/v1/orders/{order['order_number']}")).status_code == 404
    assert (await stranger.get("/v1/shopper")).status_code == 404


async def test_an_anonymous_visitor_has_no_profile_and_no_orders(as_shopper: CallerOf) -> None:
    visitor = as_shopper(None)

    assert (await visitor.get("/v1/shopper")).json()["error"]["code"] == "sign_in_needed"
    assert (await visitor.get("/v1/orders")).json() == []


async def test_a_proven_order_is_open_to_its_conversation_for_two_hours(as_shopper: CallerOf, clock: Any) -> None:
    number = (await as_shopper("S001").order())["order_number"]
    visitor, elsewhere = as_shopper(None), as_shopper(None, conversation_id="c_2")

    proven = await visitor.post("/v1/orders/lookup", {"order_number": number, "phone_last4": "5678"})

    assert proven.json()["order_number"] == number
    assert (await visitor.get(f"/v1/orders/{number}")).status_code == 200
    assert [order["order_number"] for order in (await visitor.get("/v1/orders")).json()] == [number]
    assert (await elsewhere.get(f"/v1/orders/{number}")).status_code == 404
    clock.pass_(hours=2, seconds=1)
    assert (await visitor.get(f"/v1/orders/{number}")).status_code == 404


async def test_wrong_digits_look_like_an_unknown_order(as_shopper: CallerOf) -> None:
    number = (await as_shopper("S001").order())["order_number"]

    wrong = await as_shopper(None).post("/v1/orders/lookup", {"order_number": number, "phone_last4": "0000"})
    unknown = await as_shopper(None).post("/v1/orders/lookup", {"order_number": "88", "phone_last4": "0000"})

    assert wrong.status_code == unknown.status_code == 404
    assert wrong.json() == unknown.json()


async def test_five_failures_close_the_way_for_a_quarter_of_an_hour(as_shopper: CallerOf, clock: Any) -> None:
    number = (await as_shopper("S001").order())["order_number"]
    visitor = as_shopper(None)
    right = {"order_number": number, "phone_last4": "5678"}
    for _ in range(5):
        await visitor.post("/v1/orders/lookup", right | {"phone_last4": "0000"})

    assert (await visitor.post("/v1/orders/lookup", right)).status_code == 429
    clock.pass_(minutes=16)
    assert (await visitor.post("/v1/orders/lookup", right)).status_code == 200


async def test_digits_cannot_be_tried_out_from_many_conversations(as_shopper: CallerOf) -> None:
    number = (await as_shopper("S001").order())["order_number"]
    for window in range(20):
        visitor = as_shopper(None, conversation_id=f"c_{window}")
        await visitor.post("/v1/orders/lookup", {"order_number": number, "phone_last4": "0000"})

    fresh = as_shopper(None, conversation_id="c_fresh")
    answer = await fresh.post("/v1/orders/lookup", {"order_number": number, "phone_last4": "5678"})

    assert answer.json()["error"]["code"] == "too_many_attempts"


async def test_urging_makes_one_ticket_however_often_it_is_done(as_shopper: CallerOf) -> None:
    shopper = as_shopper("S005")
    path = f"/v1/orders/{(await shopper.order())['order_number']}/urge-shipping"

    first, again, with_key = await shopper.post(path), await shopper.post(path), await shopper.post(path, key="k")

    assert first.json()["owner"] == "仓储主管 周航"
    assert first.json()["deadline_at"] == "2026-11-22T14:00:00Z"
    assert first.json() == again.json() == with_key.json()


async def test_what_is_shipped_needs_no_urging(as_shopper: CallerOf) -> None:
    shopper = as_shopper("S002")

    answer = await shopper.post(f"/v1/orders/{(await shopper.order())['order_number']}/urge-shipping")

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "not_waiting_for_shipping"


async def test_digits_of_another_script_are_refused_and_not_a_failure_of_ours(as_shopper: CallerOf) -> None:
    number = (await as_shopper("S001").order())["order_number"]

    answer = await as_shopper(None).post("/v1/orders/lookup", {"order_number": number, "phone_last4": "５６７８"})

    assert answer.status_code in (404, 422)
