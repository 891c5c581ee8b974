"""Tickets: an owner and a deadline from the first moment, read by whoever opened them."""

from collections.abc import Callable
from typing import Any

CallerOf = Callable[..., Any]
COMPLAINT = {"kind": "complaint", "subject": "对服务不满意", "description": "你们服务太差了我要投诉"}


async def test_a_complaint_has_an_owner_and_a_day(as_shopper: CallerOf) -> None:
    answer = await as_shopper("S001").post("/v1/tickets", COMPLAINT)

    ticket = answer.json()
    assert answer.status_code == 201
    assert ticket["owner"] == "售后主管 林晓"
    assert ticket["status"] == "open"
    assert ticket["deadline_at"] == "2026-11-23T02:00:00Z"
    assert ticket["ticket_id"].startswith("TK261122")


async def test_the_same_key_opens_one_ticket(as_shopper: CallerOf) -> None:
    shopper = as_shopper("S001")

    first, again = (
        await shopper.post("/v1/tickets", COMPLAINT, key="k"),
        await shopper.post("/v1/tickets", COMPLAINT, key="k"),
    )

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


async def test_an_anonymous_visitor_complains_too_and_only_that_conversation_reads_it(as_shopper: CallerOf) -> None:
    visitor = as_shopper(None)

    ticket = (await visitor.post("/v1/tickets", COMPLAINT)).json()

    path = f"/v1/tickets/{ticket['ticket_id']}"
    assert (await visitor.get(path)).json() == ticket
    assert (await as_shopper(None, conversation_id="c_2").get(path)).status_code == 404
    assert (await as_shopper("S001").get(path)).json()["error"]["code"] == "ticket_not_found"


async def test_a_ticket_names_no_order_of_somebody_else(as_shopper: CallerOf) -> None:
    number = (await as_shopper("S001").order())["order_number"]

    answer = await as_shopper("S002").post("/v1/tickets", COMPLAINT | {"order_number": number})

    assert answer.json()["error"]["code"] == "order_not_found"


async def test_a_left_message_of_a_sunday_is_due_on_monday_at_ten(as_shopper: CallerOf) -> None:
    ticket = (await as_shopper("S001").post("/v1/tickets", COMPLAINT | {"kind": "left_message"})).json()

    assert ticket["deadline_at"] == "2026-11-23T02:00:00Z"


async def test_the_bridge_opens_a_ticket_in_the_shoppers_name(as_shopper: CallerOf) -> None:
    ticket = (await as_shopper("S001", role="system").post("/v1/tickets", COMPLAINT)).json()

    assert (await as_shopper("S001").get(f"/v1/tickets/{ticket['ticket_id']}")).json() == ticket


async def test_what_no_column_can_hold_is_refused(as_shopper: CallerOf) -> None:
    for wrong in ({"subject": "投\x00诉"}, {"description": "\x00"}, {"order_number": "DD\x00"}):
        answer = await as_shopper("S001").post("/v1/tickets", COMPLAINT | wrong)

        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_request")


async def test_asking_again_while_it_is_open_is_the_same_ticket(as_shopper: CallerOf) -> None:
    shopper = as_shopper("S001")
    wish = {"kind": "privacy", "subject": "导出个人信息"}

    first, second = await shopper.post("/v1/tickets", wish), await shopper.post("/v1/tickets", wish)
    other = await shopper.post("/v1/tickets", wish | {"subject": "删除个人信息"})

    assert first.json()["ticket_id"] == second.json()["ticket_id"] != other.json()["ticket_id"]


async def test_own_tickets_are_listed_newest_first_and_nobody_elses(as_shopper: CallerOf) -> None:
    for subject in ("一", "二"):
        await as_shopper("S001").post("/v1/tickets", {"kind": "other", "subject": subject})

    mine = (await as_shopper("S001").get("/v1/tickets")).json()

    assert {ticket["subject"] for ticket in mine} == {"一", "二"}
    assert (await as_shopper("S003").get("/v1/tickets")).json() == []


async def test_a_finished_ticket_has_its_answer_and_is_over(as_shopper: CallerOf) -> None:
    shopper, agent = as_shopper("S001"), as_shopper("S001", role="agent")
    ticket = (await shopper.post("/v1/tickets", {"kind": "other", "subject": "问一下"})).json()
    path = f"/v1/tickets/{ticket['ticket_id']}/steps"

    by_shopper = await shopper.post(path, {"step": "finish", "note": "好了"})
    await agent.post(path, {"step": "start"})
    done = await agent.post(path, {"step": "finish", "note": "已经联系快递，今天送到。"})
    again = await agent.post(path, {"step": "finish", "note": "又一次"})

    assert by_shopper.json()["error"]["code"] == "step_not_yours"
    assert (done.json()["status"], done.json()["answer"]) == ("done", "已经联系快递，今天送到。")
    assert again.json()["error"]["code"] == "ticket_done"
