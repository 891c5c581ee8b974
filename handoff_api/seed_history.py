"""`python -m handoff_api.seed_history` with DEMO=1: four weeks of invented service sessions, so that a lead who opens
the demo sees charts with something in them. All of it is invented and says so in the shoppers' names; the same
numbers come out each time. It writes once: where there is a history, nothing happens."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from contracts.events import Status
from handoff_api.domain.clock import utc_now
from handoff_api.domain.hours import SHANGHAI
from handoff_api.record import agents
from handoff_api.record.database import Record
from handoff_api.record.tables import (
    AgentRecord,
    AssignmentRecord,
    ConversationRecord,
    CsatRecord,
    EventRecord,
    HandoffRecord,
    SessionRecord,
    TurnRecord,
)
from handoff_api.settings import Settings

DAYS = 28
SEED = 20_261_111
NAME = "演示历史"
FIRST = "demo_history_00000"
CHANNELS = (("web", 6), ("wechat:demo", 3), ("wecom:demo", 1))
WISHES = (
    ("logistics_track", 9, "logistics"),
    ("return_apply", 6, "aftersale"),
    ("exchange_apply", 4, "aftersale"),
    ("order_status", 5, "order"),
    ("invoice_apply", 3, "invoice"),
    ("repair_apply", 2, "repair"),
    ("price_protect", 2, "price"),
    ("complaint_raise", 1, "complaint"),
)
REASONS = (
    ("asked_for_person", "顾客要求人工", 6),
    ("policy_needs_person", "按规则需要人工核实", 3),
    ("not_understood_twice", "智能客服连续两次没有听懂", 2),
    ("emotion", "顾客情绪激动", 1),
)


class History:
    def __init__(self, shop_id: str, staff: Sequence[AgentRecord]) -> None:
        self._shop_id = shop_id
        self._staff = staff
        self._random = Random(SEED)
        self._count = 0

    def of_day(self, midnight: datetime) -> list[Any]:
        rows: list[Any] = []
        weekend = midnight.astimezone(SHANGHAI).weekday() >= 5
        for _ in range(self._random.randint(34, 46) if weekend else self._random.randint(22, 34)):
            hour = min(22.9, max(8.1, self._random.gauss(15, 4)))
            rows += self._session(midnight + timedelta(hours=hour))
        return rows

    def _session(self, at: datetime) -> list[Any]:
        chance = self._random
        name, self._count = f"demo_history_{self._count:05d}", self._count + 1
        channel = chance.choices([each for each, _ in CHANNELS], [weight for _, weight in CHANNELS])[0]
        wish = chance.choices(WISHES, [weight for _, weight, _ in WISHES])[0]
        is_handed = chance.random() < (0.8 if wish[2] == "complaint" else 0.34)
        end = at + timedelta(minutes=chance.uniform(2, 9))
        asked, last = self._handed(name, at, wish[2]) if is_handed else ([], end)
        agent_id = asked[1].agent_id if asked else None
        rows = [
            ConversationRecord(
                conversation_id=name, shop_id=self._shop_id, visitor_id=name, shopper_id=None,
                shopper_name=f"{NAME} {name[-3:]}", channel=channel, status=Status.CLOSED.value, epoch=2, agent_id=None,
                status_since=last, session_id=name, created_at=at, last_at=last, preview="", guests=[], page={},
            ),
            SessionRecord(
                session_id=name, conversation_id=name, started_at=at, ended_at=last, agent_id=agent_id,
                disposition="resolved" if asked else "", turn_count=1, slots={},
            ),
            TurnRecord(
                turn_id=name, conversation_id=name, session_id=name, number=1, epoch=0, status="answered", text="",
                event_ids=[], created_at=at, last_text_at=at, answered_at=at, reading={"intent": wish[0]},
            ),
            *asked,
        ]  # fmt: skip
        if chance.random() < (0.55 if asked else 0.2):
            score = chance.choices((1, 2, 3, 4, 5), (1, 1, 2, 6, 12) if asked else (2, 2, 3, 5, 5))[0]
            rows.append(
                CsatRecord(session_id=name, conversation_id=name, agent_id=agent_id, score=score, comment="", at=last)
            )
        return rows

    def _handed(self, name: str, at: datetime, skill: str) -> tuple[list[Any], datetime]:
        chance = self._random
        reason, text, _ = chance.choices(REASONS, [weight for _, _, weight in REASONS])[0]
        agent = chance.choice(self._staff)
        wished = at + timedelta(seconds=chance.uniform(30, 200))
        taken = wished + timedelta(seconds=chance.expovariate(1 / 35))
        answered = taken + timedelta(seconds=chance.uniform(8, 70))
        end = answered + timedelta(minutes=chance.uniform(3, 16))
        package = {
            "reason": reason, "reason_text": text, "skill": skill, "priority": "normal",
            "requested_at": wished.isoformat(),
        }  # fmt: skip
        rows = [
            HandoffRecord(
                handoff_id=name, conversation_id=name, session_id=name, reason=reason, package=package,
                requested_at=wished,
            ),
            AssignmentRecord(
                assignment_id=name, shop_id=self._shop_id, conversation_id=name, agent_id=agent.agent_id,
                outcome="accepted", offered_at=wished, settled_at=taken, started_at=taken, ended_at=end,
            ),
            EventRecord(
                event_id=name, conversation_id=name, session_id=name, audience="everyone", seq=1, author_kind="agent",
                author_id=agent.agent_id, author_name=agent.name, at=answered, epoch=1,
                body={"type": "text", "text": f"（{NAME}，内容为虚构）您好，我来为您处理。"},
            ),
        ]  # fmt: skip
        return rows, end


async def seed(settings: Settings) -> int:
    record = Record(settings.database_url)
    try:
        async with record.writing() as session:
            known = select(ConversationRecord.conversation_id).where(ConversationRecord.conversation_id == FIRST)
            if (await session.execute(known)).first():
                return 0
            staff = [each for each in await agents.of_shop(session, settings.shop_id) if each.role == "agent"]
            history = History(settings.shop_id, staff)
            today = utc_now().astimezone(SHANGHAI).date()
            rows = [
                row
                for back in range(DAYS, 0, -1)
                for row in history.of_day(datetime.combine(today - timedelta(days=back), time(), SHANGHAI))
            ]
            for kind in (ConversationRecord, SessionRecord):
                session.add_all([row for row in rows if isinstance(row, kind)])
                await session.flush()
            session.add_all([row for row in rows if not isinstance(row, ConversationRecord | SessionRecord)])
        return sum(isinstance(row, SessionRecord) for row in rows)
    finally:
        await record.close()


def main() -> None:
    settings = Settings()
    if not settings.demo:
        sys.exit("an invented history is only made with DEMO=1")
    sys.stdout.write(f"bridge: {asyncio.run(seed(settings))} invented sessions of the last {DAYS} days\n")


if __name__ == "__main__":
    main()
