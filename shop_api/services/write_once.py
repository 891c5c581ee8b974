"""Writes that may be asked for twice and happen once: key + owner + body, committed with the write itself."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shop_api.domain.caller import Caller
from shop_api.errors import IdempotencyMismatch
from shop_api.record.tables import IdempotencyRow
from shop_api.services.shop import Shop


class Written(NamedTuple):
    """`is_first` is False where an earlier call with the same key did it."""

    result_id: str
    is_first: bool


class Wish(NamedTuple):
    """What is asked for: the caller's key, and path and body as they came, which must be the same every time."""

    key: str
    path: str
    body: str

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(f"{self.path}\n{self.body}".encode()).hexdigest()


async def write_once(
    shop: Shop, caller: Caller, wish: Wish, write: Callable[[AsyncSession], Awaitable[str]]
) -> Written:
    """Run `write` in one transaction with its key. Of two at once the loser gets the winner's result."""
    try:
        return await _write_or_recall(shop, caller, wish, write)
    except IntegrityError:  # the other one committed between our look and our insert (PostgreSQL)
        return await _write_or_recall(shop, caller, wish, write)


async def _write_or_recall(
    shop: Shop, caller: Caller, wish: Wish, write: Callable[[AsyncSession], Awaitable[str]]
) -> Written:
    async with shop.database.writing() as session:
        known = await session.get(IdempotencyRow, (caller.shop_id, caller.owner_key, wish.key))
        if known:
            if known.body_hash != wish.fingerprint:
                raise IdempotencyMismatch
            return Written(known.result_id, is_first=False)
        row = IdempotencyRow(
            shop_id=caller.shop_id,
            owner_key=caller.owner_key,
            key=wish.key,
            body_hash=wish.fingerprint,
            result_id="",
            created_at=shop.now(),
        )
        session.add(row)
        await session.flush()  # claims the key before anything is done under it
        row.result_id = await write(session)
        return Written(row.result_id, is_first=True)
