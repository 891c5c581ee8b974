"""The chain of the audit log: every entry is sealed with the hash of the one before it.

Entries are sealed a few seconds after they were written, by one process, in the order in which it finds them, so that
no two transactions wait for each other on account of the log. Who keeps a head (it is in the process's log) can show
later that nothing before it was changed, taken out or put in.
"""

import hashlib
import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff_api.record.tables import AuditRecord

A = AuditRecord
BEGINNING = "0" * 64
AT_ONCE = 500


def seal_of(previous: str, entry: AuditRecord) -> str:
    parts = [
        previous,
        entry.position,
        entry.audit_id,
        entry.at.isoformat(),
        entry.shop_id,
        entry.actor,
        entry.action,
        entry.subject,
        entry.facts,
    ]
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


async def seal(session: AsyncSession) -> tuple[int, str]:
    """How many entries were sealed, and the head of the chain."""
    last = (
        await session.execute(select(A).where(A.position.is_not(None)).order_by(A.position.desc()).limit(1))
    ).scalar()
    position, head = (last.position or 0, last.hash or BEGINNING) if last else (0, BEGINNING)
    query = select(A).where(A.position.is_(None)).order_by(A.audit_id).limit(AT_ONCE)
    count = 0
    for entry in (await session.execute(query)).scalars().all():
        position += 1
        entry.position = position
        entry.hash = head = seal_of(head, entry)
        count += 1
    return count, head


async def verify(session: AsyncSession, *, known_head: str | None = None) -> tuple[list[str], int, str]:
    """What is wrong with the chain, how long it is, and its head. `known_head` is one that somebody kept."""
    wrong, head, count, is_known_met = [], BEGINNING, 0, known_head in (None, BEGINNING)
    query = select(A).where(A.position.is_not(None)).order_by(A.position).execution_options(yield_per=AT_ONCE)
    async for entry in await session.stream_scalars(query):
        count += 1
        if entry.position != count:
            wrong.append(f"audit: {count} is followed by {entry.position}")
            count = entry.position or count
        if entry.hash != seal_of(head, entry):
            wrong.append(f"audit: entry {entry.audit_id} at {entry.position} is not what was sealed")
        head = entry.hash or ""
        is_known_met = is_known_met or head == known_head
    if not is_known_met:
        wrong.append(
            "audit: the head that was kept is not in the chain; its end was cut off or all of it was rewritten"
        )
    return wrong, count, head


async def newest(session: AsyncSession, shop_id: str, *, before: int | None, limit: int) -> Sequence[AuditRecord]:
    query = select(A).where(A.shop_id == shop_id).order_by(A.audit_id.desc()).limit(limit)
    if before is not None:
        query = query.where(A.audit_id < before)
    return (await session.execute(query)).scalars().all()
