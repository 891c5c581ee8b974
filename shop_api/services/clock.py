"""The shop's own timers: notices and invoices that are due, cases whose shopper let the deadline pass. Each may run
twice without harm."""

import asyncio
from datetime import timedelta

import httpx
import structlog
from sqlalchemy.orm.exc import StaleDataError

from contracts.shop import CaseChange, CaseStep
from shop_api.record import cases as record
from shop_api.record.retention import forget
from shop_api.services.cases import take_step
from shop_api.services.escalation import escalate_late
from shop_api.services.invoices import issue_due
from shop_api.services.notices import send_due
from shop_api.services.shop import Shop

log = structlog.get_logger()

TIDY_EVERY = timedelta(hours=1)


async def run_clock(shop: Shop) -> None:
    """Tick until cancelled. A database that is away for a while stops nothing for good."""
    tidy_at = shop.now()
    async with httpx.AsyncClient(timeout=5) as client:
        while True:
            try:
                await close_overdue(shop)
                await escalate_late(shop)
                await issue_due(shop)
                await send_due(shop, client)
                if shop.now() >= tidy_at:
                    await forget_old(shop)
                    tidy_at = shop.now() + TIDY_EVERY
            except Exception as error:  # the process's edge: one bad tick must not end all later ones
                log.error("clock.tick_failed", problem=type(error).__name__)
            await asyncio.sleep(shop.settings.clock_interval_s)


async def forget_old(shop: Shop) -> None:
    """Drop what has served: proofs that ran out, counted failures, old keys, delivered notices."""
    async with shop.database.writing() as session:
        await forget(session, shop.now())


async def close_overdue(shop: Shop) -> int:
    """Time out the cases that waited for their shopper in vain; returns how many."""
    async with shop.database.reading() as session:
        overdue = await record.overdue_cases(session, shop.now())
    closed = 0
    for case in overdue:
        closed += await _time_out(shop, case.shop_id, case.case_id, case.version)
    return closed


async def _time_out(shop: Shop, shop_id: str, case_id: str, version: int) -> bool:
    """False where somebody moved the case in the meantime."""
    try:
        async with shop.database.writing() as session:
            row = await record.get_case(session, shop_id, case_id)
            if row is None or row.version != version:
                return False
            await take_step(session, shop, row, CaseChange(step=CaseStep.TIME_OUT, version=version), "system")
    except StaleDataError:
        return False
    log.info("case.timed_out", shop_id=shop_id, case_id=case_id)
    return True
