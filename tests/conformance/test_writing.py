"""What a shop writes: once for its key, never over a newer version, never against its own rules."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from contracts.shop import Case, Order, Ticket
from tests.conformance.conftest import Party
from tests.conformance.test_reading import code_of

TICKET = {"kind": "other", "subject": "接口一致性检查", "description": "可以直接关闭"}
FAR_VERSION = 1_000_000


def a_case(order: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "type": "return_refund",
        "order_number": order["order_number"],
        "line_id": order["lines"][0]["line_id"],
        "reason": "no_reason",
        **changes,
    }


def test_a_write_without_a_key_is_refused(shopper: Party) -> None:
    order = shopper.orders()[0]

    assert code_of(shopper.post("/v1/tickets", TICKET, key=None), 400) == "idempotency_key_needed"
    assert code_of(shopper.post("/v1/cases", a_case(order), key=None), 400) == "idempotency_key_needed"


def test_the_same_key_writes_once_and_answers_alike(shopper: Party, other: Party) -> None:
    key = secrets.token_hex(16)
    first, second = shopper.post("/v1/tickets", TICKET, key=key), shopper.post("/v1/tickets", TICKET, key=key)

    ticket = Ticket.model_validate_json(first.content)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json()
    assert ticket.ticket_id in {each["ticket_id"] for each in shopper.get("/v1/tickets").json()}
    assert code_of(other.get(f"/v1/tickets/{ticket.ticket_id}"), 404) == "ticket_not_found"


def test_the_same_key_sent_at_once_still_writes_once(shopper: Party) -> None:
    key = secrets.token_hex(16)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: shopper.post("/v1/tickets", TICKET, key=key), range(8)))

    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({answer.json()["ticket_id"] for answer in answers}) == 1


def test_one_key_is_not_for_two_wishes(shopper: Party) -> None:
    key = secrets.token_hex(16)
    shopper.post("/v1/tickets", TICKET, key=key)

    answer = shopper.post("/v1/tickets", {**TICKET, "subject": "另一件事"}, key=key)

    assert code_of(answer, 422) == "idempotency_mismatch"


@pytest.mark.parametrize(
    ("way", "body"),
    [
        ("cancel", {}),
        ("restore", {}),
        ("changes", {"note": "不应该写进去"}),
        ("changes", {"line": {"line_id": "L1", "quantity": 2}}),
        ("invoice", {"title": "不应该写进去"}),
        ("invoice/resend", {"email": "a@example.com"}),
    ],
)
def test_an_order_one_has_not_seen_like_this_is_not_changed(shopper: Party, way: str, body: dict[str, str]) -> None:
    order = shopper.orders()[0]
    path = f"/v1/orders/{order['order_number']}"

    answer = shopper.post(f"{path}/{way}", {"version": FAR_VERSION, **body})

    assert code_of(answer, 409) == "version_conflict"
    assert shopper.get(path).json() == order


@pytest.mark.parametrize("way", ["cancel", "restore", "changes", "invoice", "invoice/resend", "urge-shipping"])
def test_nobody_changes_somebody_elses_order(shopper: Party, other: Party, way: str) -> None:
    number = other.orders()[0]["order_number"]
    bodies: dict[str, Any] = {"invoice": {"version": 1, "title": "甲"}, "urge-shipping": None}

    answer = shopper.post(f"/v1/orders/{number}/{way}", bodies.get(way, {"version": 1}))

    assert code_of(answer, 404) == "order_not_found"


def test_an_order_that_was_not_cancelled_is_not_restored(shopper: Party) -> None:
    order = next((each for each in shopper.orders(limit=100) if each["status"] != "cancelled"), None)
    assert order, "SHOPPER needs an order that is not cancelled"

    answer = shopper.post(f"/v1/orders/{order['order_number']}/restore", {"version": order["version"]})

    assert code_of(answer, 409) == "not_restorable"
    assert answer.json()["error"]["message"]
    assert shopper.get(f"/v1/orders/{order['order_number']}").json() == order


@pytest.mark.parametrize("quantity", [0, -1, 1000, "两件"])
def test_a_number_of_pieces_that_is_none_is_refused(shopper: Party, quantity: Any) -> None:
    order = shopper.orders()[0]
    line = {"line_id": order["lines"][0]["line_id"], "quantity": quantity}

    answer = shopper.post(f"/v1/orders/{order['order_number']}/changes", {"version": order["version"], "line": line})

    assert code_of(answer, 422) == "invalid_request"


def test_what_has_been_signed_for_keeps_its_number_of_pieces(shopper: Party) -> None:
    order = next((each for each in shopper.orders(status="signed", limit=100)), None)
    assert order, "SHOPPER needs an order that was signed for"
    line = {"line_id": order["lines"][0]["line_id"], "quantity": order["lines"][0]["quantity"] + 1}

    answer = shopper.post(f"/v1/orders/{order['order_number']}/changes", {"version": order["version"], "line": line})

    assert code_of(answer, 409) in ("change_too_late", "quantity_refused")
    assert shopper.get(f"/v1/orders/{order['order_number']}").json() == order


def test_a_case_needs_ones_own_order_and_goods_that_are_in_it(shopper: Party, other: Party) -> None:
    theirs, mine = other.orders()[0], shopper.orders()[0]

    assert code_of(shopper.post("/v1/cases", a_case(theirs)), 404) == "order_not_found"
    assert code_of(shopper.post("/v1/cases", a_case(mine, line_id="L999")), 422) == "case_invalid"
    assert code_of(shopper.post("/v1/cases", a_case(mine, quantity=999)), 422) in ("case_invalid", "case_refused")


def test_a_field_the_contract_does_not_have_is_an_error(shopper: Party) -> None:
    answer = shopper.post("/v1/tickets", {**TICKET, "subjct": "拼错"})

    assert code_of(answer, 422) == "invalid_request"


# --- with WRITES=1 -------------------------------------------------------------------------------------------------
@pytest.fixture
def opened(writer: Party) -> dict[str, Any]:
    """A case on goods that were signed for; withdrawn again by the test that uses it."""
    signed = writer.orders(status="signed", limit=100)
    assert signed, "SHOPPER needs an order that was signed for within the return window"
    answer = writer.post("/v1/cases", a_case(signed[0]))
    assert answer.status_code == 201, answer.text
    case: dict[str, Any] = answer.json()
    return case


def test_a_case_lives_by_the_rules_of_the_contract(writer: Party, opened: dict[str, Any]) -> None:
    case = Case.model_validate(opened)
    path = f"/v1/cases/{case.case_id}/steps"
    order = writer.get(f"/v1/orders/{case.order_number}").json()
    assert Order.model_validate(order).paid_total >= (case.refund_amount or 0)

    again = writer.post("/v1/cases", a_case(order))
    not_mine = writer.post(path, {"step": "approve", "version": case.version})
    stale = writer.post(path, {"step": "withdraw", "version": case.version - 1})
    withdrawn = writer.post(path, {"step": "withdraw", "version": case.version})
    over = writer.post(path, {"step": "withdraw", "version": withdrawn.json()["version"]})

    assert code_of(again, 409) == "case_exists"
    assert code_of(not_mine, 403) == "step_not_yours"
    assert code_of(stale, 409) == "version_conflict"
    assert (withdrawn.status_code, withdrawn.json()["status"]) == (200, "cancelled")
    assert withdrawn.json()["waiting_for"] == ""
    assert code_of(over, 409) == "illegal_step"


def test_of_two_changes_at_once_one_is_refused(writer: Party) -> None:
    order = writer.orders(limit=100)[0]
    path = f"/v1/orders/{order['order_number']}/invoice"
    bodies = [{"version": order["version"], "title": title} for title in ("甲", "乙")]

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda body: writer.post(path, body), bodies))

    refused = [answer for answer in answers if answer.status_code != 200]
    assert len(refused) >= 1
    assert {answer.json()["error"]["code"] for answer in refused} <= {"version_conflict", "invoice_refused"}
