"""After-sales cases: opened on the shop's own verdict, moved by steps of the table, told to the bridge."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from contracts.shop import (
    Case,
    CaseChange,
    CaseReason,
    CaseStatus,
    CaseStep,
    CaseType,
    MemberLevel,
    NewCase,
    OrderLine,
    OrderStatus,
)
from contracts.verdict import Decision, Verdict
from shop_api.domain.caller import Caller
from shop_api.domain.case_life_cycle import AT_REST, Role, advance
from shop_api.domain.deadlines import case_deadline
from shop_api.domain.ids import new_case_id
from shop_api.domain.profile import AUTHOR_NAMES, RETURN_ADDRESS
from shop_api.errors import CaseExists, CaseInvalid, CaseNotFound, CaseRefused, OrderNotFound, VersionConflict
from shop_api.record import cases as record
from shop_api.record import orders as order_record
from shop_api.record.tables import CaseEventRow, CaseRow, OrderRow
from shop_api.record.views import case_view, order_view
from shop_api.services.judging import MONEY_TYPES, judge, reviewed_refund
from shop_api.services.notices import tell_bridge
from shop_api.services.shop import Shop
from shop_api.services.write_once import Wish, Written, write_once

LIST_LIMIT = 50


async def open_case(shop: Shop, caller: Caller, new: NewCase, wish: Wish) -> tuple[Case, Written]:
    """Open a case, approved at once where the verdict allows it, for review where a person must look."""

    async def write(session: AsyncSession) -> str:
        return await _open(session, shop, caller, new)

    written = await write_once(shop, caller, wish, write)
    return await read_case(shop, caller, written.result_id), written


async def read_case(shop: Shop, caller: Caller, case_id: str) -> Case:
    async with shop.database.reading() as session:
        return case_view(await _readable_case(session, caller, case_id, shop.now()), shop.now())


async def list_cases(shop: Shop, caller: Caller, order_number: str | None) -> list[Case]:
    """Newest first; without an order number all of the shopper's, or of the orders this conversation has proven."""
    now = shop.now()
    async with shop.database.reading() as session:
        if order_number is None:
            rows = await _all_cases(session, caller, now)
        elif await order_record.readable_order(session, caller, order_number, now):
            rows = await record.cases_of_order(session, caller.shop_id, order_number)
        else:
            raise OrderNotFound
        return [case_view(row, now) for row in rows]


async def _all_cases(session: AsyncSession, caller: Caller, now: datetime) -> Sequence[CaseRow]:
    if caller.shopper_id is not None:
        return await record.cases_of_shopper(session, caller.shop_id, caller.shopper_id, LIST_LIMIT)
    orders = await order_record.granted_orders(session, caller, status=None, limit=LIST_LIMIT, now=now)
    return [
        case for order in orders for case in await record.cases_of_order(session, caller.shop_id, order.order_number)
    ]


async def change_case(shop: Shop, caller: Caller, case_id: str, change: CaseChange, wish: Wish) -> Case:
    """Take one step. The version must be the one the caller saw."""

    async def write(session: AsyncSession) -> str:
        row = await _readable_case(session, caller, case_id, shop.now())
        if row.version != change.version:
            raise VersionConflict
        await take_step(session, shop, row, change, caller.role)
        return row.case_id

    try:
        await write_once(shop, caller, wish, write)
    except StaleDataError:
        raise VersionConflict from None
    return await read_case(shop, caller, case_id)


async def take_step(session: AsyncSession, shop: Shop, row: CaseRow, change: CaseChange, role: Role) -> None:
    """Move the case on and put the notice beside it, in the caller's transaction."""
    now = shop.now()
    status = advance(CaseType(row.type), CaseStatus(row.status), change.step, role)
    if change.step is CaseStep.SHIP_BACK:
        _note_parcel(row, change)
    if change.step is CaseStep.APPROVE and status is CaseStatus.WAIT_SHOPPER_SHIP:
        row.return_address = RETURN_ADDRESS
    if change.step is CaseStep.APPROVE:
        await _settle_amount(session, row, now)
    if change.step is CaseStep.REVISE:
        _check_alone(await record.cases_of_order(session, row.shop_id, row.order_number), row.line_id)
        row.description = change.note or row.description
    row.status = status.value
    row.deadline_at = case_deadline(status, now)
    _add_event(row, change.step.value, role, now, change.note)
    if change.step is CaseStep.REFUND:
        await _close_unshipped_order(session, row, now)
    await session.flush()
    if role != "shopper":  # what the shopper did, the shopper knows
        tell_bridge(session, shop, row)


async def _open(session: AsyncSession, shop: Shop, caller: Caller, new: NewCase) -> str:
    now = shop.now()
    order_row = await order_record.readable_order(session, caller, new.order_number, now)
    if order_row is None:
        raise OrderNotFound
    await order_record.lock_order(session, order_row)
    earlier = await record.cases_of_order(session, caller.shop_id, new.order_number)
    _check_alone(earlier, new.line_id)
    order = order_view(order_row)
    level = await _level(session, order_row)
    verdict = judge(shop.rules, new, order, earlier, level=level, now=now)
    if verdict.decision is Decision.REFUSED:
        raise CaseRefused(verdict.explanation)
    line = next((line for line in order.lines if line.line_id == new.line_id), None)
    if line is None:
        raise CaseInvalid
    row = _new_row(order_row, line, new, verdict, now)
    session.add(row)
    await session.flush()
    return row.case_id


