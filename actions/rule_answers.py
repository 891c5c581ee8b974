"""General questions, answered in the words of the rules that decide: a question and a case cannot contradict."""

from collections.abc import Sequence

from actions.choices import person
from actions.turn import Turn
from contracts.bot_output import Choice
from policy import Topic, answer_question

ASKED_IN_A_WISH = {
    "return_apply": ("return_policy",),
    "exchange_apply": ("exchange_apply", "return_policy"),
    "refund_apply": ("refund_apply", "return_policy"),
    "repair_apply": ("repair_apply", "repair_warranty"),
    "aftersale_progress": ("repair_apply",),
}


def say_rule(turn: Turn, intent: str, choices: Sequence[Choice] = ()) -> None:
    """What the rules say to this intent, at the finest topic the message names, and the ways on."""
    topic = turn.services.rules.topics.find(intent, turn.message.text)
    assert topic is not None, intent
    say_topic(turn, topic, choices)


def say_topic(turn: Turn, topic: Topic, choices: Sequence[Choice] = ()) -> None:
    answer = answer_question(turn.services.rules, topic.name, now=turn.now)
    turn.say("utter_rule_answer", answer=answer.text, choices=[*choices, person()])


def question_of_rule(turn: Turn) -> Topic | None:
    """The question about a rule that words of a wish ask: "修不好怎么办" reads as a wish for repair."""
    topics, text = turn.services.rules.topics, turn.message.text
    kin = ASKED_IN_A_WISH.get(turn.message.intent, ())
    return next((topic for intent in kin if (topic := topics.named(intent, text))), None)
