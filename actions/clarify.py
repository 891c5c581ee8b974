"""When the bot did not understand: it offers what it may have been, then a person. Never a third guess."""

import re
from typing import Any

from actions.aftersale_draft import QUALITY_REASONS, STARTS
from actions.base import ShopAction
from actions.cases import SENT
from actions.choices import START_INTENTS, choice, person
from actions.goods_named import named_orders
from actions.handoff import ANGRY
from actions.message import FALLBACK, TOO_HARD, case_type_in, reason_in
from actions.misses import is_enough
from actions.open_questions import is_answer_in_words
from actions.other_orders import names_known_order, only_points
from actions.patience import REFUSES_RESULT, says_no_result
from actions.person_request import request_person
from actions.products import PRODUCT, page_says
from actions.resume import begin_aftersale, take_up
from actions.short_answers import place_in
from actions.turn import Events, Turn, set_slots
from actions.wording import BARE_WORDS, INTENT_TITLES
from contracts.bot_output import Choice

SHORT_WISH = 10  # letters
SHORTEST = 2  # letters of a button's title that are enough to mean it
ASKS_WHAT_YOU_DO = re.compile(r"能干(?:什么|啥|嘛)|会(?:干|做)?(?:什么|啥)|能做(?:什么|啥)|有(?:什么|啥)功能|怎么用你")
AROUND = " ，,。.!！?？~～吧呢呀啊了"
NEAR = 3  # places of the reading in which a question about goods is looked for
FAULTS = frozenset(QUALITY_REASONS.values())
FOUND = re.compile(r"找到了|找着了|收到了(?!吗|没)|拿到了|在(?:门卫|驿站|家里|邻居)")
ASKS_OF_CASE = re.compile(
    r"(?:补发|补寄|换货|维修|退货|退款|售后).{0,4}(?:什么时候|啥时候|几时|多久|到哪|进度|怎么样|好了(?:没|吗))"
)
ASKS_PHOTOS = re.compile(
    r"(?:照片|图片|拍照|拍照片|视频|凭证).{0,4}[吗么呢？?]|(?:要|用|需要|得).{0,3}(?:拍照|照片|拍视频|凭证)"
)
GIVEN_UP = {"order_cancel", "return_apply"}
SHOWN_IN_PHOTOS = ("quality_", "return_", "exchange_", "repair_", "refund_")
GUESSES = 3
NEVER_GUESSED = {
    *("greet", "goodbye", "thank", "affirm", "deny", "human_request", "bot_challenge", "chitchat", "abuse"),
    *("hold_on", "inform", "not_understood", "out_of_scope", "nlu_fallback", "quality_safety"),
}


