"""After-sales cases: opened on the shop's own verdict, moved by steps of the table, told to the bridge."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from contracts.shop import (
    Case,
    CaseChange,
    CaseStatus,
    CaseStep,
    CaseType,
    MemberLevel,
    NewCase,
    OrderStatus,
)
from contracts.verdict import Decision, Verdict
from shop_api.domain.caller import Caller
from shop_api.domain.case_life_cycle import AT_REST, Role, advance
from shop_api.domain.deadlines import ESCALATED_WITHIN, LADDER, Deadlines
from shop_api.domain.ids import new_case_id
from shop_api.domain.profile import AUTHOR_NAMES, RETURN_ADDRESS
from shop_api.domain.wording import escalated_text
from shop_api.errors import CaseExists, CaseInvalid, CaseNotFound, CaseRefused, OrderNotFound, VersionConflict
from shop_api.record import cases as record
from shop_api.record import orders as order_record
from shop_api.record.tables import CaseEventRow, CaseRow, OrderRow
from shop_api.record.views import case_view, order_view
from shop_api.services.judging import Matter, is_settled_by_review, judge, reviewed_refund, wish_of
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


async def verdict_on(shop: Shop, caller: Caller, new: NewCase) -> Verdict:
    """What the shop would decide now; nothing is opened. A refusal is a verdict; all else is raised as by opening."""
    now = shop.now()
    async with shop.database.reading() as session:
        order = await order_record.readable_order(session, caller, new.order_number, now)
        if order is None:
            raise OrderNotFound
        matter = await matter_for(session, order, new, now)
        _check_alone(matter.before, new)
        return judge(shop.rules, matter)


async def read_case(shop: Shop, caller: Caller, case_id: str) -> Case:
    async with shop.database.reading() as session:
        return case_view(await readable_case(session, caller, case_id, shop.now()), shop.now())


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
        row = await readable_case(session, caller, case_id, shop.now())
        if row.version != change.version:
            raise VersionConflict
        await take_step(session, shop, row, change, caller.role, name=caller.agent_name)
        return row.case_id

    try:
        await write_once(shop, caller, wish, write)
    except StaleDataError:
        raise VersionConflict from None
    return await read_case(shop, caller, case_id)


async def take_step(
    session: AsyncSession, shop: Shop, row: CaseRow, change: CaseChange, role: Role, *, name: str = ""
) -> None:
    """Move the case on and put the notice beside it, in the caller's transaction."""
    now = shop.now()
    status = advance(CaseType(row.type), CaseStatus(row.status), change.step, role)
    if change.step is CaseStep.SHIP_BACK:
        _note_parcel(row, change)
    if change.step is CaseStep.APPROVE and status is CaseStatus.WAIT_SHOPPER_SHIP:
        row.return_address = RETURN_ADDRESS
    matter = await _matter_of(session, row, now)
    if change.step is CaseStep.APPROVE:
        _settle_amount(row, matter)
    if change.step is CaseStep.REVISE:
        _check_alone(matter.before, matter.wish)
        row.description = change.note or row.description
    row.status = status.value
    row.deadline_at = _deadline(shop, row, matter, status, change.step)
    add_event(row, change.step.value, role, now, change.note, name=name)
    if change.step is CaseStep.REFUND:
        await _close_unshipped_order(session, row, now)
    await session.flush()
    if role != "shopper":  # what the shopper did, the shopper knows
        tell_bridge(session, shop, row, text=_text_of(row, change, now))


def _deadline(shop: Shop, row: CaseRow, matter: Matter, status: CaseStatus, step: CaseStep) -> datetime | None:
    if step is CaseStep.ESCALATE:
        return matter.now + ESCALATED_WITHIN
    deadlines = Deadlines(shop.rules, matter.order, matter.level)
    return deadlines.of(CaseType(row.type), status, matter.now, received_at=_received_at(row))


def _text_of(row: CaseRow, change: CaseChange, now: datetime) -> str | None:
    """The line of the notice where it is not the case's own next step."""
    if change.step is not CaseStep.ESCALATE or row.deadline_at is None:
        return None
    return escalated_text(CaseType(row.type), row.title, LADDER[0], row.deadline_at, now)


async def _open(session: AsyncSession, shop: Shop, caller: Caller, new: NewCase) -> str:
    now = shop.now()
    order_row = await order_record.readable_order(session, caller, new.order_number, now)
    if order_row is None:
        raise OrderNotFound
    await order_record.lock_order(session, order_row)
    row = await open_judged(session, shop, order_row, new, now)
    if caller.shopper_id is None:
        row.conversation_id = caller.conversation_id
    if caller.role == "agent":  # asked for on the shopper's behalf
        row.history[0].author = _author(caller.role, caller.agent_name)
    return row.case_id


async def open_judged(session: AsyncSession, shop: Shop, order: OrderRow, new: NewCase, now: datetime) -> CaseRow:
    """A new case on the shop's own verdict, in the caller's transaction, with the order locked."""
    matter = await matter_for(session, order, new, now)
    _check_alone(matter.before, new)
    verdict = judge(shop.rules, matter)
    if verdict.decision is Decision.REFUSED:
        raise CaseRefused(verdict.explanation)
    if new.line_id not in {line.line_id for line in matter.order.lines}:
        raise CaseInvalid
    row = _new_row(order, matter, verdict, shop)
    session.add(row)
    await session.flush()
    return row


