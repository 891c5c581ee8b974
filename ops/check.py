"""`make check`: everything a machine can say about the sources without running them."""

import os
import subprocess

from ops import build
from ops.console import Stop, say, step
from ops.paths import BOT, ROOT, SERVICES, WEB
from ops.tools import node_environment

TYPED = ("contracts", "policy", "shop_api", "actions", "handoff_api")


def _checks() -> list[tuple[str, list[str], dict[str, str]]]:
    services, bot, here = SERVICES / "bin", BOT / "bin", dict(os.environ)
    rasa = {**here, **build.BOT_ENVIRONMENT}
    validate = ["data", "validate", "--config", "config.yml", "--domain", "bot/domain",
                "--data", "bot/rules", "bot/stories", "nlu_data/intents", "--fail-on-warnings"]  # fmt: skip
    return [
        ("Formatting (ruff format)", [f"{services}/ruff", "format", "--check", "."], here),
        ("Lint (ruff)", [f"{services}/ruff", "check", "."], here),
        ("Types (mypy, strict)", [f"{services}/mypy", *TYPED], here),
        ("Import directions, layout", [f"{services}/pytest", "-q", "tests/architecture"], here),
        ("Frame types of the web", [f"{services}/python", "-m", "ops.generate_frame_types", "--check"], here),
        ("Reference pages", [f"{services}/python", "-m", "ops.generate_docs", "--check"], here),
        ("Training data: duplicates, templates", [f"{services}/python", "-m", "ops.check_training_data"], here),
        ("Responses: forbidden phrases, unused words", [f"{services}/python", "-m", "ops.check_wording"], here),
        ("Dialogue (rasa data validate)", [f"{bot}/rasa", *validate], rasa),
    ]  # fmt: skip


def run() -> None:
    """Run every check to its end, then fail if any did."""
    build.environments()
    build.web()
    failed = [title for title, command, environment in _checks() if not _passes(title, command, environment)]
    if not _passes("Types of the web (tsc)", ["npm", "run", "typecheck"], node_environment(), folder=str(WEB)):
        failed.append("Types of the web (tsc)")
    if failed:
        raise Stop("Failed: " + ", ".join(failed))
    say("All checks passed.")


def _passes(title: str, command: list[str], environment: dict[str, str], folder: str = str(ROOT)) -> bool:
    with step(title):
        result = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if result.returncode:
        say((result.stdout + result.stderr)[-6000:])
    return result.returncode == 0
