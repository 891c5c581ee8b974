"""`make run`: build what changed, start every process, say where to look, stay until Ctrl-C."""

import json
import os
import signal
from datetime import datetime, timedelta, timezone
from types import FrameType

from ops import build, redis_server
from ops import settings as installation
from ops.console import Stop, call, say, step
from ops.paths import BOT, LOGS, MODEL, ROOT, SERVICES, VAR, WEB
from ops.readiness import require_all_parts
from ops.settings import Settings
from ops.stamp import digest, files_under, when_changed
from ops.supervisor import Service, Supervisor, answers

SHANGHAI = timezone(timedelta(hours=8))
PYTHON = str(SERVICES / "bin" / "python")


def _service(name: str, command: list[str], port: str, settings: Settings) -> Service:
    return Service(name, [PYTHON, "-m", *command], settings.environment, answers(settings.url(port) + "/health/live"))


def _uvicorn(app: str, port: str, settings: Settings) -> list[str]:
    return [
        "uvicorn", "--factory", app, "--host", "127.0.0.1", "--port", str(settings.ports[port]),
        "--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "5",
    ]  # fmt: skip


def bot_command(port: int) -> list[str]:
    return [
        str(BOT / "bin" / "python"), "-m", "bot", "run", "-i", "127.0.0.1", "-p", str(port), "-m", str(MODEL),
        "--endpoints", "bot/endpoints.yml", "--credentials", "bot/credentials.yml",
    ]  # fmt: skip


def _bot(settings: Settings) -> Service:
    port = settings.ports["BOT_PORT"]
    environment = {**settings.environment, **build.BOT_ENVIRONMENT}
    is_ready = answers(
        f"http://127.0.0.1:{port}/webhooks/bridge/", {"Authorization": f"Bearer {environment['BOT_TOKEN']}"}
    )
    return Service("bot", bot_command(port), environment, is_ready, ready_within_s=180)


def _redis(settings: Settings) -> Service | None:
    """Our own Redis, unless REDIS_URL names one."""
    if settings.environment.get("REDIS_URL"):
        return None
    folder = settings.var / "redis"
    socket = redis_server.socket_path(folder)
    socket.unlink(missing_ok=True)
    settings.environment["REDIS_URL"] = f"unix://{socket}"
    return Service("redis", redis_server.command(folder), dict(os.environ), socket.exists, ready_within_s=30)


def _prepare_databases(settings: Settings) -> None:
    """Migrate and seed, unless that was done today with this very code for these very databases."""
    files = [settings.var / "shop.sqlite3", settings.var / "bridge.sqlite3"]
    stamp = settings.var / ".databases-stamp"
    addresses = [settings.environment[name] for name in ("DATABASE_URL", "SHOP_DATABASE_URL")]
    is_ours = all(str(file) in address for file, address in zip(files, reversed(addresses), strict=True))
    if not is_ours or not all(file.is_file() for file in files):
        stamp.unlink(missing_ok=True)
    # The demo's orders are dated relative to today, so a new day seeds again.
    value = digest(
        files_under(ROOT / "shop_api", ROOT / "handoff_api"), datetime.now(SHANGHAI).date().isoformat(), *addresses
    )
    when_changed(stamp, value, lambda: _migrate_and_seed(settings))


def _migrate_and_seed(settings: Settings) -> None:
    for title, modules in (
        ("Preparing the shop's database and its demo orders", ("shop_api.migrate", "shop_api.seed")),
        ("Preparing the bridge's record and its demo agents", ("handoff_api.migrate", "handoff_api.seed_demo")),
    ):
        with step(title):
            for module in modules:
                call([PYTHON, "-m", module], log=LOGS / f"{module}.log", env=settings.environment, cwd=ROOT,
                     advice="The state folder may be damaged or of a newer version.")  # fmt: skip


def _invent_history(settings: Settings) -> None:
    """Once; so that a lead who opens the demo sees charts with something in them."""
    module = "handoff_api.seed_history"
    with step("Inventing four weeks of demo history"):
        call([PYTHON, "-m", module], log=LOGS / f"{module}.log", env=settings.environment, cwd=ROOT,
             advice="The state folder may be damaged or of a newer version.")  # fmt: skip


def start(supervisor: Supervisor, settings: Settings, *, has_history: bool = False) -> None:
    """Start all processes and wait until each is healthy; the bot, which is slowest, loads meanwhile."""
    services = [_bot(settings)]
    redis = _redis(settings)
    services[0].environment.update(settings.environment)
    if redis:
        supervisor.start(redis)
        supervisor.wait_ready(redis)
    supervisor.start(services[0])
    _prepare_databases(settings)
    if has_history and settings.environment.get("DEMO") == "1":
        _invent_history(settings)
    services += [
        _service("shop", _uvicorn("shop_api.app:create_app", "SHOP_PORT", settings), "SHOP_PORT", settings),
        _service("actions", _uvicorn("actions.app:create_app", "ACTIONS_PORT", settings), "ACTIONS_PORT", settings),
        _service("bridge", ["handoff_api"], "BRIDGE_PORT", settings),
    ]
    for service in services[1:]:
        supervisor.start(service)
    for service in (*services[1:], services[0]):
        with step(f"Starting {service.name}"):
            supervisor.wait_ready(service)
    require_all_parts(settings.url("BRIDGE_PORT"), settings.environment)


def _say_where(settings: Settings) -> None:
    bridge, shop = settings.url("BRIDGE_PORT"), settings.url("SHOP_PORT")
    say(f"""
Shouhou is running.

  Demo store with the chat   {shop}/
  Agent workspace            {bridge}/workspace/      xiaolin / shouhou-demo   (agent)
                             {" " * len(bridge)}                 zhuguan / shouhou-demo   (supervisor)
  API docs                   {bridge}/docs/   {shop}/docs/

Logs: {LOGS}   State: {settings.var}   Ctrl-C stops everything.
""")


def _tell(settings: Settings, file: str | None) -> None:
    """For whoever started us (the browser tests): where everything is, once it is ready."""
    if file:
        told = json.dumps({"environment": settings.environment, "ports": settings.ports})
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:  # it holds the secrets
            out.write(told)


def run() -> None:
    """Build what changed, then serve."""
    build.everything()
    serve(has_history=True)


def serve(*, has_history: bool = False) -> None:
    """Run what is built. Blocks until a signal; raises Stop with one clear line when something cannot start."""
    os.chdir(ROOT)
    for needed in (SERVICES, BOT, MODEL, WEB / "widget" / "dist"):
        if not needed.exists():
            raise Stop(f"{needed.relative_to(ROOT)} is missing: `make run` builds it.")
    settings = installation.load(VAR)
    lock = redis_server.lock_folder(settings.var / "redis")  # one installation on this state, whoever's Redis it uses
    supervisor = Supervisor(LOGS)

    def leave(signum: int, frame: FrameType | None) -> None:
        supervisor.stopping.set()

    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, leave)
    try:
        start(supervisor, settings, has_history=has_history)
        _say_where(settings)
        _tell(settings, os.environ.get("READY_FILE"))
        supervisor.watch()
    finally:
        with step("Stopping"):
            supervisor.stop()
        lock.close()
