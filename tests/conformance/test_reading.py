"""What a shop answers: its own shopper's data in the contract's shape, and nobody else's."""

import itertools
import re
from decimal import Decimal

import httpx
import pytest
from pydantic import TypeAdapter

from contracts.shop import Case, HelpEntry, Order, OrderOption, ProductPage, Shopper, Ticket
from contracts.wire import ErrorBody
from tests.conformance.conftest import Party, Target

ORDERS = TypeAdapter(list[Order])
WHOLE_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def code_of(answer: httpx.Response, status: int) -> str:
    """The code of a refusal, which must have the one shape."""
    assert answer.status_code == status, answer.text
    return ErrorBody.model_validate_json(answer.content).error.code


READS = ["/v1/shopper", "/v1/orders", "/v1/cases", "/v1/tickets", "/v1/products", "/v1/help"]


@pytest.mark.parametrize("path", READS)
def test_without_the_bearer_nobody_is_let_in(target: Target, shopper: Party, path: str) -> None:
    headers = {"X-Turn-Token": shopper.headers()["X-Turn-Token"]}
    wrong = httpx.get(target.url + path, headers={**headers, "Authorization": "Bearer wrong"}, trust_env=False)
    none = httpx.get(target.url + path, headers=headers, trust_env=False)

    assert code_of(wrong, 401) == code_of(none, 401) == "service_unauthorized"


@pytest.mark.parametrize("token", ["", "not-a-token", "eyJhbGciOiJub25lIn0.e30."])
def test_without_a_signed_turn_nobody_is_let_in(target: Target, shopper: Party, token: str) -> None:
    headers = {"Authorization": shopper.headers()["Authorization"], "X-Turn-Token": token}

    assert code_of(httpx.get(f"{target.url}/v1/orders", headers=headers, trust_env=False), 401) == "turn_token_refused"


def test_the_shopper_is_masked(shopper: Party) -> None:
    answer = shopper.get("/v1/shopper")

    assert Shopper.model_validate_json(answer.content).shopper_id == shopper.shopper_id
    assert not WHOLE_PHONE.search(answer.text)


def test_a_visitor_has_no_profile_and_no_orders(visitor: Party) -> None:
    assert code_of(visitor.get("/v1/shopper"), 403) == "sign_in_needed"
    assert visitor.orders() == []


def test_orders_are_whole_masked_and_newest_first(shopper: Party) -> None:
    answer = shopper.get("/v1/orders", limit=100)

    orders = ORDERS.validate_json(answer.content)
    assert orders, "SHOPPER needs at least one order"
    assert all(order.lines for order in orders)
    assert not WHOLE_PHONE.search(answer.text.replace("carrier_phone", ""))
    assert all(a.placed_at >= b.placed_at for a, b in itertools.pairwise(orders))


def test_the_money_of_every_order_adds_up_to_the_cent(shopper: Party, other: Party) -> None:
    for order in ORDERS.validate_python([*shopper.orders(limit=100), *other.orders(limit=100)]):
        assert order.goods_total - order.coupon - order.points_discount + order.freight == order.paid_total
        assert sum((line.paid for line in order.lines), Decimal(0)) + order.freight == order.paid_total


def test_a_list_keeps_to_its_limit_and_its_status(other: Party) -> None:
    orders = other.orders(limit=100)
    status = orders[0]["status"]

    assert len(other.orders(limit=1)) == 1
    assert other.orders(status=status, limit=100) == [order for order in orders if order["status"] == status]


def test_one_order_is_the_same_as_in_the_list(shopper: Party) -> None:
    order = shopper.orders()[0]

    assert shopper.get(f"/v1/orders/{order['order_number']}").json() == order


def test_somebody_elses_order_looks_like_none_at_all(shopper: Party, other: Party, visitor: Party) -> None:
    theirs = f"/v1/orders/{other.orders()[0]['order_number']}"
    none = shopper.get("/v1/orders/000000000000000000")

    assert code_of(none, 404) == "order_not_found"
    assert shopper.get(theirs).json() == visitor.get(theirs).json() == none.json()


def test_a_wrong_proof_and_an_unknown_number_look_alike(visitor: Party, shopper: Party) -> None:
    order = shopper.orders()[0]
    digits = next(d for d in ("0000", "9999") if not order["receiver"]["phone"].endswith(d))

    wrong = visitor.post("/v1/orders/lookup", {"order_number": order["order_number"], "phone_last4": digits}, key=None)
    none = visitor.post("/v1/orders/lookup", {"order_number": "000000000000000000", "phone_last4": digits}, key=None)

    assert code_of(wrong, 404) == code_of(none, 404) == "order_not_found"
    assert wrong.json() == none.json()


