"""What those who lead see and set beside the socket: the board, the figures, the rules of the running shop."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from starlette.responses import PlainTextResponse

from contracts.desk import Statistics
from contracts.supervision import Board, DryRun, RulesChange, RulesInForce
from handoff_api.endpoints.access import BridgePart, OwnOrigin, SignedIn
from handoff_api.services.statistics import Part, Which

router = APIRouter(tags=["supervision"])

Days = Annotated[int, Query(ge=1, le=92)]
Chosen = Annotated[str, Query(max_length=64)]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/v1/agent/board")
async def board(bridge: BridgePart, agent: SignedIn) -> Board:
    return await bridge.board.now(agent)


@router.get("/v1/agent/rules")
async def rules(bridge: BridgePart, agent: SignedIn) -> RulesInForce:
    return await bridge.rules.view(agent)


@router.post("/v1/agent/rules", dependencies=[OwnOrigin])
async def change_rules(change: RulesChange, bridge: BridgePart, agent: SignedIn) -> RulesInForce:
    """In force at once; the queue is matched anew."""
    changed = await bridge.rules.change(agent, change)
    await bridge.assignment.match()
    return changed


@router.get("/v1/agent/rules/dry-run")
async def dry_run(bridge: BridgePart, agent: SignedIn) -> DryRun:
    """Yesterday's handoffs through each strategy; nothing is changed by it."""
    return await bridge.board.dry_run(agent)


def _which(days: Days = 7, group: Chosen = "", channel: Chosen = "", agent_id: Chosen = "") -> Which:
    return Which(days, group, channel, agent_id)


Wanted = Annotated[Which, Depends(_which)]


@router.get("/v1/agent/statistics")
async def statistics(bridge: BridgePart, agent: SignedIn, which: Wanted) -> Statistics:
    """For leads and auditors: the Shanghai days that end today."""
    return await bridge.statistics.of(agent, which)


@router.get("/v1/agent/statistics.csv", response_class=PlainTextResponse)
async def statistics_as_csv(
    bridge: BridgePart, agent: SignedIn, which: Wanted, part: Part = "days"
) -> PlainTextResponse:
    """One table, as a spreadsheet opens it."""
    text = await bridge.statistics.as_csv(agent, which, part)
    return PlainTextResponse(text, media_type="text/csv", headers=_named(f"statistics-{part}-{which.days}-days.csv"))


@router.get("/v1/agent/statistics.xlsx", response_class=Response)
async def statistics_as_xlsx(bridge: BridgePart, agent: SignedIn, which: Wanted) -> Response:
    """All tables, a sheet for each."""
    book = await bridge.statistics.as_xlsx(agent, which)
    return Response(book, media_type=XLSX, headers=_named(f"statistics-{which.days}-days.xlsx"))


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
