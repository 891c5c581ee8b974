"""Every task of `tests/tasks/`, played by shoppers of their own against the running system."""

import pytest

from tests.e2e.system import System
from tests.e2e.task_play import Stage
from tests.e2e.task_scripts import load_tasks
from tests.e2e.task_table import table

ENOUGH = 0.95


def test_at_least_half_of_the_tasks_are_no_straight_lines() -> None:
    tasks = load_tasks()

    assert len(tasks) >= 150
    assert sum(task.kind != "straight" for task in tasks) >= len(tasks) / 2
    assert len({task.task for task in tasks}) == len(tasks)


@pytest.mark.timeout(600)
def test_nearly_every_task_succeeds_and_none_does_what_was_not_asked(
    system: System, capsys: pytest.CaptureFixture[str]
) -> None:
    played = Stage(system, load_tasks()).play_all()

    with capsys.disabled():
        print("\n" + table(played))  # noqa: T201 - the table is what this test is read for
    assert [(one.task.task, one.outcome.wrong) for one in played if one.outcome.wrong] == []
    assert sum(one.is_right for one in played) / len(played) >= ENOUGH
