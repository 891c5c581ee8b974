"""Doing work only when what it is made from has changed."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from ops.paths import ROOT

IGNORED = {"node_modules", "dist", "__pycache__", ".pytest_cache"}


def files_under(*places: Path) -> list[Path]:
    """The files of these files and folders, sorted, without what is built."""
    found: list[Path] = []
    for place in places:
        inside = [place] if place.is_file() else place.rglob("*")
        found += [
            path
            for path in inside
            if path.is_file() and (path == place or not IGNORED & set(path.relative_to(place).parts))
        ]
    return sorted(found)


def digest(files: Iterable[Path], *words: str) -> str:
    """One value for the names and contents of `files`, and `words`; the same wherever the checkout stands."""
    total = hashlib.sha256("\0".join(words).encode())
    for path in files:
        name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        total.update(str(name).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def when_changed(stamp: Path, value: str, work: Callable[[], None]) -> bool:
    """Do `work` unless `stamp` says it was done for `value`; a failed work leaves no stamp. True when it was done."""
    if stamp.is_file() and stamp.read_text() == value:
        return False
    stamp.unlink(missing_ok=True)
    work()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value)
    return True
