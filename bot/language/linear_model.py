"""A linear reader of intents: named features, one weight vector per intent, probabilities by a fitted softmax.

Trained by a one-against-rest linear SVM; kept as plain arrays, so that reading needs no scikit-learn and loads fast.
"""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterable, List, Sequence, Tuple

import numpy as np
import scipy.sparse as sparse

Bag = Sequence[str]  # the features of one message, repeated as often as they occur


def _kind(name: str) -> str:
    return name.split(":", 1)[0]


def _softmax(scores: np.ndarray) -> np.ndarray:
    exponents = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exponents / exponents.sum(axis=-1, keepdims=True)


@dataclass
class Vocabulary:
    """Feature name → column, and the inverse document frequency of each."""

    columns: Dict[str, int]
    idf: np.ndarray

    @classmethod
    def fit(cls, bags: Iterable[Bag], least: int) -> "Vocabulary":
        """The features that occur in at least `least` messages."""
        found, total = Counter(), 0
        for bag in bags:
            found.update(set(bag))
            total += 1
        names = [name for name, count in found.items() if count >= least]
        idf = np.log((1 + total) / (1 + np.array([found[name] for name in names]))) + 1
        return cls({name: column for column, name in enumerate(names)}, idf.astype(np.float32))

    def weigh(self, bag: Bag) -> Tuple[List[int], List[float]]:
        """Columns and values of one message; each kind of feature has length one, so none drowns another."""
        counted = Counter(name for name in bag if name in self.columns)
        if not counted:
            return [], []
        names = list(counted)
        columns = [self.columns[name] for name in names]
        values = [(1.0 + np.log(counted[name])) * self.idf[column] for name, column in zip(names, columns, strict=True)]
        lengths: Dict[str, float] = {}
        for name, value in zip(names, values, strict=True):
            lengths[_kind(name)] = lengths.get(_kind(name), 0.0) + value * value
        return columns, [value / lengths[_kind(name)] ** 0.5 for name, value in zip(names, values, strict=True)]

    def matrix(self, bags: Sequence[Bag]) -> sparse.csr_matrix:
        starts, columns, values = [0], [], []
        for bag in bags:
            found, weights = self.weigh(bag)
            columns += found
            values += weights
            starts.append(len(columns))
        return sparse.csr_matrix((values, columns, starts), shape=(len(bags), len(self.columns)), dtype=np.float64)


@dataclass
class LinearModel:
    """weights: (features, intents) float32; bias: (intents,); `sharpness` turns margins into probabilities."""

    intents: List[str]
    vocabulary: Vocabulary
    weights: np.ndarray
    bias: np.ndarray
    sharpness: float

    @classmethod
    def train(cls, bags: Sequence[Bag], labels: Sequence[str], *, least: int, regularisation: float) -> "LinearModel":
        """Fit on one bag of features per message. `regularisation` is the SVM's C; smaller is smoother."""
        from sklearn.model_selection import StratifiedKFold, cross_val_predict
        from sklearn.svm import LinearSVC

        vocabulary = Vocabulary.fit(bags, least)
        matrix = vocabulary.matrix(bags)
        machine = LinearSVC(C=regularisation, random_state=0)
        folds = StratifiedKFold(5, shuffle=True, random_state=0)
        margins = cross_val_predict(machine, matrix, labels, cv=folds, method="decision_function")
        machine.fit(matrix, labels)
        intents = [str(intent) for intent in machine.classes_]
        sharpness = _fit_sharpness(margins, np.searchsorted(machine.classes_, labels))
        return cls(
            intents,
            vocabulary,
            machine.coef_.T.astype(np.float32).copy(),
            machine.intercept_.astype(np.float32),
            sharpness,
        )

    def probabilities(self, bag: Bag) -> np.ndarray:
        """One probability per intent, in the order of `intents`."""
        columns, values = self.vocabulary.weigh(bag)
        margins = self.bias + np.asarray(values, dtype=np.float32) @ self.weights[columns] if columns else self.bias
        return _softmax(self.sharpness * margins)

    def reasons(self, bag: Bag, intent: str, most: int = 8) -> List[Tuple[str, float]]:
        """The features that spoke loudest for `intent`, with their share of its margin."""
        columns, values = self.vocabulary.weigh(bag)
        names = {column: name for name, column in self.vocabulary.columns.items() if column in set(columns)}
        place = self.intents.index(intent)
        shares = [(names[c], float(v * self.weights[c, place])) for c, v in zip(columns, values, strict=True)]
        return sorted(shares, key=lambda share: -share[1])[:most]

    def save(self, folder: Path) -> None:
        np.savez(folder / "weights.npz", idf=self.vocabulary.idf, weights=self.weights, bias=self.bias)
        names = {"intents": self.intents, "features": list(self.vocabulary.columns), "sharpness": self.sharpness}
        (folder / "names.json").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "LinearModel":
        names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        with np.load(folder / "weights.npz") as arrays:
            columns = {name: column for column, name in enumerate(names["features"])}
            vocabulary = Vocabulary(columns, arrays["idf"])
            return cls(names["intents"], vocabulary, arrays["weights"], arrays["bias"], names["sharpness"])


def _fit_sharpness(margins: np.ndarray, truth: np.ndarray) -> float:
    """The sharpness with the least log loss on messages the machine had not seen."""
    candidates = np.geomspace(1.0, 20.0, 25)
    rows = np.arange(len(truth))
    losses = [-np.log(_softmax(sharpness * margins)[rows, truth] + 1e-12).mean() for sharpness in candidates]
    return float(candidates[int(np.argmin(losses))])
