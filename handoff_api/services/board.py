"""The living board of those who lead, and a day of the shop played again through each strategy."""

from datetime import UTC, datetime, time, timedelta

from contracts.events import Status
from contracts.frames import SlaFrame
from contracts.supervision import Board, DryRun, ReplayedAgent, ReplayedDay
from handoff_api.domain.clock import Clock
from handoff_api.domain.hours import SHANGHAI
from handoff_api.domain.replay import Outcome, replay
from handoff_api.domain.roles import Right, require
from handoff_api.domain.routing import STRATEGIES, Candidate
from handoff_api.domain.rules import Strategy
from handoff_api.record import agents, conversations, deadlines, statistics
from handoff_api.record.database import Record
from handoff_api.record.tables import AgentRecord
from handoff_api.services.rule_book import RuleBook
from handoff_api.services.staffing import Staffing
from handoff_api.services.views import Views

WITH_PEOPLE = (Status.QUEUED, Status.OFFERED, Status.ACTIVE, Status.WRAP_UP)


class BoardDesk:
    def __init__(self, record: Record, views: Views, staffing: Staffing, rules: RuleBook, clock: Clock) -> None:
        self._record = record
        self._views = views
        self._staffing = staffing
        self._rules = rules
        self._clock = clock

    async def now(self, agent: AgentRecord) -> Board:
        require(agent.role, Right.LEAD)
        midnight = datetime.combine(self._clock().astimezone(SHANGHAI).date(), time(), SHANGHAI)
        async with self._record.reading() as session:
            rows = await conversations.with_status(session, agent.shop_id, *WITH_PEOPLE)
            team = await agents.of_shop(session, agent.shop_id)
            passed = await deadlines.since(session, agent.shop_id, midnight)
            limit = self._rules.now.sla.response
            return Board(
                agents=[await self._staffing.view(session, each) for each in team],
                rows=await self._views.for_agents(session, rows),
                deadlines=[
                    SlaFrame.model_validate(
                        {
                            "conversation_id": each.conversation_id,
                            "kind": each.kind,
                            "stage": each.stage,
                            "due_at": each.due_at,
                            "group": each.skill,
                            "channel": each.channel,
                            "agent_id": each.agent_id,
                        }
                    )
                    for each in passed
                ],
                response_s=limit.within_s,
                warn_s=limit.warn_s,
            )

    async def dry_run(self, agent: AgentRecord) -> DryRun:
        """Yesterday, the Shanghai day."""
        require(agent.role, Right.LEAD)
        day = self._clock().astimezone(SHANGHAI).date() - timedelta(days=1)
        since = datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
        until = since + timedelta(days=1)
        async with self._record.reading() as session:
            arrivals = await statistics.arrivals(session, agent.shop_id, since=since, until=until)
            present = await statistics.present(session, agent.shop_id, since=since, until=until)
            team = [each for each in await agents.all_of_shop(session, agent.shop_id) if each.agent_id in present]
        candidates = [
            Candidate(each.agent_id, frozenset(each.skills), each.capacity, 0, None, each.level, each.name)
            for each in team
        ]
        routing = self._rules.now.routing
        return DryRun(
            day=day,
            handoffs=len(arrivals),
            strategies=[
                _replayed(
                    name,
                    replay(arrivals, candidates, present, routing.model_copy(update={"strategy": name})),
                    is_in_force=name == routing.strategy,
                )
                for name in STRATEGIES
            ],
        )


def _replayed(name: Strategy, outcome: Outcome, *, is_in_force: bool) -> ReplayedDay:
    return ReplayedDay(
        strategy=name,
        is_in_force=is_in_force,
        served=outcome.served,
        left_over=outcome.left_over,
        mean_wait_s=outcome.mean_wait_s,
        p90_wait_s=outcome.p90_wait_s,
        longest_wait_s=outcome.longest_wait_s,
        loads=[
            ReplayedAgent(agent_id=each.agent_id, name=each.name, taken=each.taken, most_at_once=each.most_at_once)
            for each in outcome.loads
        ],
    )