class ActionClarify(ShopAction):
    action_name = "action_clarify"
    intents = ("nlu_fallback",)

    async def _take_by_context(self, turn: Turn) -> Events | None:
        """What the words mean after what was just said: an order that was asked for, a button, another order."""
        bare = bare_wish(turn.message.text)
        if bare:
            return await take_up(turn, bare)
        if REFUSES_RESULT.search(turn.message.text):
            turn.say("utter_result_refused")
            return set_slots(handoff_reason="policy_needs_person")
        waiting = turn.slot("pending_intent")
        is_number = place_in(turn.message.text) is not None  # of no card: they are shown again
        is_answer = is_number or is_answer_in_words(turn) or turn.names_an_order
        if waiting and (is_answer or await names_known_order(turn)):
            return await take_up(turn, waiting)
        if SENT.search(turn.message.text) and turn.is_signed_in:
            return await take_up(turn, "return_shipping")
        if FOUND.search(turn.message.text) and turn.topic.startswith("logistics"):
            turn.say("utter_parcel_found")
            return []
        if only_points(turn.message) and await names_known_order(turn):
            return await take_up(turn, "order_status")
        meant = offered_meant(turn)
        if meant:
            return await take_up(turn.as_if_pressed(meant), meant.intent)
        if any(intent.startswith(PRODUCT) for intent in turn.message.ranking[:NEAR]) and await page_says(turn):
            return await take_up(turn, "product_info")
        return await self._take_by_topic(turn)

    async def _take_by_topic(self, turn: Turn) -> Events | None:
        """What the words mean beside what was spoken of."""
        if set([intent for intent in turn.message.ranking if intent != FALLBACK][:2]) == GIVEN_UP:
            return await take_up(turn, "order_cancel")  # "大衣不想要了": what becomes of it depends on where it is
        if ASKS_PHOTOS.search(turn.message.text) and turn.topic.startswith(SHOWN_IN_PHOTOS):
            turn.say("utter_photos_wanted", choices=[c for c in turn.offered_choices if c.intent != "inform"][::-1])
            return []
        fault = next((intent for intent in turn.message.ranking[:NEAR] if intent in QUALITY_REASONS), "")
        if fault and reason_in(turn.message) in FAULTS:
            return await take_up(turn, fault)  # what is wrong is said; which word for it we use is ours to choose
        return await self._take_by_wish(turn)

    @staticmethod
    async def _take_by_wish(turn: Turn) -> Events | None:
        """ "哦等等还是退吧": the service is named, and what it is for was spoken of."""
        if len(turn.message.text) > SHORT_WISH or not (turn.slot("order_number") or turn.message.entity("product")):
            return None
        wish = START_INTENTS.get(case_type) if (case_type := case_type_in(turn.message.text)) else None
        return begin_aftersale(turn, wish) if wish in STARTS else None

    async def answer(self, turn: Turn, intent: str) -> Events:
        taken = None if turn.active_form else await self._take_by_context(turn)
        if taken is not None:
            return taken
        if TOO_HARD.search(turn.message.text) and not turn.active_form:
            turn.say("utter_too_hard")
            return []
        if ASKS_WHAT_YOU_DO.search(turn.message.text):
            turn.say("utter_greet")
            return []
        if turn.message.anger >= ANGRY:
            return request_person(turn, "abuse", priority="high")
        if says_no_result(turn):
            return request_person(turn, "other", response="utter_no_result")
        if is_enough(turn):
            return request_person(turn, "not_understood_twice", response="utter_handoff_not_understood")
        if turn.active_form:
            turn.say("utter_not_caught_in_form")  # the form repeats its question itself
            return turn.note("asked_again")
        _ask_what_was_meant(turn)
        return [*turn.note("asked_again"), *await _remember_goods(turn)]


async def _remember_goods(turn: Turn) -> Events:
    """What the message names is spoken of, even where nothing else in it was understood."""
    if not turn.message.entity("product") or not turn.is_signed_in:
        return []
    named = named_orders(turn.message, await turn.shop.orders())
    return set_slots(order_number=named[0].order_number) if len(named) == 1 else []


def bare_wish(text: str) -> str | None:
    """What a word or two alone most likely want ("快递", "发票"), or a case in plain words ("补发的什么时候到")."""
    if ASKS_OF_CASE.search(text):
        return "aftersale_progress"
    said = text.strip(AROUND)
    return next((wish for wish, words in BARE_WORDS.items() if words.fullmatch(said)), None)


def offered_meant(turn: Turn) -> Choice | None:
    """The button just offered that these words come nearest to: by its title, or by what they may be read as. A button
    that does something is never pressed by a guess."""
    said = turn.message.text.strip()
    offered = [c for c in turn.offered_choices if c.intent not in NEVER_GUESSED]
    by_title = [c for c in offered if len(said) >= SHORTEST and (said in c.title or c.title in said)]
    by_reading = [c for c in offered if c.intent in turn.message.ranking[:2] and "choice" not in c.entities]
    return next((found[0] for found in (by_title, by_reading) if len(found) == 1), None)


def _ask_what_was_meant(turn: Turn) -> None:
    known: dict[str, Any] = {
        name: value for name in ("product", "order_number") if (value := turn.message.entity(name))
    }
    waiting = _yes_and_no(turn)
    if waiting:
        turn.say("utter_ask_still_to_confirm", choices=[*waiting, person()])
        return
    guesses = guess_choices(turn.message.ranking, **known)
    if not guesses:
        turn.say("utter_not_caught")
        return
    none = choice("deny", title="none_of_these", choice="none_of_these")
    turn.say("utter_ask_what_was_meant", choices=[*guesses, none, person()])


def _yes_and_no(turn: Turn) -> list[Choice]:
    """What the bot has just asked to confirm, if it has."""
    yes = turn.primary_choice
    if yes is None or yes.entities.get("choice") != "confirm":
        return []
    return [yes, *[each for each in turn.offered_choices if each.intent == "deny"][:1]]


def guess_choices(ranking: tuple[str, ...], **known: Any) -> list[Choice]:
    """The likeliest wishes, as buttons that know what the message named; small talk is never one of them."""
    wishes = [intent for intent in ranking if intent in INTENT_TITLES and intent not in NEVER_GUESSED]
    return [choice(intent, **known) for intent in wishes[:GUESSES]]
