"""What is put beside a case without moving it: when its parcel is collected, photos for whoever reviews it."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from contracts.shop import Case, CaseStatus, Evidence, NewEvidence, NewPickUp, PickUp, PickUpSlot
from policy.calendar import in_chinese, legal_day
from shop_api.domain.caller import Caller
from shop_api.domain.carriers import carrier_of
from shop_api.domain.case_life_cycle import COLLECTED, FINAL
from shop_api.errors import EvidenceNotTaken, PickUpNotPossible, VersionConflict
from shop_api.record.tables import CaseRow
from shop_api.services.cases import add_event, read_case, readable_case
from shop_api.services.shop import Shop
from shop_api.services.write_once import Wish, write_once

CARRIER = "SF"
LONGEST_AHEAD = timedelta(days=7)
MOST_EVIDENCE = 9
SLOTS = {PickUpSlot.MORNING: "上午", PickUpSlot.AFTERNOON: "下午", PickUpSlot.EVENING: "晚上"}


async def book_pick_up(shop: Shop, caller: Caller, case_id: str, new: NewPickUp, wish: Wish) -> Case:
    def write(row: CaseRow) -> None:
        if row.version != new.version:
            raise VersionConflict
        _check_day(shop, row, new)
        booked = PickUp(day=new.day, slot=new.slot, carrier_name=carrier_of(CARRIER).name)
        row.pick_up = booked.model_dump(mode="json")
        day = in_chinese(new.day, seen_from=legal_day(shop.now()))
        note = f"预约上门取件：{day}{SLOTS[new.slot]}，{booked.carrier_name}"
        add_event(row, "book_pick_up", caller.role, shop.now(), note)

    return await _write(shop, caller, case_id, wish, write)


async def add_evidence(shop: Shop, caller: Caller, case_id: str, new: NewEvidence, wish: Wish) -> Case:
    def write(row: CaseRow) -> None:
        if CaseStatus(row.status) in FINAL or len(row.evidence) >= MOST_EVIDENCE:
            raise EvidenceNotTaken
        added = Evidence(name=new.name, url=new.url, at=shop.now())
        row.evidence = [*row.evidence, added.model_dump(mode="json")]

    return await _write(shop, caller, case_id, wish, write)


async def _write(shop: Shop, caller: Caller, case_id: str, wish: Wish, change: Callable[[CaseRow], None]) -> Case:
    async def write(session: AsyncSession) -> str:
        change(await readable_case(session, caller, case_id, shop.now()))
        return case_id

    try:
        await write_once(shop, caller, wish, write)
    except StaleDataError:
        raise VersionConflict from None
    return await read_case(shop, caller, case_id)


def _check_day(shop: Shop, row: CaseRow, new: NewPickUp) -> None:
    """From tomorrow on, and before the parcel must have left."""
    today = legal_day(shop.now())
    last = legal_day(row.deadline_at) if row.deadline_at else today + LONGEST_AHEAD
    if CaseStatus(row.status) not in COLLECTED:
        raise PickUpNotPossible
    if not today < new.day <= min(last, today + LONGEST_AHEAD):
        raise PickUpNotPossible("上门取件可以约明天起七天内，并且要在寄回期限之前。")
