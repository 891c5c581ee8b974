"""A token in an address ends up in logs and histories: no route takes one there, and no page writes one there."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI

from handoff_api.app import create_app as create_bridge
from handoff_api.settings import Settings as BridgeSettings
from shop_api.app import create_app as create_shop
from shop_api.settings import Settings as ShopSettings

ROOT = Path(__file__).resolve().parents[2]
SECRET = re.compile(r"token|ticket(?!_id)|secret|password|signature", re.IGNORECASE)
WRITTEN = re.compile(r"[?&](token|ticket|identity|secret|password)=", re.IGNORECASE)
OF_SHOP = ("identity_secret", "turn_secret", "notice_secret", "shop_api_token")
OF_BRIDGE = (*OF_SHOP, "bridge_secret", "bot_token")


def bridge() -> FastAPI:
    return create_bridge(BridgeSettings.model_validate(dict.fromkeys(OF_BRIDGE, "x" * 32)))


def shop() -> FastAPI:
    return create_shop(ShopSettings.model_validate(dict.fromkeys(OF_SHOP, "x" * 32)))


@pytest.mark.parametrize("app", [bridge, shop], ids=["bridge", "shop"])
def test_no_route_takes_a_secret_in_its_address(app: object) -> None:
    document = app().openapi()  # type: ignore[operator]
    named = [
        (path, parameter["name"])
        for path, operations in document["paths"].items()
        for operation in operations.values()
        for parameter in operation.get("parameters", [])
        if parameter["in"] in ("query", "path") and SECRET.search(parameter["name"])
    ]

    assert named == []


def test_no_page_writes_a_secret_into_an_address() -> None:
    sources = [
        path for part in ("widget", "workspace", "demo_store", "shared") for path in _sources(ROOT / "web" / part)
    ]

    assert len(sources) > 20
    assert [str(path) for path in sources if WRITTEN.search(path.read_text(encoding="utf-8"))] == []


def _sources(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.rglob("*.ts*")
        if not {"node_modules", "dist", "tests"} & set(path.relative_to(folder).parts)
    ]
