"""Everything that must exist before the first process starts: environments, web pages, the trained model."""

import os
import shutil

from ops import tools
from ops.console import Stop, call, step
from ops.paths import BOT, LOGS, MODEL, ROOT, SERVICES, WEB
from ops.stamp import digest, files_under, when_changed

NEEDED_GB = 6
BOT_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
    "PYTHONPATH": str(ROOT),
}
TRAINED_FROM = (
    "config.yml",
    "bot/__main__.py",
    "bot/domain",
    "bot/rules",
    "bot/stories",
    "bot/components",
    "bot/language",
    "nlu_data",
)


def environments() -> None:
    """Both Python environments from the one lock file."""
    _check_disk()
    locked = files_under(ROOT / "uv.lock", ROOT / "pyproject.toml")
    for folder, python, groups, title in (
        (SERVICES, "3.12", ("services", "dev"), "Installing the services' environment (Python 3.12)"),
        (BOT, "3.10", ("bot",), "Installing the bot's environment (Python 3.10, Rasa)"),
    ):

        def install(folder=folder, python=python, groups=groups, title=title) -> None:  # type: ignore[no-untyped-def]
            chosen = [word for group in groups for word in ("--group", group)]
            with step(title):
                call(
                    [tools.uv(), "sync", "--frozen", "--python", python, *chosen],
                    log=LOGS / f"install-{python}.log",
                    advice=f"It needs Python {python} (uv fetches it, or install python{python}) and PyPI.",
                    env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(folder)},
                    cwd=ROOT,
                )

        when_changed(folder / ".shouhou-stamp", digest(locked, python), install)


def _check_disk() -> None:
    if SERVICES.exists() and BOT.exists():
        return
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < NEEDED_GB:
        raise Stop(f"Only {free:.1f} GB are free here and the first build takes {NEEDED_GB} GB: free some space first.")


def web() -> None:
    """The widget, the workspace and the demo store."""
    sources = files_under(WEB)

    def build() -> None:
        environment = tools.node_environment()
        with step("Installing the web packages"):
            call(["npm", "ci", "--no-audit", "--no-fund"], log=LOGS / "npm.log", cwd=WEB, env=environment,
                 advice="Check that the npm registry can be reached.")  # fmt: skip
        with step("Building the web pages"):
            call(["npm", "run", "build"], log=LOGS / "web-build.log", cwd=WEB, env=environment,
                 advice="The web sources do not build.")  # fmt: skip

    if not all((WEB / part / "dist").is_dir() for part in ("widget", "workspace", "demo_store", "api_docs")):
        (WEB / "node_modules" / ".shouhou-stamp").unlink(missing_ok=True)
    when_changed(WEB / "node_modules" / ".shouhou-stamp", digest(sources), build)


def train_command() -> list[str]:
    return [
        str(BOT / "bin" / "python"), "-m", "bot", "train", "--config", "config.yml", "--domain", "bot/domain",
        "--data", "bot/rules", "bot/stories", "nlu_data/intents",
        "--out", str(MODEL.parent), "--fixed-model-name", MODEL.name.removesuffix(".tar.gz"),
    ]  # fmt: skip


def model(*, force: bool = False) -> None:
    """The trained model, when its data, domain, rules or pipeline changed."""
    sources = files_under(*(ROOT / name for name in TRAINED_FROM), ROOT / "uv.lock")
    stamp = MODEL.parent / ".shouhou-stamp"
    if force or not MODEL.is_file():
        stamp.unlink(missing_ok=True)

    def train() -> None:
        with step("Training the model (two to four minutes)"):
            call(train_command(), log=LOGS / "train.log", cwd=ROOT, env={**os.environ, **BOT_ENVIRONMENT},
                 advice="The training failed: the log names the file and line.")  # fmt: skip
        if not MODEL.is_file():
            raise Stop(f"The training left no model. Full log: {LOGS / 'train.log'}")

    when_changed(stamp, digest(sources), train)


def everything() -> None:
    environments()
    web()
    model()
