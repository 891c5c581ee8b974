"""Every operation of the shop's OpenAPI document under requests made from it, right ones and spoilt ones: nothing is a
failure of ours, and every refusal has the one shape."""

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given, seed
from hypothesis import strategies as st

from contracts.wire import ErrorBody
from shop_api.app import create_app, utc_now
from shop_api.settings import Settings
from tests.fuzzing import SEED, fuzz, operations
from tests.shop_api.conftest import SERVICE


async def ask(app: FastAPI, requests: Any, headers: dict[str, str]) -> list[tuple[Any, httpx.Response]]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop", headers=headers) as http:
        return [
            (each, await http.request(each[0], each[1], params=each[2], content=each[3] and each[3].encode()))
            for each in requests
        ]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("shopper_id", ["S001", None], ids=["signed in", "anonymous"])
def test_every_operation_survives_everything(
    settings: Settings, make_token: Callable[..., str], shopper_id: str | None
) -> None:
    sys.stdout.write(f"FUZZ_SEED={SEED}\n")
    app = create_app(settings, now=utc_now)
    headers = {**SERVICE, "X-Turn-Token": make_token(shopper_id), "Content-Type": "application/json"}
    loop = asyncio.new_event_loop()
    orders = loop.run_until_complete(ask(app, [("GET", "/v1/orders", {}, None)], headers))[0][1].json()
    found: list[Any] = orders if isinstance(orders, list) else []
    known = {
        "order_number": [order["order_number"] for order in found] or ["DD0"],
        "line_id": [line["line_id"] for order in found for line in order["lines"]] or ["L0"],
    }
    every = operations(app.openapi(), known)

    @seed(SEED)
    @fuzz
    @given(asked=st.tuples(*(every[each] for each in sorted(every))), key=st.text("abc123", min_size=1, max_size=3))
    def everything(asked: Any, key: str) -> None:
        for each, response in loop.run_until_complete(ask(app, asked, {**headers, "Idempotency-Key": key})):
            assert response.status_code < 500, (each, response.text)
            if response.status_code >= 400:
                assert ErrorBody.model_validate_json(response.content).error.message, each

    everything()
    loop.run_until_complete(app.state.shop.database.close())
    loop.close()
