"""`python -m shop_api.seed`: fill the demo store. Run again it changes nothing on the same day, and on a later day
re-dates the orders nobody has touched. `--fresh` throws the demo store's old data away first."""

import asyncio
import hashlib
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from policy import load_rules
from shop_api.demo_data.background import background_people
from shop_api.demo_data.catalogue import load_help, load_pages, load_people, load_products
from shop_api.demo_data.generator import Bundle, bundles_of, help_rows, product_rows, shopper_row
from shop_api.domain.profile import SHOP_ID, SHOP_NAME
from shop_api.record import cases as case_record
from shop_api.record import orders as order_record
from shop_api.record.database import Database
from shop_api.record.tables import Base, SeedRow, TicketRow
from shop_api.settings import DatabaseSettings

Tell = Callable[[str], None]
PROGRESS_EVERY = 10


async def seed(database: Database, *, now: datetime, tell: Tell, fresh: bool = False) -> int:
    """Returns how many orders were written."""
    products, rules = load_products(), load_rules()
    people = load_people() + background_people(products)
    tell(f"演示店铺「{SHOP_NAME}」：{len(products)} 件商品，{len(people)} 位顾客")
    async with database.writing() as session:
        if fresh:
            await _clear(session)
        wares = product_rows(list(products.values()), load_pages())
        for row in [*wares, *help_rows(load_help()), *map(shopper_row, people)]:
            await session.merge(row)
    written = 0
    for number, person in enumerate(people, 1):
        async with database.writing() as session:
            for bundle in bundles_of(person, products, rules, now):
                written += await _put(session, bundle)
        if number % PROGRESS_EVERY == 0 or number == len(people):
            tell(f"  顾客 {number}/{len(people)}，已写入订单 {written}")
    return written


async def _put(session: AsyncSession, bundle: Bundle) -> bool:
    """Write a bundle that is new, or dated another day and untouched since. False where it was left alone."""
    number = bundle.order.order_number
    fingerprint = _fingerprint(bundle)
    known = await session.get(SeedRow, (SHOP_ID, number))
    if known and (known.fingerprint == fingerprint or await _is_touched(session, number)):
        return False
    if known:
        await _remove(session, number)
    session.add(bundle.order)
    await session.flush()
    session.add_all([*bundle.cases, *bundle.tickets])
    await session.merge(SeedRow(shop_id=SHOP_ID, name=number, fingerprint=fingerprint))
    return True


async def _is_touched(session: AsyncSession, number: str) -> bool:
    """Has anybody moved the order or its cases since it was seeded? Seeded cases are numbered AS88…"""
    order = await order_record.get_order(session, SHOP_ID, number)
    cases = await case_record.cases_of_order(session, SHOP_ID, number)
    return order is None or order.version > 1 or any(c.version > 1 or not c.case_id.startswith("AS88") for c in cases)


async def _remove(session: AsyncSession, number: str) -> None:
    for case in await case_record.cases_of_order(session, SHOP_ID, number):
        await session.delete(case)
    order = await order_record.get_order(session, SHOP_ID, number)
    if order:
        await session.delete(order)
    await session.flush()
    seeded = delete(TicketRow).where(
        TicketRow.shop_id == SHOP_ID, TicketRow.order_number == number, TicketRow.ticket_id.startswith("TK88")
    )
    await session.execute(seeded)
    session.expunge_all()


async def _clear(session: AsyncSession) -> None:
    """Children first."""
    for table in reversed(Base.metadata.sorted_tables):
        await session.execute(delete(table).where(table.c.shop_id == SHOP_ID))


def _fingerprint(bundle: Bundle) -> str:
    order = bundle.order
    events = [event for case in bundle.cases for event in case.history]
    rows: list[Base] = [order, *order.lines, *order.shipments, *bundle.cases, *events, *bundle.tickets]
    return hashlib.sha256("\n".join(map(_content, rows)).encode()).hexdigest()


def _content(row: Base) -> str:
    names = [column.key for column in row.__table__.columns if column.key != "version"]
    return repr([(name, getattr(row, name)) for name in names])


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def main() -> None:
    database = Database(DatabaseSettings().shop_database_url)
    try:
        written = await seed(database, now=datetime.now(UTC), tell=_say, fresh="--fresh" in sys.argv[1:])
        _say(f"完成：写入 {written} 笔订单" if written else "完成：数据已是最新，没有改动")
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(main())
