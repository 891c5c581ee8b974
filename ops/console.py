"""What a person sees while something takes long, and the one line they get when it fails."""

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

REFRESH_S = 0.5
SILENT_PROGRESS_S = 15  # without a terminal: one line now and then, so that a log shows it is alive


COLOUR = re.compile(r"\x1b\[[0-9;]*m")
FULL = ("No space left on device", "database or disk is full", "disk I/O error")
TELLING = re.compile(
    r"line \d+, column|is not listed in the domain|\w+(?:Error|Exception)\b|^error|\bERROR\b|npm error"
)


class Stop(Exception):
    """Nothing more can be done; the text is one line that says what to do."""


def say(line: str) -> None:
    print(line, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Show `title` with the seconds it takes, ticking, and ✓ or ✗ at the end."""
    started, done = time.monotonic(), threading.Event()
    ticker = threading.Thread(target=_tick, args=(title, started, done), daemon=True)
    ticker.start()
    mark = "✗"
    try:
        yield
        mark = "✓"
    finally:
        done.set()
        ticker.join()
        lead = "\r\033[K" if sys.stdout.isatty() else ""
        say(f"{lead}{mark} {title} ({time.monotonic() - started:.0f} s)")


def _tick(title: str, started: float, done: threading.Event) -> None:
    terminal = sys.stdout.isatty()
    while not done.wait(REFRESH_S if terminal else SILENT_PROGRESS_S):
        seconds = time.monotonic() - started
        if terminal:
            print(f"\r\033[K… {title} ({seconds:.0f} s)", end="", flush=True)
        else:
            say(f"… {title} ({seconds:.0f} s)")


def call(
    command: Sequence[str | Path],
    *,
    log: Path,
    advice: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> None:
    """Run `command` with its output in `log`; raise Stop with the last telling line and `advice` when it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        with log.open("wb") as out:
            result = subprocess.run(
                [str(part) for part in command], stdout=out, stderr=subprocess.STDOUT, env=env, cwd=cwd, check=False
            )
    except OSError as error:
        raise Stop(
            f"{Path(str(command[0])).name} could not be started or its log written: {error}. {advice}"
        ) from error
    if result.returncode in (-signal.SIGINT, 130):
        raise KeyboardInterrupt
    if result.returncode:
        raise Stop(f"{_last_line(log)} | {advice} Full log: {log}")


def _last_line(log: Path) -> str:
    text = COLOUR.sub("", log.read_text(encoding="utf-8", errors="replace"))
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("(Background on")]
    if any(word in line for line in lines for word in FULL):
        return "The disk is full: free some space and run it again."
    telling = [line for line in lines if TELLING.search(line)]
    return (telling or lines or ["It failed without a word."])[-1][:300]
