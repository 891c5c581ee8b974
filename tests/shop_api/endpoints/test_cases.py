"""Cases over HTTP: opened on the shop's own verdict, moved by the side whose step it is."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

CallerOf = Callable[..., Any]
MakeWish = Callable[..., dict[str, Any]]


@pytest.fixture
def shopper(as_shopper: CallerOf) -> Any:
    return as_shopper("S001")


@pytest.fixture
def agent(as_shopper: CallerOf) -> Any:
    return as_shopper("S001", role="agent")


async def step(caller: Any, case: dict[str, Any], name: str, **more: Any) -> httpx.Response:
    body = {"step": name, "version": case["version"], **more}
    answer: httpx.Response = await caller.post(f"/v1/cases/{case['case_id']}/steps", body)
    return answer


async def test_an_allowed_return_is_approved_at_once(shopper: Any, make_wish: MakeWish) -> None:
    answer = await shopper.post("/v1/cases", make_wish(await shopper.order(), "return_refund", "size"))

    case = answer.json()
    assert answer.status_code == 201
    assert case["status"] == "wait_shopper_ship"
    assert case["waiting_for"] == "shopper"
    assert "义乌" in case["return_address"]
    assert case["deadline_at"] == "2026-11-29T02:00:00Z"
    assert case["refund_amount"] == "279.00"
    assert case["freight_payer"] == "shopper"
    assert case["verdict"]["rule_id"] == "seven_day_return"
    assert "11月29日" in case["next_step"]
    assert [event["status"] for event in case["history"]] == ["applied", "wait_shopper_ship"]


async def test_a_refused_wish_is_answered_with_the_rules_own_words(as_shopper: CallerOf, make_wish: MakeWish) -> None:
    shopper = as_shopper("S006")
    wish = make_wish(await shopper.order(), "return_refund", "no_reason")

    answer = await shopper.post("/v1/cases", wish)

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "case_refused"
    assert "7天无理由退货的最后一天是11月19日" in answer.json()["error"]["message"]
    assert (await shopper.get("/v1/cases", order_number=wish["order_number"])).json() == []


async def test_the_callers_verdict_is_not_believed(as_shopper: CallerOf, make_wish: MakeWish) -> None:
    shopper = as_shopper("S006")
    claimed = {
        "decision": "allowed",
        "rule_id": "seven_day_return",
        "rule_version": "1.1",
        "source": "…",
        "explanation": "…",
    }

    answer = await shopper.post(
        "/v1/cases", make_wish(await shopper.order(), "return_refund", "no_reason", verdict=claimed)
    )

    assert answer.json()["error"]["code"] == "case_refused"


async def test_what_needs_a_person_waits_for_review_without_an_amount(shopper: Any, make_wish: MakeWish) -> None:
    case = (await shopper.post("/v1/cases", make_wish(await shopper.order(), "refund_only", "damaged"))).json()

    assert case["status"] == "applied"
    assert case["waiting_for"] == "shop"
    assert case["refund_amount"] is None
    assert case["deadline_at"] == "2026-11-24T02:00:00Z"


async def test_approval_after_review_brings_the_exact_amount(shopper: Any, agent: Any, make_wish: MakeWish) -> None:
    case = (await shopper.post("/v1/cases", make_wish(await shopper.order(), "refund_only", "damaged"))).json()

    approved = (await step(agent, case, "approve")).json()

    assert approved["status"] == "refunding"
    assert approved["refund_amount"] == "289.00"


async def test_a_resend_is_never_approved_by_itself(shopper: Any, make_wish: MakeWish) -> None:
    case = (await shopper.post("/v1/cases", make_wish(await shopper.order(), "resend", "missing_item"))).json()

    assert case["status"] == "applied"


async def test_a_phone_under_warranty_is_taken_for_repair(as_shopper: CallerOf, make_wish: MakeWish) -> None:
    shopper = as_shopper("S003")

    case = (
        await shopper.post("/v1/cases", make_wish(await shopper.order(), "repair", "quality", description="开不了机"))
    ).json()

    assert case["status"] == "wait_shopper_ship"
    assert case["freight_payer"] == "shop"
    assert case["refund_amount"] is None


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"line_id": "L9"}, 422, "case_invalid"),
        ({"quantity": 2}, 422, "case_invalid"),
        ({"quantity": 0}, 422, "invalid_request"),
        ({"order_number": "880000000000000000"}, 404, "order_not_found"),
        ({"surprise": 1}, 422, "invalid_request"),
        ({"description": "长" * 2001}, 422, "invalid_request"),
    ],
)
async def test_a_senseless_wish_is_refused(
    shopper: Any, make_wish: MakeWish, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = await shopper.post("/v1/cases", make_wish(await shopper.order(), "return_refund", "size") | changes)

    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code


async def test_the_same_key_opens_one_case_and_another_body_is_refused(shopper: Any, make_wish: MakeWish) -> None:
    wish = make_wish(await shopper.order(), "return_refund", "size")

    first = await shopper.post("/v1/cases", wish, key="k1")
    again = await shopper.post("/v1/cases", wish, key="k1")
    other = await shopper.post("/v1/cases", wish | {"reason": "quality"}, key="k1")

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 422)
    assert again.json() == first.json()
    assert other.json()["error"]["code"] == "idempotency_mismatch"
    assert len((await shopper.get("/v1/cases")).json()) == 1


async def test_two_calls_at_once_with_one_key_open_one_case(shopper: Any, make_wish: MakeWish) -> None:
    wish = make_wish(await shopper.order(), "return_refund", "size")

    answers = await asyncio.gather(*(shopper.post("/v1/cases", wish, key="k1") for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert len({answer.json()["case_id"] for answer in answers}) == 1


async def test_a_key_belongs_to_its_shopper(as_shopper: CallerOf, make_wish: MakeWish) -> None:
    one, other = as_shopper("S001"), as_shopper("S008")

    first = await one.post("/v1/cases", make_wish(await one.order(), "return_refund", "size"), key="same")
    second = await other.post("/v1/cases", make_wish(await other.order(), "return_refund", "size"), key="same")

    assert (first.status_code, second.status_code) == (201, 201)


async def test_a_refused_wish_does_not_use_up_its_key(as_shopper: CallerOf, make_wish: MakeWish) -> None:
    shopper = as_shopper("S006")
    order = await shopper.order()

    refused = await shopper.post("/v1/cases", make_wish(order, "return_refund", "no_reason"), key="k")
    corrected = await shopper.post("/v1/cases", make_wish(order, "exchange", "quality"), key="k")

    assert refused.status_code == 422
    assert corrected.status_code == 201


async def test_a_write_without_a_key_is_refused(http: httpx.AsyncClient, shopper: Any, make_wish: MakeWish) -> None:
    headers = {"Authorization": "Bearer service-token", "X-Turn-Token": shopper.token}

    answer = await http.post(
        "/v1/cases", json=make_wish(await shopper.order(), "return_refund", "size"), headers=headers
    )

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "idempotency_key_needed"


async def test_a_line_has_one_open_case_at_a_time(shopper: Any, make_wish: MakeWish) -> None:
    order = await shopper.order()
    case = (await shopper.post("/v1/cases", make_wish(order, "return_refund", "size"))).json()

    second = await shopper.post("/v1/cases", make_wish(order, "exchange", "size"))
    await step(shopper, case, "withdraw")
    third = await shopper.post("/v1/cases", make_wish(order, "exchange", "size"))

    assert second.json()["error"]["code"] == "case_exists"
    assert third.status_code == 201


async def test_nobody_else_sees_or_moves_a_case(shopper: Any, as_shopper: CallerOf, make_wish: MakeWish) -> None:
    order = await shopper.order()
    case = (await shopper.post("/v1/cases", make_wish(order, "return_refund", "size"))).json()
    for stranger in (as_shopper("S002"), as_shopper("S002", role="agent"), as_shopper(None, conversation_id="c_9")):
        answers = [
            await stranger.get(f"/v1/cases/{case['case_id']}"),
            await stranger.get("/v1/cases", order_number=order["order_number"]),
            await stranger.post("/v1/cases", make_wish(order, "repair", "quality")),
            await step(stranger, case, "withdraw"),
        ]

        assert [answer.status_code for answer in answers] == [404, 404, 404, 404]


async def test_an_anonymous_visitor_acts_on_a_proven_order(as_shopper: CallerOf, make_wish: MakeWish) -> None:
    order = await as_shopper("S001").order()
    visitor = as_shopper(None)
    await visitor.post("/v1/orders/lookup", {"order_number": order["order_number"], "phone_last4": "5678"})

    case = (await visitor.post("/v1/cases", make_wish(order, "return_refund", "size"))).json()

    assert (await visitor.get("/v1/cases", order_number=order["order_number"])).json() == [case]
    assert (await as_shopper("S001").get("/v1/cases")).json() == [case]


async def test_a_return_goes_all_the_way(shopper: Any, agent: Any, make_wish: MakeWish) -> None:
    case = (await shopper.post("/v1/cases", make_wish(await shopper.order(), "return_refund", "size"))).json()
    parcel = {"carrier": "顺丰速运", "tracking_number": "SF1000000000001"}

    for who, name, status, more in [
        (shopper, "ship_back", "wait_shop_receive", parcel),
        (agent, "receive", "inspecting", {}),
        (agent, "pass_inspection", "refunding", {}),
        (agent, "refund", "done", {"note": "已退款"}),
    ]:
        case = (await step(who, case, name, **more)).json()
        assert case["status"] == status

    assert case["return_tracking_number"] == "SF1000000000001"
    assert case["deadline_at"] is None
    assert case["waiting_for"] == ""
    assert [event["author"] for event in case["history"]] == [
        "顾客",
        "系统",
        "顾客",
        "商家客服",
        "商家客服",
        "商家客服",
    ]


async def test_an_unshipped_order_ends_with_its_refund(as_shopper: CallerOf, make_wish: MakeWish) -> None:
    shopper, agent = as_shopper("S005"), as_shopper("S005", role="agent")
    order = await shopper.order()
    case = (await shopper.post("/v1/cases", make_wish(order, "refund_only", "late"))).json()

    await step(agent, case, "refund")

    assert case["status"] == "refunding"
    assert case["refund_amount"] == order["paid_total"]
    assert (await shopper.order())["status"] == "cancelled"


async def test_an_old_version_is_refused(shopper: Any, make_wish: MakeWish) -> None:
    case = (await shopper.post("/v1/cases", make_wish(await shopper.order(), "return_refund", "size"))).json()
    await step(shopper, case, "ship_back", tracking_number="SF1000000000001")

    answer = await step(shopper, case, "withdraw")

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "version_conflict"


async def test_of_two_steps_at_once_one_wins(shopper: Any, make_wish: MakeWish) -> None:
    case = (await shopper.post("/v1/cases", make_wish(await shopper.order(), "return_refund", "size"))).json()

    answers = await asyncio.gather(
        step(shopper, case, "withdraw"), step(shopper, case, "ship_back", tracking_number="SF1000000000001")
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_repeated_step_is_taken_once(shopper: Any, make_wish: MakeWish) -> None:
    case = (await shopper.post("/v1/cases", make_wish(await shopper.order(), "return_refund", "size"))).json()
    path, body = f"/v1/cases/{case['case_id']}/steps", {"step": "withdraw", "version": case["version"]}

    first, again = await shopper.post(path, body, key="w"), await shopper.post(path, body, key="w")

    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()


async def test_each_side_takes_its_own_steps_only(shopper: Any, agent: Any, make_wish: MakeWish) -> None:
    case = (await shopper.post("/v1/cases", make_wish(await shopper.order(), "return_refund", "size"))).json()

    by_shopper = await step(shopper, case, "refund")
    by_agent = await step(agent, case, "ship_back", tracking_number="SF1000000000001")
    by_time = await step(agent, case, "time_out")

    assert [each.status_code for each in (by_shopper, by_agent, by_time)] == [403, 403, 403]
    assert by_shopper.json()["error"]["code"] == "step_not_yours"


async def test_an_illegal_step_changes_nothing(shopper: Any, agent: Any, make_wish: MakeWish) -> None:
    case = (await shopper.post("/v1/cases", make_wish(await shopper.order(), "return_refund", "size"))).json()

    answer = await step(agent, case, "refund")

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "illegal_step"
    assert (await shopper.get(f"/v1/cases/{case['case_id']}")).json() == case


async def test_sending_back_needs_a_tracking_number(shopper: Any, make_wish: MakeWish) -> None:
    case = (await shopper.post("/v1/cases", make_wish(await shopper.order(), "return_refund", "size"))).json()

    answer = await step(shopper, case, "ship_back", tracking_number="  ")

    assert answer.status_code == 422
    assert "快递单号" in answer.json()["error"]["message"]


async def test_a_rejected_case_is_revised_and_comes_back(as_shopper: CallerOf) -> None:
    shopper = as_shopper("S009")
    rejected = next(case for case in (await shopper.get("/v1/cases")).json() if case["status"] == "rejected")

    revised = (await step(shopper, rejected, "revise", note="补充：左上角磕掉一块漆")).json()

    assert revised["status"] == "applied"
    assert revised["description"] == "补充：左上角磕掉一块漆"


async def test_pieces_are_returned_one_after_another_up_to_the_price_of_the_line(
    as_shopper: CallerOf, make_wish: MakeWish
) -> None:
    shopper, agent = as_shopper("S008"), as_shopper("S008", role="agent")
    order = await shopper.order_of("T恤")
    refunded = []
    for _ in range(3):
        case = (await shopper.post("/v1/cases", make_wish(order, "return_refund", "size"))).json()
        refunded.append(case["refund_amount"])
        case = (await step(shopper, case, "ship_back", tracking_number="SF1000000000001")).json()
        for name in ("receive", "pass_inspection", "refund"):
            case = (await step(agent, case, name)).json()

    fourth = await shopper.post("/v1/cases", make_wish(order, "return_refund", "size"))

    assert round(sum(float(amount) for amount in refunded), 2) == float(order["lines"][0]["paid"]) == 222.0
    assert fourth.json()["error"]["code"] == "case_invalid"


async def test_an_exchange_remembers_what_to_send_instead(shopper: Any, make_wish: MakeWish) -> None:
    wish = make_wish(await shopper.order(), "exchange", "size", wanted_options={"尺码": "41"}, description="大了")

    case = (await shopper.post("/v1/cases", wish)).json()

    assert case["history"][0]["note"] == "大了（想换成：尺码 41）"


async def test_a_rejected_case_does_not_stand_in_the_way_but_never_comes_back_beside_another(
    as_shopper: CallerOf, make_wish: MakeWish
) -> None:
    shopper = as_shopper("S009")
    rejected = next(case for case in (await shopper.get("/v1/cases")).json() if case["status"] == "rejected")
    wish = {"order_number": rejected["order_number"]}

    another = await shopper.post("/v1/cases", make_wish(wish, "exchange", "damaged"))
    revised = await step(shopper, rejected, "revise")

    assert another.status_code == 201
    assert revised.json()["error"]["code"] == "case_exists"


async def test_an_anonymous_visitor_sees_the_cases_of_proven_orders(as_shopper: CallerOf, make_wish: MakeWish) -> None:
    shopper, visitor = as_shopper("S001"), as_shopper(None)
    order = await shopper.order()
    case = (await shopper.post("/v1/cases", make_wish(order, "return_refund", "size"))).json()

    before = (await visitor.get("/v1/cases")).json()
    await visitor.post("/v1/orders/lookup", {"order_number": order["order_number"], "phone_last4": "5678"})

    assert before == []
    assert (await visitor.get("/v1/cases")).json() == [case]


async def test_an_unshipped_order_of_two_lines_ends_with_the_second_refund_and_its_freight(
    as_shopper: CallerOf, make_wish: MakeWish, seeded_file: Path
) -> None:
    connection = sqlite3.connect(seeded_file)
    shopper_id, number = connection.execute(
        "SELECT shopper_id, order_number FROM orders JOIN order_lines USING (shop_id, order_number) "
        "WHERE status = 'paid' AND freight > 0 AND category NOT IN ('custom') "
        "GROUP BY 1, 2 HAVING count(*) = 2"
    ).fetchone()
    connection.close()
    shopper, agent = as_shopper(shopper_id), as_shopper(shopper_id, role="agent")
    order = (await shopper.get(f"/v1/orders/{number}")).json()
    refunded = 0.0

    for line in order["lines"]:
        wish = make_wish(order, "refund_only", "no_reason", line_id=line["line_id"], quantity=line["quantity"])
        case = (await shopper.post("/v1/cases", wish)).json()
        done = (await step(agent, case, "refund")).json()
        refunded += float(done["refund_amount"])

    assert round(refunded, 2) == float(order["paid_total"])
    assert (await shopper.get(f"/v1/orders/{number}")).json()["status"] == "cancelled"


# --- price protection ----------------------------------------------------------------------------------------------
async def test_the_difference_to_todays_price_is_paid_back_to_the_cent(
    as_shopper: CallerOf, make_wish: MakeWish
) -> None:
    shopper = as_shopper("S008")
    order = await shopper.order_of("T恤")

    answer = await shopper.post("/v1/cases", make_wish(order, "price_protection", "other"))

    case = answer.json()
    assert answer.status_code == 201
    assert order["price_drops"] == {"L1": "69.00"}
    assert (case["status"], case["quantity"]) == ("refunding", 3)
    assert case["refund_amount"] == "15.00"  # 222.00 paid for three that cost 207.00 today
    assert case["verdict"]["rule_id"] == "price_protection"


async def test_a_difference_is_paid_once(as_shopper: CallerOf, make_wish: MakeWish) -> None:
    shopper, agent = as_shopper("S008"), as_shopper("S008", role="agent")
    wish = make_wish(await shopper.order_of("T恤"), "price_protection", "other")
    case = (await shopper.post("/v1/cases", wish)).json()

    at_once = await shopper.post("/v1/cases", wish)
    await step(agent, case, "refund")
    afterwards = await shopper.post("/v1/cases", wish)

    assert at_once.json()["error"]["code"] == "case_exists"
    assert afterwards.json()["error"]["code"] == "case_refused"


async def test_a_return_takes_off_the_difference_paid_before(as_shopper: CallerOf, make_wish: MakeWish) -> None:
    shopper = as_shopper("S008")
    order = await shopper.order_of("T恤")
    await shopper.post("/v1/cases", make_wish(order, "price_protection", "other"))

    case = (await shopper.post("/v1/cases", make_wish(order, "return_refund", "size", quantity=2))).json()
    rest = await shopper.post("/v1/cases", make_wish(order, "price_protection", "other"))

    assert case["refund_amount"] == "138.00"  # two of three at 74.00, less 10.00 of the 15.00
    assert rest.json()["error"]["code"] == "case_exists"


async def test_goods_whose_price_stands_get_no_difference(as_shopper: CallerOf, make_wish: MakeWish) -> None:
    shopper = as_shopper("S001")

    answer = await shopper.post("/v1/cases", make_wish(await shopper.order(), "price_protection", "other"))

    assert answer.json()["error"]["code"] == "case_refused"
    assert "没有查到" in answer.json()["error"]["message"]


async def test_a_parcel_that_has_not_left_or_is_there_is_not_intercepted(
    as_shopper: CallerOf, make_wish: MakeWish
) -> None:
    for shopper_id in ("S001", "S005"):
        shopper = as_shopper(shopper_id)
        answer = await shopper.post("/v1/cases", make_wish(await shopper.order(), "intercept", "no_reason"))
        assert answer.json()["error"]["code"] == "case_refused"


async def test_the_verdict_can_be_asked_for_before_anything_is_opened(agent: Any, make_wish: MakeWish) -> None:
    order = await agent.order()

    verdict = (await agent.post("/v1/cases/verdict", make_wish(order, "return_refund", "size"))).json()

    assert (verdict["decision"], verdict["rule_id"], verdict["refund_total"]) == (
        "allowed",
        "seven_day_return",
        "279.00",
    )
    assert (await agent.get("/v1/cases", order_number=order["order_number"])).json() == []


async def test_a_refusal_is_a_verdict_too_but_a_second_case_is_none(
    as_shopper: CallerOf, agent: Any, make_wish: MakeWish
) -> None:
    late = as_shopper("S006")
    refused = await late.post("/v1/cases/verdict", make_wish(await late.order(), "return_refund", "no_reason"))
    wish = make_wish(await agent.order(), "return_refund", "size")
    await agent.post("/v1/cases", wish)
    second = await agent.post("/v1/cases/verdict", wish)

    assert (refused.status_code, refused.json()["decision"]) == (200, "refused")
    assert (second.status_code, second.json()["error"]["code"]) == (409, "case_exists")


async def test_the_history_names_who_of_the_shop_did_it(as_shopper: CallerOf, make_wish: MakeWish) -> None:
    agent = as_shopper("S001", role="agent", agent_name="小林")

    case = (await agent.post("/v1/cases", make_wish(await agent.order(), "return_refund", "size"))).json()

    assert [event["author"] for event in case["history"]] == ["商家客服 小林", "系统"]
