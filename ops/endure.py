"""`make chaos` and the measurements of a running system: how fast it is, what it takes in and survives."""

import os
import subprocess

from ops import build
from ops.console import Stop, say
from ops.paths import ROOT, SERVICES


def bench_handoff() -> None:
    """The message path beside its bare parts, how soon things happen under a steady load, what an assignment costs by
    the length of the queue, many idle sockets, then the long storm on PostgreSQL."""
    is_short = bool(os.environ.get("SHORT"))
    build.environments()
    _run("bench.handoff")
    say("")
    _run("bench.handoff_pace", *(["5", "200", "100"] if is_short else []))
    say("")
    _run("bench.handoff_queue", *(["10000"] if is_short else []))
    say("")
    _run("bench.handoff_idle", *(["1000", "1"] if is_short else []))
    say("")
    _run("bench.handoff_storm", *([] if is_short else ["--long"]))


def bench_turns() -> None:
    """Ours through the bridge and stock Rasa, one after the other."""
    build.everything()
    _run("bench.turns")


def bench_channels() -> None:
    """The IM channels beside the web path, then MESSAGES (10,000) with platforms that fail at random; WRITE=file puts
    the figures there."""
    build.environments()
    written = ["--write", os.environ["WRITE"]] if os.environ.get("WRITE") else []
    _run("bench.channels", "--messages", os.environ.get("MESSAGES", "10000"), *written)


def bench_cases() -> None:
    """Every task of a shopper, one after another: WORD chooses some."""
    build.everything()
    _run("bench.cases", *filter(None, [os.environ.get("WORD")]))


def bench_web() -> None:
    """Size, speed, memory and input delay of the two faces; WRITE=1 writes docs/benchmarks-web.md."""
    build.everything()
    published = ["--write", str(ROOT / "docs" / "benchmarks-web.md")] if os.environ.get("WRITE") else []
    _run("bench.web", *published)


def chaos() -> None:
    """ROUNDS (20) of random faults on SQLite with one bridge, and as many on PostgreSQL with three behind one address;
    SEED repeats a run."""
    build.environments()
    rounds = [os.environ.get("ROUNDS", "20"), *filter(None, [os.environ.get("SEED")])]
    _run("bench.chaos", *rounds)
    say("")
    _run("bench.chaos", *rounds, "--postgres", "--bridges", "3")


def _run(module: str, *arguments: str) -> None:
    command = [str(SERVICES / "bin" / "python"), "-m", module, *arguments]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise Stop(f"{module} found something wrong (see above).")
