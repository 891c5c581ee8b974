"""General questions, answered in the words of the rules that decide: a question and a case cannot contradict."""

from collections.abc import Sequence

from actions.choices import person
from actions.turn import Turn
from contracts.bot_output import Choice
from policy import answer_question


def say_rule(turn: Turn, intent: str, choices: Sequence[Choice] = ()) -> None:
    """What the rules say to this intent, at the finest topic the message names, and the ways on."""
    rules = turn.services.rules
    topic = rules.topics.find(intent, turn.message.text)
    assert topic is not None, intent
    answer = answer_question(rules, topic.name, now=turn.now)
    turn.say("utter_rule_answer", answer=answer.text, choices=[*choices, person()])
