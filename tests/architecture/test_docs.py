"""What the documents name is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_and_page_that_is_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    tests = re.findall(r"`(tests/[\w/]+\.py)`", text)
    links = [link for link in re.findall(r"\]\(([^)#:\s]+)\)", text) if not link.startswith("/")]

    assert [name for name in tests if not (ROOT / name).is_file()] == []
    assert [link for link in links if not (page.parent / link).exists()] == []
