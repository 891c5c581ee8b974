"""A linear reader of intents: named features, one weight vector per intent, probabilities by a fitted softmax.

The weights are those of a one-against-rest linear SVM plus a little of a naive Bayes model on the same features: the
SVM is sharper where the training data is dense, Bayes stays sensible on wordings it never saw. The sum of two linear
models is one linear model, kept as plain arrays: reading needs no scikit-learn, loads fast and costs one small sum.
"""

import json
import math
import sys
from array import array
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterable, List, Optional, Sequence, Tuple

import numpy as np
import scipy.sparse as sparse

from bot.language.features import SHARES

Bag = Sequence[str]  # the features of one message, repeated as often as they occur

BAYES_SHARE = 0.0175  # of a naive Bayes log likelihood beside one SVM margin
BAYES_SMOOTHING = 0.05
BLOCK = 20  # training lines that stand together are alike: they are held out together
HELD_OUT_EVERY = 4
ENCODER = "encoder"  # the name of a vector among the reasons
DEFAULT_SHARPNESS = 5.0  # for data too small to measure it on
SHARPNESSES = np.geomspace(1.0, 20.0, 40)


def _kind(name: str) -> str:
    return name.split(":", 1)[0]


def _softmax(scores: np.ndarray) -> np.ndarray:
    exponents = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exponents / exponents.sum(axis=-1, keepdims=True)


class Vocabulary:
    """Feature name → column, and the inverse document frequency of each."""

    def __init__(self, columns: Dict[str, int], idf: np.ndarray) -> None:
        self.columns = columns
        self.idf = idf
        # Asked for at every feature of every message: a list is ten times faster than an array.
        self._rarity: List[float] = idf.tolist()
        self._kinds = [sys.intern(_kind(name)) for name in columns]

    @classmethod
    def fit(cls, bags: Iterable[Bag], least: int) -> "Vocabulary":
        """The features that occur in at least `least` messages."""
        found: "Counter[str]" = Counter()
        total = 0
        for bag in bags:
            found.update(set(bag))
            total += 1
        names = [name for name, count in found.items() if count >= least]
        idf = np.log((1 + total) / (1 + np.array([found[name] for name in names]))) + 1
        return cls({name: column for column, name in enumerate(names)}, idf.astype(np.float32))

    def weigh(self, bag: Bag) -> Tuple[List[int], List[float]]:
        """Columns and values of one message; each kind of feature is as long as its share, so none drowns another."""
        columns: List[int] = []
        values: List[float] = []
        kinds: List[str] = []
        lengths: Dict[str, float] = {}
        for name, count in Counter(bag).items():
            column = self.columns.get(name)
            if column is not None:
                value = self._rarity[column] if count == 1 else (1.0 + math.log(count)) * self._rarity[column]
                kind = self._kinds[column]
                lengths[kind] = lengths.get(kind, 0.0) + value * value
                columns.append(column)
                values.append(value)
                kinds.append(kind)
        shrink = {kind: SHARES.get(kind, 1.0) * length**-0.5 for kind, length in lengths.items()}
        return columns, [value * shrink[kind] for value, kind in zip(values, kinds, strict=True)]

    def matrix(self, bags: Iterable[Bag]) -> sparse.csr_matrix:
        starts, columns, values = array("i", [0]), array("i"), array("d")  # lists would take six times the memory
        for bag in bags:
            found, weights = self.weigh(bag)
            columns.extend(found)
            values.extend(weights)
            starts.append(len(columns))
        arrays = (np.frombuffer(values), np.frombuffer(columns, np.intc), np.frombuffer(starts, np.intc))
        return sparse.csr_matrix(arrays, shape=(len(starts) - 1, len(self.columns)), copy=True)


class Lines:
    """The training lines as the machines see them: weighed features, and the encoder's vectors where there are any."""

    def __init__(self, features: sparse.csr_matrix, vectors: Optional[np.ndarray]) -> None:
        self.features = features
        self.all = features if vectors is None else sparse.hstack([features, vectors], format="csr")

    def __getitem__(self, rows: np.ndarray) -> "Lines":
        part = Lines(self.features[rows], None)
        part.all = self.all[rows]
        return part


