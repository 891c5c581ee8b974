"""What the shop reports: `POST /v1/notices`, signed (see `contracts/notices.py`)."""

from fastapi import APIRouter, Request
from pydantic import ValidationError

from contracts.notices import SIGNATURE_HEADER, TIMESTAMP_HEADER, Notice, is_signed
from contracts.wire import WireModel
from handoff_api.endpoints.access import BridgePart
from handoff_api.errors import NoticeRefused, RequestInvalid

router = APIRouter(tags=["shop"])


class Taken(WireModel):
    """`is_new` is False for what was told before."""

    is_new: bool


@router.post("/v1/notices", status_code=202)
async def take_notice(request: Request, bridge: BridgePart) -> Taken:
    """The signature is checked on the raw bytes before anything is read from them."""
    body = await request.body()
    timestamp, signature = request.headers.get(TIMESTAMP_HEADER, ""), request.headers.get(SIGNATURE_HEADER, "")
    secret = bridge.settings.notice_secret.get_secret_value()
    if not is_signed(body, timestamp, signature, secret, now=bridge.clock()):
        raise NoticeRefused
    try:
        notice = Notice.model_validate_json(body)
    except ValidationError:
        raise RequestInvalid from None
    return Taken(is_new=await bridge.notices.take(notice))
