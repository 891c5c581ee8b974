"""`GET /metrics` for Prometheus: from this machine itself, or with `Authorization: Bearer $METRICS_TOKEN`."""

import hmac
import ipaddress

from fastapi import APIRouter, Request, Response

from handoff_api.endpoints.access import BridgePart
from handoff_api.errors import Forbidden
from handoff_api.settings import Settings

router = APIRouter(tags=["health"])

TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/metrics", response_class=Response)
async def metrics(request: Request, bridge: BridgePart) -> Response:
    """Counters of this process and the state of the shop. No ids, no texts."""
    if not (_has_token(request, bridge.settings) or _is_from_here(request, bridge.settings)):
        raise Forbidden
    return Response(await bridge.gauges.text(), media_type=TEXT_FORMAT)


def _has_token(request: Request, settings: Settings) -> bool:
    wanted = settings.metrics_token.get_secret_value()
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())


def _is_from_here(request: Request, settings: Settings) -> bool:
    """Behind a proxy everybody seems to come from here, so there the token alone counts."""
    if settings.trusted_proxy or settings.public_url or "x-forwarded-for" in request.headers:
        return False
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
