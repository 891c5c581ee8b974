"""Imports point one way, so that a part can be read, tested and replaced alone."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# package or layer → the project's packages (or layers) it may import
MAY_IMPORT = {
    "contracts": {"contracts"},
    "policy": {"policy", "contracts"},
    "actions": {"actions", "contracts", "policy"},
    "shop_api": {"shop_api", "contracts", "policy"},
    "handoff_api": {"handoff_api", "contracts", "policy"},
    "bot": {"bot"},
    "ops": {"ops", "contracts", "handoff_api", "policy", "shop_api"},
}
LAYERS_OF_THE_BRIDGE = {
    "domain": {"domain"},
    "record": {"record", "domain"},
    "store": {"store", "domain"},
    "clients": {"clients", "domain"},
    "services": {"services", "domain", "record", "store", "clients", "fanout"},
    "sockets": {"sockets", "services", "domain", "fanout", "record", "store", "endpoints"},
    "endpoints": {"endpoints", "services", "domain", "record", "store"},
    "channels": {"channels", "services", "domain", "record", "store"},
}
SHARED_BY_ALL_LAYERS = {"errors", "settings", "lines", "logs", "gatherer"}


def imported_by(path: Path) -> set[str]:
    """The modules a file imports, absolute ones by full name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_what_it_may(package: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in (ROOT / package).rglob("*.py")
        for module in imported_by(path)
        if module.split(".")[0] in MAY_IMPORT and module.split(".")[0] not in MAY_IMPORT[package]
    ]

    assert wrong == []


@pytest.mark.parametrize("layer", LAYERS_OF_THE_BRIDGE)
def test_a_layer_of_the_bridge_imports_only_layers_below(layer: str) -> None:
    allowed = LAYERS_OF_THE_BRIDGE[layer] | SHARED_BY_ALL_LAYERS
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in (ROOT / "handoff_api" / layer).rglob("*.py")
        for module in imported_by(path)
        if module.startswith("handoff_api.") and module.split(".")[1] not in allowed
    ]

    assert wrong == []


def test_the_wire_models_need_only_pydantic_jwt_and_the_standard_library() -> None:
    import sys

    known = {*sys.stdlib_module_names, "pydantic", "jwt", "contracts"}
    wrong = [
        f"{path.name} imports {module}"
        for path in (ROOT / "contracts").rglob("*.py")
        for module in imported_by(path)
        if module.split(".")[0] not in known
    ]

    assert wrong == []


def test_actions_do_nothing_when_they_are_imported_but_define() -> None:
    """rasa-sdk imports every module of `actions/`: a client opened there would be opened in every tool, too."""
    wrong = []
    for path in (ROOT / "actions").rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")

    assert wrong == []
