"""How a shopper feels: four moods that add up to 1, and how pressing it is, read by words anybody can check.

The words and their weights are `nlu_data/lookups/mood.yml`. Signs count too: `!!!`, `???`, capitals of emoji, sarcasm.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Pattern, Text, Tuple

import yaml

from bot.language.entities.folding import fold
from bot.language.normalise import clean

MOODS = ("calm", "annoyed", "angry", "desperate")
FEELINGS = ("anger", "annoyance", "despair", "urgency", "softeners")
READ_MAX = 600  # a mood shows in the first lines; a pasted page must not cost more
CALM_WEIGHT = 0.55  # what one mild word has to overcome
SHARPNESS = 2.2
MANY_MARKS = re.compile(r"[!！]{2,}|[?？]{2,}|[!！][?？]|[?？][!！]")
MARK = re.compile(r"[!！]")
REFUSED_WINDOW = 4
Scores = Dict[Text, float]


@dataclass(frozen=True)
class MoodWords:
    """The compiled lists. Made from the tables of the file, which the model carries as JSON."""

    feelings: Dict[Text, List[Tuple[float, "Pattern[str]"]]]
    unhurried: "Pattern[str]"
    intensifiers: "Pattern[str]"
    negations: "Pattern[str]"
    emoji: Dict[Text, Text]

    @classmethod
    def read(cls, folder: Path) -> "MoodWords":
        return cls.of(read_mood_table(folder))

    @classmethod
    def of(cls, table: Dict[Text, Any]) -> "MoodWords":
        feelings = {
            feeling: [(float(weight), re.compile("|".join(words))) for weight, words in table[feeling].items()]
            for feeling in FEELINGS
        }
        by_emoji = {sign: feeling for feeling, signs in table["emoji"].items() for sign in signs}
        patterns = [re.compile(table[name]) for name in ("unhurried", "intensifiers", "negations")]
        return cls(feelings, *patterns, by_emoji)


def read_mood_table(folder: Path) -> Dict[Text, Any]:
    return yaml.safe_load((folder / "mood.yml").read_text(encoding="utf-8"))


def _weigh(text: Text, words: MoodWords, feeling: Text) -> float:
    """The weights of the words of `feeling` that are not denied; every further one counts half."""
    total = 0.0
    for weight, pattern in words.feelings[feeling]:
        for match in pattern.finditer(text):
            if not words.negations.search(text[max(0, match.start() - REFUSED_WINDOW) : match.start()]):
                total += weight if total == 0 else weight / 2
    return total


def _emoji(text: Text, words: MoodWords) -> Scores:
    scores: Scores = {}
    for character in text:
        feeling = words.emoji.get(character)
        if feeling:
            scores[feeling] = min(1.6, scores.get(feeling, 0.6) + 0.4)
    return scores


def _feelings(text: Text, words: MoodWords) -> Scores:
    scores = {feeling: _weigh(text, words, feeling) for feeling in FEELINGS}
    for feeling, weight in _emoji(text, words).items():
        name = "softeners" if feeling == "calm" else feeling
        scores[name] = scores.get(name, 0.0) + weight
    return _with_emphasis(scores, text, words)


def _with_emphasis(scores: Scores, text: Text, words: MoodWords) -> Scores:
    """Loud signs and intensifiers make what is felt stronger; alone they are a little annoyance."""
    loud = 0.35 if MANY_MARKS.search(text) else 0.1 if MARK.search(text) else 0.0
    strong = 0.15 * min(2, len(words.intensifiers.findall(text)))
    for feeling in ("anger", "annoyance", "despair"):
        if scores[feeling]:
            scores[feeling] += loud + strong
    if loud > 0.3 and not scores["softeners"]:
        scores["annoyance"] += 0.7
        scores["urgency"] += 0.45 if scores["anger"] else 0.6
    if scores["annoyance"] >= 2.2:  # one complaint after the other
        scores["anger"] += 0.55 * (scores["annoyance"] - 1.4)
    return scores


def _shares(scores: Scores) -> Scores:
    calm = CALM_WEIGHT + min(0.6, scores["softeners"] * 0.5)
    strengths = {
        "calm": calm,
        "annoyed": min(1.6, scores["annoyance"]),
        "angry": min(2.6, scores["anger"] * 1.5),
        "desperate": min(2.6, scores["despair"] * 1.25),
    }
    raised = {mood: strength**SHARPNESS for mood, strength in strengths.items()}
    total = sum(raised.values())
    return {mood: round(value / total, 4) for mood, value in raised.items()}


def read_mood(text: Text, words: MoodWords) -> Scores:
    """`calm`, `annoyed`, `angry`, `desperate` (together 1) and `urgency` from 0 to 1, of any text."""
    folded = fold(clean(text))[:READ_MAX]
    scores = _feelings(folded, words)
    urgency = 0.0 if words.unhurried.search(folded) else min(1.0, scores["urgency"] * 0.85)
    return {**_shares(scores), "urgency": round(urgency, 4)}


def strongest(mood: Scores) -> Text:
    """The mood with the greatest share; the milder one where two are even."""
    return max(MOODS, key=lambda name: mood[name])
