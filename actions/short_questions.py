"""A few words that mean something only after what was spoken of: "要钱吗" after a repair asks what the repair costs.

However they were read, they are answered about the topic (`meant_after` in wording.yml); a day after the times of a
pick-up were offered is that pick-up's.
"""

from actions.pick_up import names_time
from actions.turn import Turn
from actions.wording import MEANT_AFTER

LONGEST = 12  # letters
AROUND = " ，,。.!！~～"


def meant_by_topic(turn: Turn) -> str | None:
    """The intent these words stand for here; None where they are a wish of their own."""
    text = turn.message.text.strip(AROUND)
    if turn.message.choice or turn.responses_in_turn:
        return None  # pressed, or answered already in this turn
    if names_time(turn):
        return "return_shipping"
    if not text or len(text) > LONGEST:
        return None
    fitting = (means for means, after, words in MEANT_AFTER if turn.topic.startswith(after) and words.fullmatch(text))
    return next(fitting, None)
