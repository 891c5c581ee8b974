"""The order and ticket API, as one shopper in one turn may use it.

Rule 1. Every call names the turn it is made for; whose orders those are is decided by the shop, from the token.
Rule 2. A read is tried twice, a write once: the shopper repeats a write, and its key makes that harmless.
Rule 3. What is not an answer of the shop is `ShopUnavailable`, whatever its cause.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import httpx
from pydantic import TypeAdapter, ValidationError

from actions.errors import OrderNotFound, ShopRefused, ShopUnavailable
from contracts.shop import (
    Cancelled,
    Case,
    CaseChange,
    HelpEntry,
    InvoiceResend,
    InvoiceWish,
    NewCase,
    NewEvidence,
    NewPickUp,
    NewTicket,
    Order,
    OrderCancel,
    OrderChange,
    OrderOption,
    OrderProof,
    OrderRestore,
    ProductPage,
    Shopper,
    Ticket,
)
from contracts.wire import ErrorBody, ErrorDetail, WireModel

ORDERS = TypeAdapter(list[Order])
CASES = TypeAdapter(list[Case])
TICKETS = TypeAdapter(list[Ticket])
PAGES = TypeAdapter(list[ProductPage])
HELP = TypeAdapter(list[HelpEntry])
OPTIONS = TypeAdapter(list[OrderOption])
READ_ATTEMPTS = 2
LONGEST_QUERY = 200


def idempotency_key(conversation: str, write: str, *confirmed: str) -> str:
    """The same for the same confirmed wish in the same conversation, however often it is sent."""
    return sha256("\x1f".join((conversation, write, *confirmed)).encode()).hexdigest()


@dataclass(frozen=True)
class Shop:
    """The shop for one turn. `http` carries the base address, the bearer and the timeout."""

    http: httpx.AsyncClient
    turn_token: str
    conversation: str

    async def shopper(self) -> Shopper:
        return Shopper.model_validate(await self._read("/v1/shopper"))

    async def orders(self, *, limit: int = 20) -> list[Order]:
        """The shopper's own orders, newest first."""
        return ORDERS.validate_python(await self._read("/v1/orders", limit=str(limit)))

    async def order(self, order_number: str) -> Order:
        return Order.model_validate(await self._read(f"/v1/orders/{_segment(order_number)}"))

    async def prove_order(self, proof: OrderProof) -> Order:
        return Order.model_validate(await self._send("/v1/orders/lookup", proof, key=None))

    async def urge_shipping(self, order_number: str) -> Ticket:
        key = idempotency_key(self.conversation, "urge_shipping", order_number)
        return Ticket.model_validate(
            await self._send(f"/v1/orders/{_segment(order_number)}/urge-shipping", None, key=key)
        )

    async def order_options(self, order_number: str, line_id: str) -> list[OrderOption]:
        path = f"/v1/orders/{_segment(order_number)}/lines/{_segment(line_id)}/options"
        return OPTIONS.validate_python(await self._read(path))

    async def cancel_order(self, order_number: str, cancel: OrderCancel) -> Cancelled:
        return Cancelled.model_validate(await self._change(order_number, "cancel", cancel))

    async def change_order(self, order_number: str, change: OrderChange) -> Order:
        return Order.model_validate(await self._change(order_number, "changes", change))

    async def restore_order(self, order_number: str, restore: OrderRestore) -> Order:
        return Order.model_validate(await self._change(order_number, "restore", restore))

    async def request_invoice(self, order_number: str, wish: InvoiceWish) -> Order:
        return Order.model_validate(await self._change(order_number, "invoice", wish))

    async def resend_invoice(self, order_number: str, resend: InvoiceResend) -> Order:
        return Order.model_validate(await self._change(order_number, "invoice/resend", resend))

    async def cases(self, order_number: str | None = None) -> list[Case]:
        query = {"order_number": order_number} if order_number else {}
        return CASES.validate_python(await self._read("/v1/cases", **query))

    async def open_case(self, new_case: NewCase, *confirmed: str) -> Case:
        """`confirmed` is what makes this wish another one than an earlier wish for the same goods."""
        wish = new_case.model_dump_json(exclude={"verdict"})
        key = idempotency_key(self.conversation, "open_case", wish, *confirmed)
        return Case.model_validate(await self._send("/v1/cases", new_case, key=key))

    async def change_case(self, case_id: str, change: CaseChange) -> Case:
        key = idempotency_key(self.conversation, "change_case", case_id, change.step, str(change.version))
        return Case.model_validate(await self._send(f"/v1/cases/{_segment(case_id)}/steps", change, key=key))

    async def book_pick_up(self, case_id: str, new: NewPickUp) -> Case:
        key = idempotency_key(self.conversation, "pick_up", case_id, new.model_dump_json())
        return Case.model_validate(await self._send(f"/v1/cases/{_segment(case_id)}/pick-up", new, key=key))

    async def add_evidence(self, case_id: str, new: NewEvidence) -> Case:
        key = idempotency_key(self.conversation, "evidence", case_id, new.url)
        return Case.model_validate(await self._send(f"/v1/cases/{_segment(case_id)}/evidence", new, key=key))

    async def open_ticket(self, new_ticket: NewTicket, *confirmed: str) -> Ticket:
        key = idempotency_key(
            self.conversation, "open_ticket", new_ticket.kind, new_ticket.order_number or "", *confirmed
        )
        return Ticket.model_validate(await self._send("/v1/tickets", new_ticket, key=key))

    async def tickets(self, order_number: str | None = None) -> list[Ticket]:
        query = {"order_number": order_number} if order_number else {}
        return TICKETS.validate_python(await self._read("/v1/tickets", **query))

    async def ticket(self, ticket_id: str) -> Ticket:
        return Ticket.model_validate(await self._read(f"/v1/tickets/{_segment(ticket_id)}"))

    async def find_products(self, query: str, *, sku_id: str = "") -> list[ProductPage]:
        """Best first; none where the shop has no catalogue."""
        wanted = {"query": query[:LONGEST_QUERY], "sku_id": sku_id}
        return PAGES.validate_python(await self._read_if_there("/v1/products", **wanted))

    async def find_help(self, query: str) -> list[HelpEntry]:
        return HELP.validate_python(await self._read_if_there("/v1/help", query=query[:LONGEST_QUERY]))

    async def _read_if_there(self, path: str, **query: str) -> Any:
        try:
            return await self._read(path, **query)
        except OrderNotFound:
            return []

    async def _change(self, order_number: str, what: str, body: WireModel) -> Any:
        """The version of the order is in the body, and so in the key: the same wish on a changed order is another."""
        key = idempotency_key(self.conversation, what, order_number, body.model_dump_json())
        return await self._send(f"/v1/orders/{_segment(order_number)}/{what}", body, key=key)

    async def _read(self, path: str, **query: str) -> Any:
        for attempt in range(1, READ_ATTEMPTS + 1):
            try:
                return self._answer(await self.http.get(path, params=query, headers=self._headers()))
            except (httpx.HTTPError, ShopUnavailable) as error:
                if attempt == READ_ATTEMPTS:
                    raise ShopUnavailable(type(error).__name__) from error
        raise AssertionError("unreachable")

    async def _send(self, path: str, body: WireModel | None, *, key: str | None) -> Any:
        headers = self._headers() | ({"Idempotency-Key": key} if key else {})
        content = body.model_dump(mode="json") if body else None
        try:
            return self._answer(await self.http.post(path, json=content, headers=headers))
        except httpx.HTTPError as error:
            raise ShopUnavailable(type(error).__name__) from error

    def _headers(self) -> dict[str, str]:
        return {"X-Turn-Token": self.turn_token}

    def _answer(self, response: httpx.Response) -> Any:
        if response.is_success:
            return response.json()
        detail = _error_detail(response)
        if response.status_code == httpx.codes.NOT_FOUND:
            raise OrderNotFound(detail.message, code=detail.code)
        if response.is_client_error and response.status_code != httpx.codes.UNAUTHORIZED:
            raise ShopRefused(detail.message, code=detail.code, status_code=response.status_code)
        raise ShopUnavailable(f"HTTP {response.status_code}")


def _segment(value: str) -> str:
    """A value of the shopper's as one path segment: what does not look like an id cannot be one."""
    if not value or not all(c.isascii() and (c.isalnum() or c in "-_") for c in value):
        raise OrderNotFound()
    return value


def _error_detail(response: httpx.Response) -> ErrorDetail:
    try:
        return ErrorBody.model_validate_json(response.content).error
    except ValidationError:
        return ErrorDetail(code=f"http_{response.status_code}", message="")
