"""`make test`: the whole suite, each part in the environment it belongs to; the browser's tests come last."""

import os
import shutil
import subprocess
import time

from ops import build
from ops.console import Stop, call, say, step
from ops.paths import BOT, LOGS, ROOT, SERVICES, WEB
from ops.tools import node_environment

SLOW_START = ["--timeout", "300"]  # the first test of a file waits until Rasa and the others are up
PARTS_OF_SERVICES = ("contracts", "policy", "shop_api", "conformance", "actions", "handoff_api", "ops", "architecture")


def run() -> None:
    """Run every part to its end, then fail if any did."""
    build.everything()
    os.environ["CHROMIUM"] = _chromium()
    pytest, bot_pytest = f"{SERVICES}/bin/pytest", f"{BOT}/bin/pytest"
    bot = {**os.environ, **build.BOT_ENVIRONMENT}
    parts = [
        ("services", [pytest, *[f"tests/{part}" for part in PARTS_OF_SERVICES]], dict(os.environ), ROOT),
        ("bot", [bot_pytest, *SLOW_START, "tests/bot"], bot, ROOT),
        ("dialogue stories", _rasa_test(), bot, ROOT),
        ("web units", ["npm", "test"], node_environment(), WEB),
        ("whole system and browser", [pytest, *SLOW_START, "tests/e2e"], dict(os.environ), ROOT),
    ]
    failed = []
    for title, command, environment, folder in parts:
        started = time.monotonic()
        say(f"\n=== {title} ===")
        if subprocess.run(command, env=environment, cwd=folder, check=False).returncode:
            failed.append(title)
        say(f"=== {title}: {time.monotonic() - started:.0f} s ===")
    if failed:
        raise Stop("Tests failed in: " + ", ".join(failed))


def conformance() -> None:
    """The shop that URL names, else the reference, against the contract of `contracts/shop.py`."""
    build.environments()
    if subprocess.run([f"{SERVICES}/bin/pytest", "-q", "tests/conformance"], cwd=ROOT, check=False).returncode:
        raise Stop("The shop does not keep the contract: see the failed checks above.")


def take_screenshots() -> None:
    """The pictures of the docs, taken by the browser's tests from the running system."""
    build.everything()
    os.environ["CHROMIUM"] = _chromium()
    taken = ROOT / "var" / "screenshots"
    faces = [f"tests/e2e/test_browser{part}.py" for part in ("", "_desk", "_files", "_supervisor")]
    if subprocess.run([f"{SERVICES}/bin/pytest", "-q", *SLOW_START, *faces], cwd=ROOT, check=False).returncode:
        raise Stop("A browser test failed, so its pictures may show something else: see above. No picture was copied.")
    for shown in sorted((ROOT / "docs" / "images").glob("*.png")):
        if (taken / shown.name).is_file():
            shutil.copy(taken / shown.name, shown)
            say(f"docs/images/{shown.name}")


def _rasa_test() -> list[str]:
    return [
        f"{BOT}/bin/rasa", "test", "core", "--model", "models", "--stories", "tests/bot/stories",
        "--out", str(LOGS / "rasa-test"), "--fail-on-prediction-errors", "--no-plot",
    ]  # fmt: skip


def _chromium() -> str:
    """A Chromium: the system's, else Debian's package, else Playwright's own."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := os.environ.get("CHROMIUM") or shutil.which(name):
            return found
    if shutil.which("apt-get") and os.geteuid() == 0:
        with step("Installing Chromium and a Chinese font (Debian)"):
            for command in (
                ["apt-get", "update", "-qq"],
                ["apt-get", "install", "-y", "-qq", "chromium", "fonts-noto-cjk"],
            ):
                call(
                    command, log=LOGS / "chromium.log", advice="Install Chromium yourself, or set CHROMIUM to its path."
                )
        return "/usr/bin/chromium"
    with step("Getting Playwright's Chromium"):
        call(
            [SERVICES / "bin" / "playwright", "install", "chromium"],
            log=LOGS / "chromium.log",
            advice="Install Chromium yourself, or set CHROMIUM to its path.",
        )
    return ""
