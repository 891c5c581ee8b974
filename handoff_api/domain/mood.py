"""Which mood is worth showing beside a conversation."""

OUTSTANDING = 0.5


def outstanding_mood(emotion: dict[str, float]) -> str:
    """The strongest mood other than calm, empty where none stands out."""
    loud = [(score, mood) for mood, score in emotion.items() if mood != "calm" and score >= OUTSTANDING]
    return max(loud)[1] if loud else ""
