"""The shop's order and ticket API, as far as the bridge needs it: tickets, and what an agent sees of a shopper."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from contracts.shop import Case, CaseChange, NewCase, NewTicket, Order, Shopper, Ticket
from contracts.verdict import Verdict
from contracts.wire import ErrorBody, WireModel
from handoff_api.clients.http import ask
from handoff_api.errors import ShopRefused, ShopUnavailable

_orders = TypeAdapter(list[Order])
_cases = TypeAdapter(list[Case])
_tickets = TypeAdapter(list[Ticket])


class ShopClient:
    """Every call is made for one shopper: `turn_token` says for whom and in which role."""

    def __init__(self, url: str, token: str, *, timeout: timedelta) -> None:
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout.total_seconds(),
            trust_env=False,
        )

    async def _get(self, path: str, turn_token: str, **query: Any) -> bytes | None:
        """None where the shop says there is nothing for this shopper (an anonymous one has no profile)."""
        response = await ask(
            self._http,
            "GET",
            path,
            params=query,
            headers={"X-Turn-Token": turn_token},
            down=ShopUnavailable,
            accepted=(200, 403, 404),
        )
        return response.content if response.status_code == 200 else None

    async def shopper(self, turn_token: str) -> Shopper | None:
        content = await self._get("/v1/shopper", turn_token)
        return _valid(TypeAdapter(Shopper), content) if content else None

    async def orders(self, turn_token: str, *, limit: int = 20) -> list[Order]:
        content = await self._get("/v1/orders", turn_token, limit=limit)
        return _valid(_orders, content) if content else []

    async def cases(self, turn_token: str) -> list[Case]:
        content = await self._get("/v1/cases", turn_token)
        return _valid(_cases, content) if content else []

    async def tickets(self, turn_token: str) -> list[Ticket]:
        content = await self._get("/v1/tickets", turn_token)
        return _valid(_tickets, content) if content else []

    async def verdict_on(self, turn_token: str, wish: NewCase) -> Verdict:
        return await self._do(Verdict, "/v1/cases/verdict", turn_token, wish)

    async def open_case(self, turn_token: str, wish: NewCase, *, idempotency_key: str) -> Case:
        return await self._do(Case, "/v1/cases", turn_token, wish, idempotency_key)

    async def change_case(self, turn_token: str, case_id: str, change: CaseChange, *, idempotency_key: str) -> Case:
        return await self._do(Case, f"/v1/cases/{quote(case_id, safe='')}/steps", turn_token, change, idempotency_key)

    async def _do[T: WireModel](
        self, answer: type[T], path: str, turn_token: str, asked: WireModel, idempotency_key: str = ""
    ) -> T:
        """Raises ShopRefused with the shop's own sentence where it says no."""
        response = await ask(
            self._http,
            "POST",
            path,
            json=asked.model_dump(mode="json"),
            headers={"X-Turn-Token": turn_token} | ({"Idempotency-Key": idempotency_key} if idempotency_key else {}),
            down=ShopUnavailable,
            accepted=(200, 201, 403, 404, 409, 422),
        )
        if response.is_success:
            return _valid(TypeAdapter(answer), response.content)
        raise ShopRefused(_valid(TypeAdapter(ErrorBody), response.content).error.message)

    async def open_ticket(self, turn_token: str, ticket: NewTicket, *, idempotency_key: str) -> Ticket:
        headers = {"X-Turn-Token": turn_token, "Idempotency-Key": idempotency_key}
        response = await ask(
            self._http,
            "POST",
            "/v1/tickets",
            json=ticket.model_dump(mode="json"),
            headers=headers,
            down=ShopUnavailable,
            accepted=(200, 201),
        )
        return _valid(TypeAdapter(Ticket), response.content)

    async def is_up(self) -> bool:
        try:
            await ask(self._http, "GET", "/health/live", down=ShopUnavailable, timeout=2)
        except ShopUnavailable:
            return False
        return True

    async def close(self) -> None:
        await self._http.aclose()


def _valid[T](adapter: TypeAdapter[T], content: bytes) -> T:
    try:
        return adapter.validate_json(content)
    except ValidationError as error:
        raise ShopUnavailable from error
