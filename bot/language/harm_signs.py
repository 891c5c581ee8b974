"""What kinds of words stand together in a message: a body part and a cut, a device and smoke, a caller and money.

A model that sees only words has to meet each pair of them; by their kinds it knows pairs that nobody wrote. The kinds
are `nlu_data/lookups/harm_signs.yml`.
"""

import re
from pathlib import Path
from typing import Dict, List, Text

import yaml

from bot.language.entities.folding import fold
from bot.language.normalise import clean

CLAUSE_END = re.compile(r"[,，。;；!！?？\n]+| (?=\S)")
NEAR = 3  # how many signs further on one still belongs to the pair


def read_signs_table(folder: Path) -> Dict[Text, Text]:
    return yaml.safe_load((folder / "harm_signs.yml").read_text(encoding="utf-8"))


class HarmSigns:
    """The kinds of words, in the order in which they are tried."""

    def __init__(self, table: Dict[Text, Text]) -> None:
        self.table = table
        self._words = re.compile("|".join(f"(?P<{kind}>{words})" for kind, words in table.items()))

    def features(self, text: Text) -> List[Text]:
        """Kinds (`l1:`), pairs near each other (`l2:`) and rows of three (`l3:`) in the clauses of `text`."""
        found: List[Text] = []
        for clause in CLAUSE_END.split(fold(clean(text))):
            found += _combined([match.lastgroup or "" for match in self._words.finditer(clause)])
        return found


def _combined(kinds: List[Text]) -> List[Text]:
    singles = ["l1:" + kind for kind in kinds]
    pairs = [f"l2:{first}_{then}" for at, first in enumerate(kinds) for then in kinds[at + 1 : at + 1 + NEAR]]
    return singles + pairs + ["l3:" + "_".join(kinds[at : at + 3]) for at in range(len(kinds) - 2)]
