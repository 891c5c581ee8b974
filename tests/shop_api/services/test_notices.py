"""Notices reach the bridge signed, in order, and again until they do."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from contracts.notices import Notice, is_signed
from contracts.shop import Case
from shop_api.services.notices import send_due
from shop_api.services.shop import Shop

CallerOf = Callable[..., Any]
MakeWish = Callable[..., dict[str, Any]]


class Bridge:
    """A bridge that takes notices, or is down."""

    def __init__(self) -> None:
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.is_down = False
        self.app = FastAPI()
        self.app.add_api_route("/v1/notices", self._take, methods=["POST"])

    async def _take(self, request: Request) -> Response:
        if self.is_down:
            return Response(status_code=503)
        self.taken.append((dict(request.headers), await request.body()))
        return Response(status_code=204)


@pytest.fixture
def bridge() -> Bridge:
    return Bridge()


@pytest.fixture
async def line(bridge: Bridge) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(bridge.app)) as client:
        yield client


@pytest.fixture
async def received_case(as_shopper: CallerOf, make_wish: MakeWish) -> dict[str, Any]:
    """A case the shop has just received the goods of."""
    shopper, agent = as_shopper("S001"), as_shopper("S001", role="agent")
    case = (await shopper.post("/v1/cases", make_wish(await shopper.order(), "return_refund", "size"))).json()
    path = f"/v1/cases/{case['case_id']}/steps"
    back = {"step": "ship_back", "version": case["version"], "tracking_number": "SF1000000000001"}
    case = (await shopper.post(path, back)).json()
    received: dict[str, Any] = (await agent.post(path, {"step": "receive", "version": case["version"]})).json()
    return received


async def test_a_notice_tells_the_case_and_is_signed(
    shop: Shop, bridge: Bridge, line: httpx.AsyncClient, received_case: dict[str, Any]
) -> None:
    assert await send_due(shop, line) == 1

    headers, body = bridge.taken[0]
    notice = Notice.model_validate_json(body)
    assert is_signed(body, headers["x-timestamp"], headers["x-signature"], "notice-secret", now=shop.now())
    assert (notice.shop_id, notice.shopper_id) == ("demo", "S001")
    assert notice.case == Case.model_validate(received_case)
    assert "我们已收到商品" in notice.text


async def test_a_notice_is_sent_once(
    shop: Shop, bridge: Bridge, line: httpx.AsyncClient, received_case: dict[str, Any], clock: Any
) -> None:
    await send_due(shop, line)
    clock.pass_(hours=1)

    assert await send_due(shop, line) == 0
    assert len(bridge.taken) == 1


async def test_a_bridge_that_was_down_gets_it_later(
    shop: Shop, bridge: Bridge, line: httpx.AsyncClient, received_case: dict[str, Any], clock: Any
) -> None:
    bridge.is_down = True
    assert await send_due(shop, line) == 0
    bridge.is_down = False

    too_soon = await send_due(shop, line)
    clock.pass_(seconds=3)
    in_time = await send_due(shop, line)

    assert (too_soon, in_time) == (0, 1)


async def test_what_the_shopper_did_is_not_told_back(
    shop: Shop, line: httpx.AsyncClient, as_shopper: CallerOf, make_wish: MakeWish
) -> None:
    shopper = as_shopper("S001")
    case = (await shopper.post("/v1/cases", make_wish(await shopper.order(), "return_refund", "size"))).json()

    await shopper.post(f"/v1/cases/{case['case_id']}/steps", {"step": "withdraw", "version": case["version"]})

    assert await send_due(shop, line) == 0


async def test_a_step_that_is_refused_tells_nothing(
    shop: Shop, line: httpx.AsyncClient, received_case: dict[str, Any], as_shopper: CallerOf
) -> None:
    await send_due(shop, line)

    await as_shopper("S001", role="agent").post(
        f"/v1/cases/{received_case['case_id']}/steps", {"step": "refund", "version": received_case["version"]}
    )

    assert await send_due(shop, line) == 0


async def test_without_a_bridge_nothing_is_stored(
    app: FastAPI, shop: Shop, line: httpx.AsyncClient, as_shopper: CallerOf
) -> None:
    app.state.shop = replace(shop, settings=shop.settings.model_copy(update={"bridge_url": ""}))
    agent = as_shopper("S009", role="agent")
    case = next(case for case in (await agent.get("/v1/cases")).json() if case["status"] == "repairing")

    moved = await agent.post(
        f"/v1/cases/{case['case_id']}/steps", {"step": "finish_repair", "version": case["version"]}
    )

    assert moved.json()["status"] == "reshipping"
    assert await send_due(shop, line) == 0


async def test_what_an_anonymous_visitor_began_names_their_conversation(
    shop: Shop, bridge: Bridge, line: httpx.AsyncClient, as_shopper: CallerOf, make_wish: MakeWish
) -> None:
    order = await as_shopper("S001").order()
    visitor, agent = as_shopper(None), as_shopper("S001", role="agent")
    await visitor.post("/v1/orders/lookup", {"order_number": order["order_number"], "phone_last4": "5678"})
    case = (await visitor.post("/v1/cases", make_wish(order, "return_refund", "size"))).json()
    path = f"/v1/cases/{case['case_id']}/steps"
    back = {"step": "ship_back", "version": case["version"], "tracking_number": "SF1000000000001"}
    case = (await visitor.post(path, back)).json()

    await agent.post(path, {"step": "receive", "version": case["version"]})
    await send_due(shop, line)

    notice = Notice.model_validate_json(bridge.taken[0][1])
    assert (notice.conversation_id, notice.shopper_id) == ("c_1", "S001")
