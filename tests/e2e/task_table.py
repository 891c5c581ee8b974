"""The table of task success: every task with its turns and seconds, then the sums by kind."""

from collections import defaultdict
from collections.abc import Iterable
from statistics import mean

from tests.e2e.task_play import Played

MARK = {True: "✓", False: "✗"}


def table(played: Iterable[Played]) -> str:
    rows = sorted(played, key=lambda p: (p.task.file, p.is_right))
    return "\n".join([*_head(), *map(_row, rows), "", *_by_kind(rows), "", _sum(rows)])


def _head() -> list[str]:
    return ["状态 话  轮   秒   任务", "─" * 72]


def _row(played: Played) -> str:
    state = not played.outcome.missing and not played.outcome.wrong
    head = (
        f" {MARK[state]}  {MARK[not played.faults]}  {played.turns:>2} {played.seconds:>6.2f}"
        f"  {played.task.file} · {played.task.task}"
    )
    return head if played.is_right else "\n".join([head, *_why(played)])


def _why(played: Played) -> list[str]:
    outcome = played.outcome
    lines = [f"没做成 {effect}" for effect in outcome.missing] + [f"做错了 {effect}" for effect in outcome.wrong]
    return [f"{'':18}· {line}" for line in [*lines, *played.faults]]


def _by_kind(rows: list[Played]) -> list[str]:
    groups: dict[str, list[Played]] = defaultdict(list)
    for row in rows:
        groups[row.task.kind].append(row)
    return [
        f"{kind:12} {sum(p.is_right for p in group):>3}/{len(group):<3} 平均 {mean(p.turns for p in group):.1f} 轮"
        for kind, group in sorted(groups.items())
    ]


def _sum(rows: list[Played]) -> str:
    right, wrong = sum(p.is_right for p in rows), sum(bool(p.outcome.wrong) for p in rows)
    bent = sum(p.task.kind != "straight" for p in rows)
    turns, seconds = sum(p.turns for p in rows), sum(p.seconds for p in rows)
    return (
        f"{right} / {len(rows)} 个任务办成（{right / len(rows):.1%}），做错 {wrong} 个；{bent} 个不是直线；"
        f"平均 {turns / len(rows):.1f} 轮，每轮 {seconds / turns:.2f} 秒"
    )
