"""Proactive notices: stored with the change they tell of, signed and sent to the bridge until it has them.

The bridge knows a notice by its id, so sending one twice is harmless.
"""

from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.notices import Notice, sign_notice
from contracts.shop import CaseStatus, CaseType
from shop_api.domain.ids import new_notice_id
from shop_api.domain.wording import notice_text
from shop_api.record import outbox
from shop_api.record.tables import CaseRow, OutboxRow
from shop_api.record.views import case_view
from shop_api.services.shop import Shop

log = structlog.get_logger()

LONGEST_TEXT = 500
MAX_ATTEMPTS = 40  # with waits of at most five minutes: about three hours of a bridge that is down
LONGEST_WAIT = timedelta(minutes=5)


def tell_bridge(session: AsyncSession, shop: Shop, row: CaseRow, *, text: str | None = None) -> None:
    """A notice of the case's present state; `text` where its next step does not say it."""
    case = case_view(row, shop.now())
    said = notice_text(CaseType(row.type), row.title, case.next_step, row.refund_amount, CaseStatus(row.status))
    whose = {"shopper_id": row.shopper_id, "conversation_id": row.conversation_id}
    put_notice(session, shop, shop_id=row.shop_id, text=text or said, case=case, **whose)


def put_notice(session: AsyncSession, shop: Shop, *, shop_id: str, text: str, **about: Any) -> None:
    """Into the outbox, with the change it tells of; nothing where no bridge is named. `about`: fields of Notice."""
    if not shop.settings.bridge_url:
        return
    notice = Notice(notice_id=new_notice_id(), shop_id=shop_id, text=text[:LONGEST_TEXT], **about)
    body = notice.model_dump_json()
    outbox.put(session, shop_id=shop_id, notice_id=notice.notice_id, body=body, now=shop.now())


async def send_due(shop: Shop, client: httpx.AsyncClient) -> int:
    """Send what is due, one by one in order; returns how many arrived. A failed one waits longer each time."""
    async with shop.database.reading() as session:
        rows = await outbox.due(session, shop.now())
    arrived = 0
    for row in rows:
        problem = await _post(shop, client, row)
        await _note(shop, row, problem)
        arrived += not problem
    return arrived


async def _post(shop: Shop, client: httpx.AsyncClient, row: OutboxRow) -> str:
    """Empty when the bridge took it, else what was wrong."""
    body = row.body.encode()
    secret = shop.settings.notice_secret.get_secret_value()
    headers = {"Content-Type": "application/json", **sign_notice(body, secret, now=shop.now())}
    try:
        answer = await client.post(f"{shop.settings.bridge_url.rstrip('/')}/v1/notices", content=body, headers=headers)
    except httpx.HTTPError as error:
        return type(error).__name__
    return "" if answer.is_success else f"HTTP {answer.status_code}"


async def _note(shop: Shop, row: OutboxRow, problem: str) -> None:
    now = shop.now()
    async with shop.database.writing() as session:
        stored = await session.get_one(OutboxRow, (row.shop_id, row.notice_id))
        stored.attempts += 1
        stored.last_error = problem
        stored.sent_at = None if problem else now
        stored.next_at = _next_attempt(stored.attempts, now) if problem else None
    if problem:
        log.warning("notice.not_delivered", notice_id=row.notice_id, attempts=stored.attempts, problem=problem)


def _next_attempt(attempts: int, now: datetime) -> datetime | None:
    if attempts >= MAX_ATTEMPTS:
        return None
    return now + min(timedelta(seconds=2.0 ** min(attempts, 10)), LONGEST_WAIT)
