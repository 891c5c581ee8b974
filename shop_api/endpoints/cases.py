"""After-sales cases."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response, status

from contracts.shop import Case, CaseChange, NewCase, NewEvidence, NewPickUp
from contracts.verdict import Verdict
from contracts.wire import NO_NUL
from shop_api.endpoints.access import CallerDep, ShopDep, WishDep
from shop_api.endpoints.refusals import documented
from shop_api.errors import (
    CaseExists,
    CaseInvalid,
    CaseNotFound,
    CaseRefused,
    EvidenceNotTaken,
    IdempotencyKeyNeeded,
    IdempotencyMismatch,
    IllegalStep,
    OrderNotFound,
    PickUpNotPossible,
    StepNotYours,
    VersionConflict,
)
from shop_api.services import case_papers, cases

router = APIRouter(prefix="/v1/cases", tags=["cases"])
CaseId = Annotated[str, Path(max_length=64, pattern=NO_NUL)]


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    summary="Open a case",
    responses={
        200: {"model": Case, "description": "the case that the same `Idempotency-Key` opened before"},
        **documented(OrderNotFound, CaseExists, CaseRefused, CaseInvalid, IdempotencyKeyNeeded, IdempotencyMismatch),
    },
)
async def open_case(shop: ShopDep, caller: CallerDep, new: NewCase, wish: WishDep, response: Response) -> Case:
    """The shop decides on its own facts. Allowed: approved at once, with the return address and a deadline. Unclear:
    opened as `applied` for a person to review. Not allowed: `case_refused`, its message ready for the shopper."""
    case, written = await cases.open_case(shop, caller, new, wish)
    if not written.is_first:
        response.status_code = status.HTTP_200_OK
    return case


@router.post(
    "/verdict",
    summary="What would be decided",
    responses=documented(OrderNotFound, CaseExists, CaseInvalid),
)
async def verdict_on(shop: ShopDep, caller: CallerDep, new: NewCase) -> Verdict:
    """The shop's verdict on a wish, before anybody makes it; nothing is opened."""
    return await cases.verdict_on(shop, caller, new)


@router.get("", summary="Cases, newest first", responses=documented(OrderNotFound))
async def list_cases(
    shop: ShopDep, caller: CallerDep, order_number: Annotated[str | None, Query(max_length=64, pattern=NO_NUL)] = None
) -> list[Case]:
    """Of one order, or where none is named of the shopper, or of the orders an anonymous conversation has proven."""
    return await cases.list_cases(shop, caller, order_number)


@router.get("/{case_id}", summary="One case", responses=documented(CaseNotFound))
async def read_case(shop: ShopDep, caller: CallerDep, case_id: CaseId) -> Case:
    return await cases.read_case(shop, caller, case_id)


@router.post(
    "/{case_id}/steps",
    summary="Take a step",
    responses=documented(
        CaseNotFound, VersionConflict, IllegalStep, StepNotYours, IdempotencyKeyNeeded, IdempotencyMismatch
    ),
)
async def change_case(shop: ShopDep, caller: CallerDep, case_id: CaseId, change: CaseChange, wish: WishDep) -> Case:
    """A turn of role `shopper` takes the shopper's steps (ship_back, withdraw, confirm, revise, dispute), one of role
    `agent` the shop's (approve, reject, receive, pass_inspection, fail_inspection, finish_repair, refund, reship,
    settle). `version` is the one the caller saw."""
    return await cases.change_case(shop, caller, case_id, change, wish)


@router.post(
    "/{case_id}/pick-up",
    summary="Have the parcel collected",
    responses=documented(CaseNotFound, VersionConflict, PickUpNotPossible, IdempotencyKeyNeeded, IdempotencyMismatch),
)
async def book_pick_up(shop: ShopDep, caller: CallerDep, case_id: CaseId, new: NewPickUp, wish: WishDep) -> Case:
    """While the case waits for the goods to be sent back; from tomorrow on and before its deadline."""
    return await case_papers.book_pick_up(shop, caller, case_id, new, wish)


@router.post(
    "/{case_id}/evidence",
    summary="Put a photo beside a case",
    responses=documented(CaseNotFound, VersionConflict, EvidenceNotTaken, IdempotencyKeyNeeded, IdempotencyMismatch),
)
async def add_evidence(shop: ShopDep, caller: CallerDep, case_id: CaseId, new: NewEvidence, wish: WishDep) -> Case:
    """At most nine, until the case is over. `evidence_wanted` of the case says which would help."""
    return await case_papers.add_evidence(shop, caller, case_id, new, wish)
