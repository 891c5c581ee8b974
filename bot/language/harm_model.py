"""A linear model of harm, beside the words of `safety.py`: it knows what nobody thought of writing into a list.

One regression for each of none, injury, fire, fraud and theft against the rest; characters and sounds as in the intent
reader; kept as plain arrays.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import List, Sequence, Text, Tuple

import numpy as np
import yaml

from bot.language.features import features
from bot.language.linear_model import Vocabulary
from bot.language.normalise import normalise

NONE = "none"
READ_MAX = 300  # characters; a longer text is read from its beginning and its end
SMOOTHING = 6.0  # C of the regression
HARM_WEIGHT = 5.0  # a missed harm costs as much as this many false ones
SMALLEST = 0.02  # a weight below changes nothing and is left out of the file
Example = Tuple[Text, Text]


def read_harm_examples(folder: Path) -> List[Example]:
    """The (text, kind) of `harm_examples.yml`, one message a line."""
    table = yaml.safe_load((folder / "harm_examples.yml").read_text(encoding="utf-8"))
    return [(line, kind) for kind, lines in table.items() for line in lines.splitlines() if line]


def _bag(text: Text) -> List[Text]:
    plain = normalise(text)
    return features(plain if len(plain) <= READ_MAX else plain[: READ_MAX // 2] + plain[-READ_MAX // 2 :])


@dataclass
class HarmModel:
    """kinds: `none` among them; weights: (features, kinds) float32."""

    kinds: List[Text]
    vocabulary: Vocabulary
    weights: np.ndarray
    bias: np.ndarray

    @classmethod
    def train(cls, examples: Sequence[Example]) -> "HarmModel":
        """`examples` are (text, kind), several hundred of each kind at best."""
        from sklearn.linear_model import LogisticRegression

        bags = [_bag(text) for text, _ in examples]
        labels = [kind for _, kind in examples]
        vocabulary = Vocabulary.fit(bags, 2)
        costs = {kind: 1.0 if kind == NONE else HARM_WEIGHT for kind in set(labels)}
        machine = LogisticRegression(C=SMOOTHING, class_weight=costs, solver="liblinear", random_state=0)
        machine.fit(vocabulary.matrix(bags), labels)
        kinds = [str(kind) for kind in machine.classes_]
        weights = machine.coef_.T.astype(np.float32)
        return cls(kinds, *_pruned(vocabulary, weights), machine.intercept_.astype(np.float32))

    def read(self, text: Text) -> Tuple[Text, float]:
        """The likeliest kind of harm and the probability that there is any."""
        columns, values = self.vocabulary.weigh(_bag(text))
        if not columns:
            return NONE, 0.0
        scores = self.bias + np.asarray(values, dtype=np.float32) @ self.weights[columns]
        none = self.kinds.index(NONE)
        harm = 1.0 / (1.0 + float(np.exp(scores[none])))
        scores[none] = -np.inf
        return self.kinds[int(scores.argmax())], harm

    def save(self, folder: Path) -> None:
        np.savez_compressed(folder / "harm.npz", idf=self.vocabulary.idf, weights=self.weights, bias=self.bias)
        names = {"kinds": self.kinds, "features": list(self.vocabulary.columns)}
        (folder / "harm.json").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "HarmModel":
        names = json.loads((folder / "harm.json").read_text(encoding="utf-8"))
        with np.load(folder / "harm.npz") as arrays:
            columns = {name: column for column, name in enumerate(names["features"])}
            vocabulary = Vocabulary(columns, arrays["idf"])
            return cls(names["kinds"], vocabulary, arrays["weights"], arrays["bias"])


def _pruned(vocabulary: Vocabulary, weights: np.ndarray) -> "tuple[Vocabulary, np.ndarray]":
    """Only the features that weigh something."""
    kept = np.flatnonzero(np.abs(weights).max(axis=1) >= SMALLEST)
    names = list(vocabulary.columns)
    columns = {names[old]: new for new, old in enumerate(kept)}
    return Vocabulary(columns, vocabulary.idf[kept]), weights[kept]
