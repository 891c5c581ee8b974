"""A linear model of harm, beside the words of `safety.py`: it knows what nobody thought of writing into a list.

One regression for each of none, injury, fire, fraud and theft against the rest; characters and sounds as in the intent
reader, and the kinds of words of `harm_signs.py`; kept as plain arrays. A long message is also read clause by clause,
so that a story does not drown the half sentence in which somebody was hurt.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Sequence, Text, Tuple

import numpy as np
import yaml

from bot.language.features import features
from bot.language.harm_signs import CLAUSE_END, HarmSigns
from bot.language.linear_model import Vocabulary
from bot.language.normalise import clean, normalise

NONE = "none"
READ_MAX = 300  # characters; a longer text is read as a whole from its beginning and its end
SMOOTHING = 6.0  # C of the regression
EVERYDAY_WEIGHT = 0.2  # of a message of another intent; the hard ones of `harm_examples.yml` count full
SMALLEST = 0.02  # a weight below changes nothing and is left out of the file
SHORT = 30  # characters; a message of this length is one passage
PASSAGE = 24  # characters of a passage
OVERLAP = 12  # of passages where no mark ends a clause
PASSAGES_MAX = 40
Example = Tuple[Text, Text]


def read_harm_examples(folder: Path) -> List[Example]:
    """The (text, kind) of `harm_examples.yml`, one message a line."""
    table = yaml.safe_load((folder / "harm_examples.yml").read_text(encoding="utf-8"))
    return [(line, kind) for kind, lines in table.items() for line in lines.splitlines() if line]


def passages(text: Text) -> List[Text]:
    """A long text in pieces of about a clause: short clauses together, long ones cut; nothing for a short text."""
    if len(text) <= SHORT:
        return []
    joined: List[Text] = []
    for clause in CLAUSE_END.split(text):
        if joined and len(joined[-1]) + len(clause) < PASSAGE:
            joined[-1] += "，" + clause
        else:
            joined += [clause[at : at + PASSAGE] for at in range(0, max(1, len(clause) - OVERLAP), OVERLAP)]
    return joined[:: -(-len(joined) // PASSAGES_MAX)]


@dataclass
class HarmModel:
    """kinds: `none` among them; weights: (features, kinds) float32."""

    signs: HarmSigns
    kinds: List[Text]
    vocabulary: Vocabulary
    weights: np.ndarray
    bias: np.ndarray

    @classmethod
    def train(cls, everyday: Sequence[Example], examples: Sequence[Example], signs: HarmSigns) -> "HarmModel":
        """`everyday` are the messages of the intents, `examples` those written for this model; both (text, kind)."""
        from sklearn.linear_model import LogisticRegression

        together = [*everyday, *examples]
        bags = [_bag(text, signs) for text, _ in together]
        vocabulary = Vocabulary.fit(bags, 2)
        machine = LogisticRegression(C=SMOOTHING, solver="liblinear", random_state=0)
        costs = [EVERYDAY_WEIGHT if kind == NONE else 1.0 for _, kind in everyday] + [1.0] * len(examples)
        machine.fit(vocabulary.matrix(bags), [kind for _, kind in together], sample_weight=costs)
        kinds = [str(kind) for kind in machine.classes_]
        weights = machine.coef_.T.astype(np.float32)
        return cls(signs, kinds, *_pruned(vocabulary, weights), machine.intercept_.astype(np.float32))

    def read(self, text: Text) -> Tuple[Text, float]:
        """The likeliest kind of harm and the probability that there is any, in the whole or in one of its clauses."""
        plain = clean(text)
        ends = plain if len(plain) <= READ_MAX else plain[: READ_MAX // 2] + plain[-READ_MAX // 2 :]
        return max((self._read(piece) for piece in [ends, *passages(plain)]), key=lambda reading: reading[1])

    def _read(self, text: Text) -> Tuple[Text, float]:
        columns, values = self.vocabulary.weigh(_bag(text, self.signs))
        if not columns:
            return NONE, 0.0
        scores = self.bias + np.asarray(values, dtype=np.float32) @ self.weights[columns]
        none = self.kinds.index(NONE)
        harm = 1.0 / (1.0 + float(np.exp(scores[none])))
        scores[none] = -np.inf
        return self.kinds[int(scores.argmax())], harm

    def save(self, folder: Path) -> None:
        np.savez_compressed(folder / "harm.npz", idf=self.vocabulary.idf, weights=self.weights, bias=self.bias)
        names = {"kinds": self.kinds, "features": list(self.vocabulary.columns), "signs": self.signs.table}
        (folder / "harm.json").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "HarmModel":
        names: Dict[Text, Any] = json.loads((folder / "harm.json").read_text(encoding="utf-8"))
        with np.load(folder / "harm.npz") as arrays:
            columns = {name: column for column, name in enumerate(names["features"])}
            vocabulary = Vocabulary(columns, arrays["idf"])
            return cls(HarmSigns(names["signs"]), names["kinds"], vocabulary, arrays["weights"], arrays["bias"])


def _bag(text: Text, signs: HarmSigns) -> List[Text]:
    return features(normalise(text)) + signs.features(text)  # which needs the spaces that end clauses


def _pruned(vocabulary: Vocabulary, weights: np.ndarray) -> "tuple[Vocabulary, np.ndarray]":
    """Only the features that weigh something."""
    kept = np.flatnonzero(np.abs(weights).max(axis=1) >= SMALLEST)
    names = list(vocabulary.columns)
    columns = {names[old]: new for new, old in enumerate(kept)}
    return Vocabulary(columns, vocabulary.idf[kept]), weights[kept]
