"""Which of many short texts is most like another: character bigrams, weighed by how rare they are. Pure."""

import math
import re
from collections import Counter
from collections.abc import Sequence

UNSAID = re.compile(r"[\W_]+")


def said(text: str) -> str:
    """Its letters and digits alone, in lower case."""
    return UNSAID.sub("", text.lower())


def grams(text: str) -> Counter[str]:
    """Pairs of neighbouring characters without what is no letter or digit; a single character is its own."""
    letters = said(text)
    return Counter(letters[i : i + 2] for i in range(len(letters) - 1)) or Counter(letters)


class SimilarTexts:
    """An inverted index: asking costs what the asked bigrams occur in, not the number of texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._postings: dict[str, list[tuple[int, float]]] = {}
        counted = [grams(text) for text in texts]
        spread = Counter(gram for counts in counted for gram in counts)
        self._weight = {gram: math.log(1 + len(texts) / count) for gram, count in spread.items()}
        for place, counts in enumerate(counted):
            vector = self._vector(counts)
            for gram, share in vector.items():
                self._postings.setdefault(gram, []).append((place, share))

    def nearest(self, text: str, *, most: int) -> list[tuple[int, float]]:
        """(place, cosine from 0 to 1), the most alike first."""
        scores: dict[int, float] = {}
        for gram, share in self._vector(grams(text)).items():
            for place, other in self._postings.get(gram, ()):
                scores[place] = scores.get(place, 0.0) + share * other
        ranked = sorted(scores.items(), key=lambda each: (-each[1], -each[0]))
        return [(place, min(1.0, score)) for place, score in ranked[:most]]

    def _vector(self, counts: Counter[str]) -> dict[str, float]:
        """Of length 1; a gram no text has keeps the weight of the rarest, so that what is new lowers the likeness."""
        unknown = max(self._weight.values(), default=1.0)
        raw = {gram: (1 + math.log(count)) * self._weight.get(gram, unknown) for gram, count in counts.items()}
        length = math.sqrt(sum(value * value for value in raw.values())) or 1.0
        return {gram: value / length for gram, value in raw.items()}
