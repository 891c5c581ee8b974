"""Two branches that each add a migration must not both become the same step: found here, before a database is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [path for path in ROOT.glob("*/**/migrations/versions") if "node_modules" not in path.parts]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_migration_follows_exactly_one_other(folder: Path) -> None:
    found = []
    for path in sorted(folder.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        names = [re.search(rf'^{word} = (?:"(\w+)"|None)', text, re.M) for word in ("revision", "down_revision")]
        found.append(tuple(match.group(1) if match else "missing" for match in names))

    followed = [revision for revision, _ in found]
    assert [before for _, before in found] == [None, *followed[:-1]]
    assert len(set(followed)) == len(followed)
