"""The promises of the queue under any sequence of steps; and that the machine which says so would notice.

Each mutant is a mistake somebody could make (most of them were shipped by somebody). The examples are the same in every
run, so that a mutant that is found once is found always. `MUTANTS=all` plays the rest of them as well.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as configured
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.exc import IntegrityError

from handoff_api.domain import conversation as life_cycle
from handoff_api.domain.conversation import Step
from handoff_api.errors import BridgeError
from handoff_api.record import agents, conversations, events
from handoff_api.services import agent_desk, assignment, handoffs, speaking
from handoff_api.services.assignment import Assignment
from handoff_api.services.lineup import Lineup
from handoff_api.settings import Settings
from tests.handoff_api.conftest import SECRETS, RedisServer, new_database, postgres_url
from tests.handoff_api.queue_machine import Ground, QueueMachine

PROFILE = configured(
    max_examples=12,
    stateful_step_count=25,
    derandomize=True,
    report_multiple_bugs=False,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
HUNT = configured(PROFILE, max_examples=60)
RULES = Path("handoff_api/handoff.yml")


@pytest.fixture(scope="module")
def ground(empty_record: Path | str, shared_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    folder = tmp_path_factory.mktemp("machine")
    rules = folder / "handoff.yml"
    text = RULES.read_text().replace("sticky_h: 24", "sticky_h: 0").replace("sticky_wait_s: 15", "sticky_wait_s: 0")
    rules.write_text(text.replace("misses_until_away: 3", "misses_until_away: 99"))
    shutil.copy(RULES.parent / "holidays.yml", folder)
    number = 0

    def new_record(stack: ExitStack) -> str:
        nonlocal number
        number += 1
        if isinstance(empty_record, str):
            return postgres_url(stack.enter_context(new_database(template=empty_record)))
        path = folder / f"{number}.sqlite3"
        shutil.copy(empty_record, path)
        stack.callback(path.unlink)
        return f"sqlite+aiosqlite:///{path}"

    def settings(url: str) -> Settings:
        values: dict[str, Any] = {
            **SECRETS,
            "database_url": url,
            "redis_url": shared_redis.url,
            "redis_timeout": timedelta(minutes=1),
            "bot_url": "http://127.0.0.1:9",
            "shop_api_url": "http://127.0.0.1:9",
            "handoff_rules": rules,
            "answer_limit": timedelta(days=99),
            "session_idle": timedelta(days=99),
            "messages_per_s": 1e6,
            "message_burst": 1_000_000,
        }
        return Settings(**values)

    return Ground(shared_redis, new_record, settings)


def play(ground: Ground, profile: configured) -> None:
    machine = type("Machine", (QueueMachine,), {"ground": ground})
    run_state_machine_as_test(machine, settings=profile)


@pytest.mark.timeout(1800)
def test_whatever_happens_the_promises_of_the_queue_hold(ground: Ground) -> None:
    play(ground, PROFILE)


# --- mutants --------------------------------------------------------------------------------------------------------
async def nothing(*_: Any, **__: Any) -> None:
    return None


def an_old_epoch_is_obeyed(patch: pytest.MonkeyPatch) -> None:
    for module in (assignment, agent_desk):
        patch.setattr(module, "require_epoch", lambda *_: None)


def the_epoch_stays_at_a_change_of_owner(patch: pytest.MonkeyPatch) -> None:
    def advance(ownership: Any, step: Step, **more: Any) -> Any:
        return replace(life_cycle.advance(ownership, step, **more), epoch=ownership.epoch)

    patch.setattr(speaking, "advance", advance)


def an_offer_takes_no_room(patch: pytest.MonkeyPatch) -> None:
    async def only_held(session: Any, agent_ids: Any) -> dict[str, int]:
        return {agent_id: load.held for agent_id, load in (await conversations.loads(session, agent_ids)).items()}

    patch.setattr(conversations, "open_counts", only_held)


def an_offer_is_anybodys(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(assignment, "_really", lambda step, row, _: Step.ACCEPT if row.status == "offered" else step)


def the_last_one_is_served_first(patch: pytest.MonkeyPatch) -> None:
    heads = conversations.heads

    async def from_behind(*some: Any, **more: Any) -> Any:
        return list(reversed(await heads(*some, **more)))

    patch.setattr(conversations, "heads", from_behind)


def levels_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    for module in (handoffs, assignment):
        patch.setattr(module, "set_rank", lambda row, _: setattr(row, "queue_rank", row.queue_tick))


def a_returned_offer_goes_to_the_end(patch: pytest.MonkeyPatch) -> None:
    move = speaking.Speaker.move

    async def to_the_end(self: Any, session: Any, row: Any, step: Step, **more: Any) -> None:
        await move(self, session, row, step, **more)
        if step is Step.RETURN_OFFER:
            row.queue_tick = row.queue_rank = await conversations.next_tick(session, row.shop_id, 0)

    patch.setattr(speaking.Speaker, "move", to_the_end)


def arrivals_are_numbered_by_the_clock(patch: pytest.MonkeyPatch) -> None:
    async def by_the_clock(_: Any, __: Any, now_ms: int) -> int:
        return now_ms

    patch.setattr(conversations, "next_tick", by_the_clock)


def a_freed_slot_waits_for_the_clock(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(agent_desk.AgentDesk, "_freed", nothing)


def who_comes_online_waits_for_the_clock(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(agent_desk.AgentDesk, "staff_changed", nothing)


def what_was_sent_again_is_said_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(events, "request_seen", nothing)
    patch.setattr(events, "remember_requests", nothing)


def redis_is_not_rebuilt(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Lineup, "reconcile", nothing)


def there_is_always_room(patch: pytest.MonkeyPatch) -> None:
    async def is_there(self: Any, session: Any, agent_id: str, _: Any) -> Any:
        return await agents.locked(session, agent_id)

    patch.setattr(Assignment, "_require_room", is_there)


MUTANTS: list[Callable[[pytest.MonkeyPatch], None]] = [
    an_old_epoch_is_obeyed,
    the_epoch_stays_at_a_change_of_owner,
    an_offer_takes_no_room,
    an_offer_is_anybodys,
    the_last_one_is_served_first,
    levels_are_forgotten,
    what_was_sent_again_is_said_again,
    there_is_always_room,
    a_freed_slot_waits_for_the_clock,
    who_comes_online_waits_for_the_clock,
    redis_is_not_rebuilt,
    a_returned_offer_goes_to_the_end,
    arrivals_are_numbered_by_the_clock,
]
PLAYED = MUTANTS if os.environ.get("MUTANTS") == "all" else MUTANTS[:8]


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("mutant", PLAYED, ids=lambda mutant: mutant.__name__)
def test_the_machine_finds_every_mutant(
    ground: Ground, mutant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    mutant(monkeypatch)

    with pytest.raises((AssertionError, BridgeError, IntegrityError)):
        play(ground, HUNT)
