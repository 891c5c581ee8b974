"""Who may call: the service's bearer token on everything, and a turn token that says for whom."""

import hmac
import json
from typing import Annotated

from fastapi import Depends, Header, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from contracts.identity import Audience, TokenRefused, TurnIdentity, read
from shop_api.domain.caller import Caller
from shop_api.errors import IdempotencyKeyNeeded, ServiceUnauthorized, TurnTokenRefused
from shop_api.services.shop import Shop
from shop_api.services.write_once import Wish

bearer = HTTPBearer(auto_error=False, scheme_name="service", description="SHOP_API_TOKEN, shared by the services")
turn_header = APIKeyHeader(
    name="X-Turn-Token",
    auto_error=False,
    scheme_name="turn",
    description="JWT (HS256, TURN_SECRET, audience `shouhou.turn`): for which shop, shopper and conversation",
)
MAX_KEY = 200


def shop_of(request: Request) -> Shop:
    shop: Shop = request.app.state.shop
    return shop


ShopDep = Annotated[Shop, Depends(shop_of)]


def check_service(shop: ShopDep, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)]) -> None:
    wanted = shop.settings.shop_api_token.get_secret_value().encode()
    given = credentials.credentials.encode() if credentials else b""
    if not hmac.compare_digest(given, wanted):
        raise ServiceUnauthorized


def caller_of(
    shop: ShopDep,
    _service: Annotated[None, Depends(check_service)],
    token: Annotated[str | None, Security(turn_header)],
) -> Caller:
    """The service is checked first: a stranger learns nothing about turn tokens."""
    if not token:
        raise TurnTokenRefused
    try:
        return Caller.of(read(TurnIdentity, token, Audience.TURN, shop.settings.turn_secret.get_secret_value()))
    except TokenRefused:
        raise TurnTokenRefused from None


CallerDep = Annotated[Caller, Depends(caller_of)]


async def wish_of(
    request: Request,
    _caller: CallerDep,
    key: Annotated[
        str | None,
        Header(alias="Idempotency-Key", max_length=MAX_KEY, description="the same key does the write once"),
    ] = None,
) -> Wish:
    if not key:
        raise IdempotencyKeyNeeded
    return Wish(key=key, path=request.url.path, body=_canonical(await request.body()))


def _canonical(body: bytes) -> str:
    """The same wish written with other spaces or another order of fields is the same wish."""
    try:
        return json.dumps(json.loads(body), sort_keys=True) if body.strip() else ""
    except (ValueError, RecursionError):  # the route's own model refuses it with the field at fault
        return ""


WishDep = Annotated[Wish, Depends(wish_of)]