async def matter_for(session: AsyncSession, order: OrderRow, wish: NewCase, now: datetime) -> Matter:
    """Everything the shop knows that a verdict on this wish rests on."""
    rows = await record.cases_of_order(session, order.shop_id, order.order_number)
    prices = await order_record.prices_today(session, order.shop_id)
    return Matter(
        wish,
        order_view(order, prices),
        [case_view(row, now) for row in rows],
        await _level(session, order),
        now,
    )


async def _matter_of(session: AsyncSession, row: CaseRow, now: datetime) -> Matter:
    """The matter of a case that is open already: the other cases of its order are what came before."""
    order = await session.get_one(OrderRow, (row.shop_id, row.order_number))
    await order_record.lock_order(session, order)
    matter = await matter_for(session, order, wish_of(case_view(row, now)), now)
    return replace(matter, before=[case for case in matter.before if case.case_id != row.case_id])


def _check_alone(cases: Sequence[Case], new: NewCase) -> None:
    """Goods have one case under way at a time, beside one about their price; a rejected one stands in nobody's way."""
    is_price = new.type is CaseType.PRICE_PROTECTION
    under_way = [case for case in cases if case.line_id == new.line_id and case.status not in AT_REST]
    if any((case.type is CaseType.PRICE_PROTECTION) is is_price for case in under_way):
        raise CaseExists


def _received_at(row: CaseRow) -> datetime | None:
    return next((event.at for event in reversed(row.history) if event.step == CaseStep.RECEIVE), None)


def _new_row(order: OrderRow, matter: Matter, verdict: Verdict, shop: Shop) -> CaseRow:
    new, now, deadlines = matter.wish, matter.now, Deadlines(shop.rules, matter.order, matter.level)
    line = next(line for line in matter.order.lines if line.line_id == new.line_id)
    pieces = matter.price_facts().kept if new.type is CaseType.PRICE_PROTECTION else new.quantity
    row = CaseRow(
        shop_id=order.shop_id,
        case_id=new_case_id(now),
        shopper_id=order.shopper_id,
        order_number=order.order_number,
        line_id=line.line_id,
        type=new.type.value,
        status=CaseStatus.APPLIED.value,
        title=line.title,
        quantity=pieces,
        reason=new.reason.value,
        description=new.description,
        wanted_options=new.wanted_options,
        refund_amount=verdict.refund_total,
        freight_payer=verdict.freight_payer.value if verdict.freight_payer else None,
        return_address="",
        return_carrier="",
        return_tracking_number="",
        deadline_at=deadlines.of(new.type, CaseStatus.APPLIED, now),
        verdict=verdict.model_dump(mode="json"),
        created_at=now,
        history=[],
    )
    add_event(row, "apply", "shopper", now, _in_words(new))
    if verdict.decision is Decision.ALLOWED:
        _approve_at_once(row, deadlines, now)
    return row


def _in_words(new: NewCase) -> str:
    """What the shopper said, and for an exchange what to send instead."""
    wanted = "，".join(f"{name} {value}" for name, value in new.wanted_options.items())
    return f"{new.description}（想换成：{wanted}）" if wanted else new.description


def _approve_at_once(row: CaseRow, deadlines: Deadlines, now: datetime) -> None:
    """The rule allows it, so nobody needs to wait for a review."""
    status = advance(CaseType(row.type), CaseStatus.APPLIED, CaseStep.APPROVE, "agent")
    row.status = status.value
    row.deadline_at = deadlines.of(CaseType(row.type), status, now)
    if status is CaseStatus.WAIT_SHOPPER_SHIP:
        row.return_address = RETURN_ADDRESS
    add_event(row, CaseStep.APPROVE.value, "system", now, "符合规则，自动通过")


def add_event(row: CaseRow, step: str, role: Role, now: datetime, note: str, *, name: str = "") -> None:
    row.history.append(
        CaseEventRow(
            shop_id=row.shop_id,
            case_id=row.case_id,
            position=len(row.history) + 1,
            at=now,
            step=step,
            status=row.status,
            author=_author(role, name),
            note=note,
        )
    )


def _author(role: Role, name: str) -> str:
    """`商家客服 小林`: the shop's people are named, so that the shopper knows who it was."""
    return f"{AUTHOR_NAMES[role]} {name}".strip()


def _note_parcel(row: CaseRow, change: CaseChange) -> None:
    number = change.tracking_number.strip()
    if not number:
        raise CaseInvalid("请填写寄回包裹的快递单号。")
    row.return_tracking_number = number
    row.return_carrier = change.carrier.strip()


def _settle_amount(row: CaseRow, matter: Matter) -> None:
    """A case opened for review carries no amount, which would be a promise; its approval brings the exact one."""
    if row.refund_amount is not None or not is_settled_by_review(matter.wish.type):
        return
    lines = reviewed_refund(matter)
    row.refund_amount = sum((line.amount for line in lines), Decimal("0.00"))
    row.verdict = {**row.verdict, "refund_lines": [line.model_dump(mode="json") for line in lines]}


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


async def readable_case(session: AsyncSession, caller: Caller, case_id: str, now: datetime) -> CaseRow:
    row = await record.get_case(session, caller.shop_id, case_id)
    if row is None or not await order_record.readable_order(session, caller, row.order_number, now):
        raise CaseNotFound
    return row


async def _level(session: AsyncSession, order: OrderRow) -> MemberLevel:
    shopper = await order_record.get_shopper(session, order.shop_id, order.shopper_id)
    return MemberLevel(shopper.level) if shopper else MemberLevel.REGULAR
