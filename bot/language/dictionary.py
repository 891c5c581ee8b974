"""The shop's words for jieba: every `*.txt` of a folder, lines of `word frequency tag`, `#` begins a comment."""

import os
import tempfile
from pathlib import Path
from typing import IO

import jieba

FILE_NAME = "dictionary.txt"


def read_dictionary(folder: Path) -> str:
    """The lines of every dictionary in `folder`, in the order of file names.

    Raises FileNotFoundError where the folder holds none: a misspelt path must not train a model without words.
    """
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise FileNotFoundError(f"no dictionary (*.txt) in {folder}: set `dictionary` of JiebaSegmenter in config.yml")
    lines = (line for path in files for line in path.read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line.strip() and not line.startswith("#")) + "\n"


def _initialise(folder: str) -> None:
    jieba.dt.tmp_dir = folder
    jieba.initialize()


def load_dictionary(lines: IO[str]) -> None:
    """Add the words to the process's jieba, which every tokenizer here shares."""
    if not jieba.dt.initialized:
        # jieba caches its own dictionary under a name anybody can foresee; a folder of ours cannot be poisoned.
        jieba.setLogLevel(60)
        folder = os.environ.get("JIEBA_CACHE_DIR")
        if folder:
            _initialise(folder)
        else:
            with tempfile.TemporaryDirectory(prefix="shouhou-jieba-") as passing:
                _initialise(passing)
    jieba.load_userdict(lines)
