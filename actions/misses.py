"""How often in a row the bot did not understand: counted by what it answered, not by how sure a reading was.

A "2" after a list, or a free answer in a form, reads as nothing and is understood all the same. The bridge watches
the slot too, so that nobody is handed over for an answer that was taken.
"""

from actions.turn import MISSES, Events, Turn, set_slots

SLOT = "misses"
PATIENCE = 2  # in a row; then a person
MISSED = frozenset(
    {"utter_not_caught", "utter_not_caught_in_form", "utter_ask_what_was_meant", "utter_out_of_scope"}
    | {"utter_explain_again", "utter_ask_still_to_confirm"}
)


def is_enough(turn: Turn) -> bool:
    """Would one more answer of this kind be one too many?"""
    return (turn.slot(SLOT) or 0) + 1 >= PATIENCE


def count(turn: Turn) -> Events:
    """The slot after an action has answered."""
    missed_before = turn.slot(SLOT) or 0
    said_here = {str(message.get("response") or "") for message in turn.dispatcher.messages}
    if said_here & MISSED:
        return set_slots(**{SLOT: missed_before + 1})
    if MISSED & set(turn.responses_in_turn):
        return []  # the form repeats its question after a miss
    return set_slots(**{SLOT: 0}) if missed_before or turn.message.intent in MISSES else []