def test_a_right_proof_opens_the_order_to_this_conversation_alone(target: Target, shopper: Party) -> None:
    order, visitor, stranger = shopper.orders()[0], Party(target, None), Party(target, None)
    number, last4 = order["order_number"], order["receiver"]["phone"][-4:]

    proved = visitor.post("/v1/orders/lookup", {"order_number": number, "phone_last4": last4}, key=None)

    assert proved.status_code == 200
    assert [each["order_number"] for each in visitor.orders()] == [number]
    assert code_of(stranger.get(f"/v1/orders/{number}"), 404) == "order_not_found"


def test_the_options_of_a_line_are_others_than_its_own(shopper: Party) -> None:
    order = shopper.orders()[0]
    line = order["lines"][0]

    answer = shopper.get(f"/v1/orders/{order['order_number']}/lines/{line['line_id']}/options")

    options = TypeAdapter(list[OrderOption]).validate_json(answer.content)
    assert line["sku_id"] not in {option.sku_id for option in options}


def test_cases_and_tickets_have_the_contracts_shape(shopper: Party, other: Party) -> None:
    for party in (shopper, other):
        TypeAdapter(list[Case]).validate_json(party.get("/v1/cases").content)
        TypeAdapter(list[Ticket]).validate_json(party.get("/v1/tickets").content)


PAGES = TypeAdapter(list[ProductPage])
HELP = TypeAdapter(list[HelpEntry])
MOST_FOUND = 5


def test_the_page_of_a_product_one_has_bought_is_found_by_its_sku(shopper: Party) -> None:
    """A shop without a catalogue answers `[]`; one that has it knows what it has sold."""
    sku_id = shopper.orders()[0]["lines"][0]["sku_id"]

    pages = PAGES.validate_json(shopper.get("/v1/products", sku_id=sku_id).content)

    assert len(pages) <= MOST_FOUND
    assert not pages or sku_id in {option.sku_id for option in pages[0].options}


def test_the_catalogue_is_searched_by_words_and_is_the_same_for_everybody(shopper: Party, visitor: Party) -> None:
    title = shopper.orders()[0]["lines"][0]["title"]

    found = shopper.get("/v1/products", query=title)

    pages = PAGES.validate_json(found.content)
    assert len(pages) <= MOST_FOUND
    assert all(page.price >= 0 and page.title for page in pages)
    assert visitor.get("/v1/products", query=title).json() == found.json()


def test_the_help_is_searched_by_words_and_is_the_same_for_everybody(shopper: Party, visitor: Party) -> None:
    found = shopper.get("/v1/help", query="退款后优惠券会退回来吗")

    entries = HELP.validate_json(found.content)
    assert len(entries) <= MOST_FOUND
    assert all(entry.question and entry.answer for entry in entries)
    assert visitor.get("/v1/help", query="退款后优惠券会退回来吗").json() == found.json()


@pytest.mark.parametrize("path", ["/v1/products", "/v1/help"])
@pytest.mark.parametrize("query", ["", "没有任何商品叫这个名字xyzzy", "' OR 1=1 --", "%", "😀" * 50])
def test_what_fits_nothing_finds_nothing_or_little_and_never_fails(shopper: Party, path: str, query: str) -> None:
    answer = shopper.get(path, query=query)

    assert answer.status_code == 200
    assert len(answer.json()) <= MOST_FOUND


@pytest.mark.parametrize("path", ["/v1/products", "/v1/help"])
def test_a_search_that_is_too_long_or_wild_is_refused(shopper: Party, path: str) -> None:
    for query in ("长" * 201, "\x00"):
        assert code_of(shopper.get(path, query=query), 422) == "invalid_request"


def test_unknown_cases_and_tickets_are_not_found(shopper: Party) -> None:
    assert code_of(shopper.get("/v1/cases/AS000000000000"), 404) == "case_not_found"
    assert code_of(shopper.get("/v1/tickets/TK000000000000"), 404) == "ticket_not_found"


def test_cases_of_somebody_elses_order_are_not_told(shopper: Party, other: Party) -> None:
    answer = shopper.get("/v1/cases", order_number=other.orders()[0]["order_number"])

    assert code_of(answer, 404) == "order_not_found"


@pytest.mark.parametrize("wild", ["%00", "..%2f..%2fetc", "' OR 1=1 --", "订单", "x" * 300])
def test_wild_numbers_are_refused_and_never_fail(shopper: Party, wild: str) -> None:
    answer = shopper.get(f"/v1/orders/{wild}")

    assert 400 <= answer.status_code < 500
    ErrorBody.model_validate_json(answer.content)
