"""`make bench-nlu` and `make nlu-report`: what the bot's reading is worth, in the bot's own environment."""

import os
import subprocess

from ops import build
from ops.console import Stop
from ops.paths import BOT, ROOT, VAR


def bench_nlu() -> None:
    """`make bench-nlu EVAL=folder [NO_DIET=1]` writes docs/benchmarks-reading.md; without the folder it says so."""
    folder = os.environ.get("EVAL")
    if not folder:
        raise Stop("Say where the evaluation data is: make bench-nlu EVAL=folder (it is not part of the repository).")
    build.environments()
    published = str(ROOT / "docs" / "benchmarks-reading.md")
    _run("bench.nlu", "--eval", folder, "--write", published, *(["--no-diet"] if os.environ.get("NO_DIET") else []))


def nlu_report() -> None:
    """One HTML page on the trained model and the held-out lines."""
    build.environments()
    build.model()
    _run("bench.nlu_report", "--out", str(VAR / "nlu-report.html"))


def _run(module: str, *arguments: str) -> None:
    environment = {**os.environ, **build.BOT_ENVIRONMENT}
    ended = subprocess.run([f"{BOT}/bin/python", "-m", module, *arguments], cwd=ROOT, env=environment, check=False)
    if ended.returncode:
        raise Stop(f"{module} did not finish.")
