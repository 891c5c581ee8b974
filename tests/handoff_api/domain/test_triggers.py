"""What speaks for a person although nobody has asked for one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from contracts.bot_output import OrderCard, OrderSummary
from contracts.events import AuthorKind, Event, OfferedCard, OfferedChoice, Reading
from handoff_api.domain.rules import Triggers
from handoff_api.domain.story import Story
from handoff_api.domain.triggers import Watched, found
from tests.handoff_api.domain.test_handoff import NOW, RULES, read, said

TRIGGERS = RULES.triggers
ANGRY = {"angry": 0.9, "calm": 0.1}


def watched(*messages: tuple[str, Reading], level: str = "", is_elder: bool = False, **more: Any) -> Watched:
    events: list[Event] = [said(text, seq) for seq, (text, _) in enumerate(messages, 1)]
    readings = {event.event_id: reading for event, (_, reading) in zip(events, messages, strict=True)}
    now = more.pop("now", NOW)
    story = Story(events, readings, more.get("slots", {}), more.get("answers", ()))
    return Watched(story, level=level, is_elder=is_elder, now=now)


def words(case: Watched, rules: Triggers = TRIGGERS) -> list[str]:
    return [signal.trigger for signal in found(case, rules)]


CALM = ("订单到哪了", read("logistics_track"))
UNSURE = ("那个东西呢", read("order_status", 0.2))
MISS = ("嗯哼", read("nlu_fallback", 0.3))


def test_a_plain_conversation_speaks_for_nobody() -> None:
    assert words(watched(CALM, CALM)) == []


def test_low_confidence_counts_from_the_second_time_in_a_row() -> None:
    assert words(watched(CALM, UNSURE)) == []
    assert words(watched(UNSURE, UNSURE)) == ["low_confidence"]
    assert words(watched(UNSURE, CALM)) == []


def test_what_a_form_asked_for_is_never_a_miss() -> None:
    assert words(watched(UNSURE, UNSURE, answers=("e1", "e2"))) == []
    assert words(watched(UNSURE, UNSURE, answers=("e1",))) == []
    assert words(watched(MISS, level="diamond", answers=("e1",))) == []


def test_strong_feelings_count_from_the_second_message_and_carry_their_score() -> None:
    rage = ("搞什么", read("logistics_urge_ship", emotion=ANGRY))

    [signal] = found(watched(rage, rage), TRIGGERS)

    assert words(watched(rage)) == []
    assert (signal.trigger, signal.score, signal.event_id) == ("emotion", 0.9, "e2")


@pytest.mark.parametrize(("amount", "expected"), [("4999.99", []), ("5000.00", ["high_value"])])
def test_a_refund_from_the_amount_on_goes_to_a_person(amount: str, expected: list[str]) -> None:
    assert words(watched(CALM, slots={"last_verdict": {"refund_total": amount}})) == expected


def test_a_first_miss_is_enough_for_a_diamond_member_and_for_an_elder() -> None:
    assert words(watched(MISS)) == []
    assert words(watched(MISS, level="diamond")) == ["vip"]
    assert words(watched(MISS, is_elder=True)) == ["elder"]


def test_who_says_that_they_are_old_is_not_made_to_prove_it() -> None:
    [signal] = found(watched(("我老了不会弄这个", read("return_apply"))), TRIGGERS)

    assert (signal.trigger, signal.event_id) == ("elder", "e1")


def talked(*at_s: float, now_s: float, slots: dict[str, Any] | None = None, shown: Sequence[Event] = ()) -> Watched:
    """A shopper who wrote at these seconds, looked at `now_s`."""
    events = [
        said("订单到哪了", seq).model_copy(update={"at": NOW + timedelta(seconds=s)}) for seq, s in enumerate(at_s, 1)
    ]
    readings = {event.event_id: read("logistics_track") for event in events}
    story = Story([*events, *shown], readings, slots or {})
    return Watched(story, level="", is_elder=False, now=NOW + timedelta(seconds=now_s))


def told(at_s: float, choice: OfferedChoice | None = None) -> Event:
    """The bot showed an order: as an answer, or to choose by."""
    order = OrderSummary.model_construct(order_number="1", title="跑鞋", status_text="已签收")
    card = OfferedCard.model_construct(card=OrderCard.model_construct(type="order", order=order), choice=choice)
    event = said("", 90, AuthorKind.BOT)
    body = event.body.model_copy(update={"cards": [card]})
    return event.model_copy(update={"at": NOW + timedelta(seconds=at_s), "body": body})


@pytest.mark.parametrize(
    ("at_s", "now_s", "expected"),
    [
        ((0, 50, 100, 150), 182, ["no_result"]),
        ((0, 50, 100, 150), 175, []),  # three minutes are not over
        ((0, 200), 205, []),  # two messages are no long talk
        ((0, 3600, 3610), 3615, []),  # an hour away is no hour of talk
        ((0, 3600, 3660, 3720), 3725, ["no_result"]),  # what was talked before and after counts together
        ((0, 60, 120), 3600, ["no_result"]),  # the pause after the last word counts for its minute only
    ],
)
def test_three_minutes_of_talk_without_a_result_are_enough_and_pauses_are_none(
    at_s: tuple[float, ...], now_s: float, expected: list[str]
) -> None:
    assert words(talked(*at_s, now_s=now_s)) == expected


def test_what_was_told_begins_the_three_minutes_anew() -> None:
    offered = OfferedChoice(choice_id="c", title="跑鞋")
    answered = {"answered_at": (NOW + timedelta(seconds=101)).isoformat()}

    assert words(talked(0, 50, 100, 150, now_s=190, shown=[told(101)])) == []
    assert words(talked(0, 50, 100, 150, now_s=190, shown=[told(101, choice=offered)])) == ["no_result"]
    assert words(talked(0, 50, 100, 150, now_s=190, slots=answered)) == []
    assert words(talked(0, 50, 100, 150, 200, 250, 300, 340, now_s=345, slots=answered)) == ["no_result"]


def test_a_form_being_filled_is_on_its_way_to_a_result() -> None:
    assert words(talked(0, 50, 100, 150, now_s=190, slots={"requested_slot": "reason"})) == []


def test_a_rule_that_needs_a_person_hands_over_only_where_the_shop_wants_it() -> None:
    case = watched(CALM, slots={"last_verdict": {"decision": "needs_person", "rule_id": "r", "explanation": "核实"}})
    always = Triggers.model_validate({"policy": {"active": True}})

    assert words(case) == []
    assert words(case, always) == ["policy_needs_person"]


def test_what_is_switched_off_is_not_watched() -> None:
    off = Triggers.model_validate({name: {"active": False} for name in Triggers.model_fields})

    assert words(watched(UNSURE, UNSURE, level="diamond", is_elder=True), off) == []
