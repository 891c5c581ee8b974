"""Questions about the rules that follow an answer, whatever they were read as.

"为什么不能" right after a refusal is told on what the refusal rests; "那要怎样才能退" the ways that are left;
"定金能退吗" is about the rule and no wish for a refund.
"""

import re

from actions.choices import person
from actions.rule_answers import say_topic
from actions.turn import Events, Turn, custom_of, set_slots
from contracts.bot_output import Choice
from contracts.verdict import Decision, Verdict

LONGEST = 14  # letters; more than that asks about something of its own
BEFORE = r"(?:那|可是?|但是?|这个?|你们?|我|请问|到底|啊|[，, ])*"
AFTER = r"(?:了|货|款|呢|啊|呀|吗|嘛|么|[?？!！。~ ])*"
WHY = re.compile(
    BEFORE + r"(?:为什么|为啥|为何|凭什么|凭啥|怎么|什么原因|啥原因|咋)(?:就|会|又|都|还|被)*(?:不|没|拒)?"
    r"(?:能|可以|让|给|行|支持|同意|通过|批准?|绝|退|换|修|取消|办|我)*" + AFTER
)
HOW = re.compile(
    BEFORE + r"(?:要|得|该|应该|我)*(?:怎样|怎么样?|如何|咋样?|什么(?:条件|情况)下?)(?:做|弄|处理|操作)?"
    r"才(?:能|可以|行|让|给|肯).{0,4}"
    r"|.{0,4}(?:还有|有没有|有)(?:没有)?(?:什么|啥|别的|其他|其它|另外的?|点)*(?:办法|方法|途径|方式|渠道).{0,2}"
    r"|" + BEFORE + r"(?:就)?(?:怎么办|咋办|咋整|怎么弄|没办法了?|只能这样了?)" + AFTER
)
IN_GENERAL = {
    "order_place_help/deposit": re.compile(r"定金|订金"),
    "logistics_stuck/lost": re.compile(r"丢(?:了|件|失|掉|的话).{0,6}(?:赔|谁.{0,2}负责)"),
}  # topics no order is needed for
ASKS = re.compile(r"[吗呢么?？]|能不能|可不可以|怎么|会不会|还能|咋|谁")
TOLD = ("utter_why_refused", "utter_ways_left")
NOT_SAID = frozenset({"商品", "订单", "下单日期", "数量"})  # what the shopper sees on the card anyway


def answer_about_rules(turn: Turn) -> Events | None:
    """None where the message asks nothing of the kind, or was answered already in this turn."""
    if turn.responses_in_turn or turn.message.choice or len(turn.message.text) > LONGEST:
        return None
    topic = next((name for name, words in IN_GENERAL.items() if words.search(turn.message.text)), None)
    if topic and ASKS.search(turn.message.text):
        say_topic(turn, turn.services.rules.topic(topic))
        return set_slots(pending_intent=None)
    return _answer_about_refusal(turn)


def _answer_about_refusal(turn: Turn) -> Events | None:
    verdict, text = _refusal(turn), turn.message.text.strip()
    if verdict is None:
        return None
    if HOW.fullmatch(text):
        _say_ways(turn, verdict)
    elif WHY.fullmatch(text):
        _say_why(turn, verdict)
    else:
        return None
    return set_slots(handoff_reason="policy_needs_person", pending_intent=None)


def _refusal(turn: Turn) -> Verdict | None:
    """The refusal the bot has just told, or has just explained."""
    shown = [card for event in turn.last_bot_messages for card in custom_of(event).get("cards", [])]
    verdicts = [Verdict.model_validate(card["verdict"]) for card in shown if card["type"] == "verdict"]
    if not verdicts and any(turn.has_just_said(response) for response in TOLD):
        verdicts = [Verdict.model_validate(turn.slot("last_verdict"))] if turn.slot("last_verdict") else []
    return next((each for each in verdicts if each.decision is not Decision.ALLOWED), None)


def _say_why(turn: Turn, verdict: Verdict) -> None:
    if turn.has_just_said("utter_why_refused"):
        turn.say("utter_no_more_known", choices=[person(primary=True)])
        return
    facts = "，".join(f"{fact.name} {fact.value}" for fact in verdict.facts if fact.name not in NOT_SAID)
    turn.say("utter_why_refused", source=verdict.source, facts=facts, choices=[*_ways(turn), person()])


def _say_ways(turn: Turn, verdict: Verdict) -> None:
    ways, told = _ways(turn), [way for way in verdict.alternatives if "人工" not in way]
    if not told or turn.has_just_said("utter_ways_left"):
        turn.say("utter_no_ways_left", choices=[*ways, person(primary=True)])
        return
    turn.say("utter_ways_left", ways="；".join(told), choices=[*ways, person(primary=not ways)])


def _ways(turn: Turn) -> list[Choice]:
    """What was offered with the refusal stays on offer."""
    return [each for each in turn.offered_choices if each.intent not in ("human_request", "deny")]