def _check_alone(cases: Sequence[CaseRow], line_id: str) -> None:
    """Goods have one case under way at a time; a rejected one does not stand in the way of another try."""
    if any(case.line_id == line_id and CaseStatus(case.status) not in AT_REST for case in cases):
        raise CaseExists


def _new_row(order: OrderRow, line: OrderLine, new: NewCase, verdict: Verdict, now: datetime) -> CaseRow:
    row = CaseRow(
        shop_id=order.shop_id,
        case_id=new_case_id(now),
        shopper_id=order.shopper_id,
        order_number=order.order_number,
        line_id=line.line_id,
        type=new.type.value,
        status=CaseStatus.APPLIED.value,
        title=line.title,
        quantity=new.quantity,
        reason=new.reason.value,
        description=new.description,
        wanted_options=new.wanted_options,
        refund_amount=verdict.refund_total,
        freight_payer=verdict.freight_payer.value if verdict.freight_payer else None,
        return_address="",
        return_carrier="",
        return_tracking_number="",
        deadline_at=case_deadline(CaseStatus.APPLIED, now),
        verdict=verdict.model_dump(mode="json"),
        created_at=now,
        history=[],
    )
    _add_event(row, "apply", "shopper", now, _in_words(new))
    if verdict.decision is Decision.ALLOWED:
        _approve_at_once(row, now)
    return row


def _in_words(new: NewCase) -> str:
    """What the shopper said, and for an exchange what to send instead."""
    wanted = "，".join(f"{name} {value}" for name, value in new.wanted_options.items())
    return f"{new.description}（想换成：{wanted}）" if wanted else new.description


def _approve_at_once(row: CaseRow, now: datetime) -> None:
    """The rule allows it, so nobody needs to wait for a review."""
    status = advance(CaseType(row.type), CaseStatus.APPLIED, CaseStep.APPROVE, "agent")
    row.status = status.value
    row.deadline_at = case_deadline(status, now)
    if status is CaseStatus.WAIT_SHOPPER_SHIP:
        row.return_address = RETURN_ADDRESS
    _add_event(row, CaseStep.APPROVE.value, "system", now, "符合规则，自动通过")


def _add_event(row: CaseRow, step: str, role: Role, now: datetime, note: str) -> None:
    row.history.append(
        CaseEventRow(
            shop_id=row.shop_id,
            case_id=row.case_id,
            position=len(row.history) + 1,
            at=now,
            step=step,
            status=row.status,
            author=AUTHOR_NAMES[role],
            note=note,
        )
    )


def _note_parcel(row: CaseRow, change: CaseChange) -> None:
    number = change.tracking_number.strip()
    if not number:
        raise CaseInvalid("请填写寄回包裹的快递单号。")
    row.return_tracking_number = number
    row.return_carrier = change.carrier.strip()


async def _settle_amount(session: AsyncSession, row: CaseRow, now: datetime) -> None:
    """A case opened for review carries no amount, which would be a promise; its approval brings the exact one."""
    order = await order_record.get_order(session, row.shop_id, row.order_number)
    if order is None or row.refund_amount is not None or CaseType(row.type) not in MONEY_TYPES:
        return
    await order_record.lock_order(session, order)
    others = await record.cases_of_order(session, row.shop_id, row.order_number)
    wish = NewCase(
        type=CaseType(row.type),
        order_number=row.order_number,
        line_id=row.line_id,
        quantity=row.quantity,
        reason=CaseReason(row.reason),
    )
    row.refund_amount = reviewed_refund(
        wish,
        order_view(order),
        [case for case in others if case.case_id != row.case_id],
        level=await _level(session, order),
        now=now,
    )


async def _close_unshipped_order(session: AsyncSession, row: CaseRow, now: datetime) -> None:
    """An unshipped order whose whole price went back is over: nothing may leave the warehouse any more."""
    order = await order_record.get_order(session, row.shop_id, row.order_number)
    if order is None or order.status != OrderStatus.PAID:
        return
    cases = await record.cases_of_order(session, row.shop_id, row.order_number)
    refunded = sum(case.refund_amount or 0 for case in cases if CaseStatus(case.status) is CaseStatus.DONE)
    if refunded != order.paid_total:
        return
    order.status = OrderStatus.CANCELLED.value
    order.cancelled_at = now


async def _readable_case(session: AsyncSession, caller: Caller, case_id: str, now: datetime) -> CaseRow:
    row = await record.get_case(session, caller.shop_id, case_id)
    if row is None or not await order_record.readable_order(session, caller, row.order_number, now):
        raise CaseNotFound
    return row


async def _level(session: AsyncSession, order: OrderRow) -> MemberLevel:
    shopper = await order_record.get_shopper(session, order.shop_id, order.shopper_id)
    return MemberLevel(shopper.level) if shopper else MemberLevel.REGULAR
