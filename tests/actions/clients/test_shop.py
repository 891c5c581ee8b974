"""The shop's client: what is repeated, what is not, and what each refusal becomes."""

from collections.abc import Callable

import httpx
import pytest

from actions.clients.shop import Shop, idempotency_key
from actions.errors import OrderNotFound, ShopRefused, ShopUnavailable
from contracts.shop import NewTicket, TicketKind

TICKET = NewTicket(kind=TicketKind.OTHER, subject="测试")


def shop_with(answer: Callable[[httpx.Request], httpx.Response]) -> Shop:
    http = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://shop")
    return Shop(http=http, turn_token="token", conversation="session-1")


def refusal(status: int, code: str) -> Callable[[httpx.Request], httpx.Response]:
    body = {"error": {"code": code, "message": "不行。", "reference": None}}
    return lambda request: httpx.Response(status, json=body)


async def test_a_read_is_tried_twice() -> None:
    calls: list[str] = []

    def fail_once(request: httpx.Request) -> httpx.Response:
        calls.append(request.headers["X-Turn-Token"])
        return httpx.Response(503) if len(calls) == 1 else httpx.Response(200, json=[])

    assert await shop_with(fail_once).orders() == []
    assert calls == ["token", "token"]


async def test_a_write_is_sent_once_with_its_key() -> None:
    keys: list[str] = []

    def fail(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        raise httpx.ReadTimeout("slow", request=request)

    with pytest.raises(ShopUnavailable):
        await shop_with(fail).open_ticket(TICKET)
    assert len(keys) == 1


async def test_the_shops_refusal_keeps_its_code_and_sentence() -> None:
    with pytest.raises(ShopRefused) as refused:
        await shop_with(refusal(422, "case_refused")).open_ticket(TICKET)

    assert (refused.value.code, refused.value.message) == ("case_refused", "不行。")


async def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(OrderNotFound):
        await shop_with(refusal(404, "order_not_found")).order("123")


@pytest.mark.parametrize("number", ["", "../shopper", "1?x=1", "一二三"])
async def test_what_cannot_be_a_number_is_never_asked_for(number: str) -> None:
    def unexpected(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.url)

    with pytest.raises(OrderNotFound):
        await shop_with(unexpected).order(number)


async def test_a_refused_service_token_is_ours_not_the_shoppers() -> None:
    with pytest.raises(ShopUnavailable):
        await shop_with(refusal(401, "service_unauthorized")).order("123")


def test_the_same_wish_has_the_same_key_and_another_one_another() -> None:
    first = idempotency_key("session-1", "open_case", "a", "b")

    assert first == idempotency_key("session-1", "open_case", "a", "b")
    assert first != idempotency_key("session-1", "open_case", "ab", "")
    assert first != idempotency_key("session-2", "open_case", "a", "b")
