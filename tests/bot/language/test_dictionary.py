"""The shop's words, and no folder left behind."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.language.dictionary import read_dictionary

ROOT = Path(__file__).resolve().parents[3]
LOAD = (
    "import io; from bot.language.dictionary import load_dictionary; load_dictionary(io.StringIO('退货运费险 9 n\\n'))"
)


@pytest.mark.parametrize("has_cache", [False, True])
def test_loading_leaves_nothing_in_the_temporary_folder(tmp_path: Path, has_cache: bool) -> None:
    temporary, cache = tmp_path / "tmp", tmp_path / "cache"
    temporary.mkdir()
    cache.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary), "JIEBA_CACHE_DIR": str(cache) if has_cache else ""}

    subprocess.run([sys.executable, "-W", "ignore", "-c", LOAD], cwd=ROOT, env=environment, check=True)

    assert list(temporary.iterdir()) == []
    assert bool(list(cache.iterdir())) == has_cache


def test_a_folder_without_words_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_dictionary(tmp_path)


def test_comments_and_blank_lines_are_no_words(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("# 说明\n\n退货 9 n\n", encoding="utf-8")

    assert io.StringIO(read_dictionary(tmp_path)).readlines() == ["退货 9 n\n"]
