"""An installation's ports and secrets."""

import socket
from pathlib import Path

import pytest

from ops import settings
from ops.console import Stop


@pytest.fixture(autouse=True)
def _free_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in settings.PORTS:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            monkeypatch.setenv(name, str(probe.getsockname()[1]))


def test_secrets_are_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    first, second = settings.load(tmp_path), settings.load(tmp_path)

    assert first.environment["BRIDGE_SECRET"] == second.environment["BRIDGE_SECRET"]
    assert len({first.environment[name] for name in settings.SECRETS}) == len(settings.SECRETS)
    assert (tmp_path / "secrets.env").stat().st_mode & 0o077 == 0


def test_a_busy_port_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        monkeypatch.setenv("SHOP_PORT", str(port))

        with pytest.raises(Stop, match=f"Port {port} is in use.*SHOP_PORT="):
            settings.load(tmp_path)


@pytest.mark.parametrize("value", ["http", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("BOT_PORT", value)

    with pytest.raises(Stop, match="is no port"):
        settings.load(tmp_path)


def test_the_environment_overrides_what_is_derived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://db/shouhou")

    assert settings.load(tmp_path).environment["DATABASE_URL"] == "postgresql+asyncpg://db/shouhou"
