"""`python3 -m ops <command>`: what the Makefile calls."""

import sys

from ops import build, check, endure, measure, run, suite
from ops.console import Stop, say

COMMANDS = {
    "run": ("build what changed and run everything, with demo data", run.run),
    "serve": ("run what is built, without looking for changes", run.serve),
    "setup": ("build everything, start nothing", build.everything),
    "train": ("train the model now", lambda: (build.environments(), build.model(force=True))),
    "test": ("all tests, the browser's included", suite.run),
    "screenshots": ("take the pictures of the docs anew", suite.take_screenshots),
    "bench": ("all measurements that need no data of others", endure.bench_handoff),
    "bench-nlu": ("reading of messages beside Rasa's own pipeline (EVAL=folder, NO_DIET=1)", measure.bench_nlu),
    "bench-turns": ("whole turns beside stock Rasa's, the first time with its training", endure.bench_turns),
    "nlu-report": ("var/nlu-report.html: what is misread, and why", measure.nlu_report),
    "bench-handoff": ("messages a second beside the bare parts, and the storm (SHORT=1)", endure.bench_handoff),
    "bench-channels": (
        "IM channels: webhooks a second, nothing lost or said twice (MESSAGES=10000)",
        endure.bench_channels,
    ),
    "conformance": (
        "a shop's API against the contract (URL, TOKEN, …: docs/your-own-shop.md)",
        suite.conformance,
    ),
    "bench-cases": ("turns and seconds of every shopper's task (WORD chooses some)", endure.bench_cases),
    "bench-web": ("the two faces: size, speed, heap of a long day, input delay (WRITE=1)", endure.bench_web),
    "chaos": ("random faults under live talk (ROUNDS=20, SEED)", endure.chaos),
    "check": ("formatting, lint, types, import directions, training data", check.run),
}


def main(arguments: list[str]) -> int:
    name = arguments[0] if arguments else "help"
    if name not in COMMANDS:
        for known, (purpose, _) in COMMANDS.items():
            say(f"make {known:10s} {purpose}")
        return 0 if name == "help" else 2
    if sys.version_info < (3, 10):  # noqa: UP036 - this runs before any environment exists
        say(f"Python {sys.version.split()[0]} is too old: run it with Python 3.10 or newer.")
        return 1
    try:
        COMMANDS[name][1]()
    except Stop as stop:
        say(f"✗ {stop}")
        return 1
    except OSError as error:
        say(f"✗ {error.strerror or error}: {error.filename or ''} (does it exist, may it be written, is there room?)")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