@dataclass
class LinearModel:
    """weights: (features, intents) float16; bias: (intents,); `sharpness` turns margins into probabilities.

    Where an encoder's vectors are given, its dimensions are the last rows of the weights.
    """

    intents: List[str]
    vocabulary: Vocabulary
    weights: np.ndarray
    bias: np.ndarray
    sharpness: float

    @classmethod
    def train(
        cls,
        bags: Sequence[Bag],
        labels: Sequence[str],
        *,
        least: int,
        regularisation: float,
        vectors: Optional[np.ndarray] = None,
    ) -> "LinearModel":
        """Fit on one bag of features (and vector) per message. `regularisation` is the SVM's C; smaller is smoother."""
        vocabulary = Vocabulary.fit(bags, least)
        lines = Lines(vocabulary.matrix(bags), vectors)
        intents, truth = np.unique(np.asarray(labels), return_inverse=True)
        sharpness = _measure_sharpness(lines, truth, regularisation)
        weights, bias = _fit_weights(lines, truth, regularisation)
        return cls([str(intent) for intent in intents], vocabulary, weights.astype(np.float16), bias, sharpness)

    def probabilities(self, bag: Bag, vector: Optional[np.ndarray] = None) -> np.ndarray:
        """One probability per intent, in the order of `intents`."""
        columns, values = self.vocabulary.weigh(bag)
        return _softmax(self.sharpness * self._margins(columns, values, vector))

    def _margins(self, columns: List[int], values: List[float], vector: Optional[np.ndarray]) -> np.ndarray:
        margins = self.bias
        if columns:
            margins = margins + np.asarray(values, dtype=np.float32) @ self.weights[columns].astype(np.float32)
        return margins if vector is None else margins + vector @ self._vector_weights

    @property
    def _vector_weights(self) -> np.ndarray:
        return self.weights[len(self.vocabulary.columns) :].astype(np.float32)

    def reasons(
        self, bag: Bag, intent: str, vector: Optional[np.ndarray] = None, most: int = 8
    ) -> List[Tuple[str, float]]:
        """The features that spoke loudest for `intent`, with their share of its margin; an encoder speaks as one."""
        columns, values = self.vocabulary.weigh(bag)
        place, wanted = self.intents.index(intent), set(columns)
        names = {
            self.vocabulary.columns[name]: name for name in set(bag) if self.vocabulary.columns.get(name) in wanted
        }
        shares = [(names[c], float(v * self.weights[c, place])) for c, v in zip(columns, values, strict=True)]
        if vector is not None:
            shares.append((ENCODER, float(vector @ self._vector_weights[:, place])))
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


def _fit_weights(lines: Lines, truth: np.ndarray, regularisation: float) -> Tuple[np.ndarray, np.ndarray]:
    """Weights (features, intents) and bias (intents,) of SVM and naive Bayes together."""
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.svm import LinearSVC

    machine = LinearSVC(C=regularisation, random_state=0, tol=1e-2).fit(lines.all, truth)
    weights, bias = machine.coef_.T, machine.intercept_
    if weights.shape[1] == 1:  # scikit-learn keeps one column where there are two intents
        weights, bias = np.hstack([-weights, weights]), np.hstack([-bias, bias])
    bayes = MultinomialNB(alpha=BAYES_SMOOTHING).fit(lines.features, truth)
    # What a feature says for all intents alike decides nothing; without it the weights stay small and readable.
    likelihood = bayes.feature_log_prob_.T - bayes.feature_log_prob_.T.mean(axis=1, keepdims=True)
    prior = bayes.class_log_prior_ - bayes.class_log_prior_.mean()
    weights[: len(likelihood)] += BAYES_SHARE * likelihood
    return weights, (bias + BAYES_SHARE * prior).astype(np.float32)


def _held_out(truth: np.ndarray) -> np.ndarray:
    """True for every fourth block of lines: near-copies of a line are on its side of the cut."""
    return np.arange(len(truth)) // BLOCK % HELD_OUT_EVERY == HELD_OUT_EVERY - 1


def _measure_sharpness(lines: Lines, truth: np.ndarray, regularisation: float) -> float:
    """The sharpness with the least log loss on lines the machine had not seen."""
    held_out = _held_out(truth)
    learned = np.unique(truth[~held_out])
    judged = held_out & np.isin(truth, learned)
    if len(learned) < 2 or not judged.any():
        return DEFAULT_SHARPNESS
    weights, bias = _fit_weights(lines[~held_out], truth[~held_out], regularisation)
    return _fit_sharpness(np.asarray(lines[judged].all @ weights + bias), np.searchsorted(learned, truth[judged]))


def _fit_sharpness(margins: np.ndarray, truth: np.ndarray) -> float:
    rows = np.arange(len(truth))
    losses = [-np.log(_softmax(sharpness * margins)[rows, truth] + 1e-12).mean() for sharpness in SHARPNESSES]
    return float(SHARPNESSES[int(np.argmin(losses))])
