"""How long the shopper's tasks take: turns and seconds per case. `make bench-cases`, or `python -m bench.cases [word]`
for those whose file or title holds a word.

Plays the scripts of `tests/tasks/` on a system of its own, one at a time, with the bridge's own pause for joined
messages: the seconds are a shopper's. (The test plays them all at once and only asks whether they are right.)
"""

import sys
import tempfile
from pathlib import Path

from tests.e2e.system import System
from tests.e2e.task_play import Stage
from tests.e2e.task_scripts import load_tasks
from tests.e2e.task_table import table

JOIN = "PT0.8S"  # the bridge's own; the tests' systems wait less


def main(word: str = "") -> int:
    """1 where a task failed."""
    tasks = [task for task in load_tasks() if word in task.file + task.task]
    with tempfile.TemporaryDirectory() as folder:
        system = System(Path(folder))
        system.start(TURN_JOIN=JOIN)
        try:
            played = Stage(system, tasks).play_all(at_once=1)
        finally:
            system.stop()
    sys.stdout.write(table(played) + "\n")
    return 0 if all(one.is_right for one in played) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
