"""What an agent is told."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from contracts.bot_output import HandoffRequest, TicketCard
from contracts.events import Author, AuthorKind, Event, MessageBody, OfferedCard, Reading, Signal
from contracts.shop import Ticket, TicketKind, TicketStatus
from handoff_api.domain.handoff import build_package, stronger
from handoff_api.domain.story import Story
from handoff_api.settings import Settings, load_rules

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
RULES = load_rules(Settings.model_fields["handoff_rules"].default)


def said(text: str, seq: int = 1, author: AuthorKind = AuthorKind.SHOPPER, **body: Any) -> Event:
    return Event(
        event_id=f"e{seq}",
        conversation_id="c",
        seq=seq,
        author=Author(kind=author),
        at=NOW + timedelta(seconds=seq),
        epoch=1,
        body=MessageBody(text=text, **body),
    )


def read(intent: str, confidence: float = 0.9, **more: Any) -> Reading:
    return Reading(intent=intent, confidence=confidence, **more)


def ticket_card(ticket_id: str = "T7") -> OfferedCard:
    ticket = Ticket(
        ticket_id=ticket_id,
        kind=TicketKind.URGE_SHIPPING,
        status=TicketStatus.OPEN,
        subject="催发货",
        owner="仓库",
        deadline_at=NOW + timedelta(hours=4),
        created_at=NOW,
    )
    return OfferedCard(card=TicketCard(ticket=ticket))


STORY = Story(
    events=[
        said("鞋子开胶了，想退货", 1),
        said("已登记", 2, AuthorKind.BOT, cards=[ticket_card()]),
        said("转人工", 3),
    ],
    readings={"e1": read("return_apply"), "e3": read("human_request", 0.97)},
    slots={"order_number": "2026", "tried": ["查了订单 2026（已签收）"]},
)


def test_three_lines_say_what_is_wanted_about_what_and_what_was_done_and_promised() -> None:
    package = build_package(HandoffRequest(reason="asked_for_person"), STORY, RULES, now=NOW)

    assert package.summary == [
        "诉求：鞋子开胶了，想退货",
        "涉及：订单 2026",
        "已处理：查了订单 2026（已签收）。已答应：工单 T7 最晚 明天 0:00 前处理",
    ]


def test_reason_and_evidence_do_not_say_the_same_twice() -> None:
    request = HandoffRequest(reason="asked_for_person", evidence="顾客要求人工：鞋子开胶了")

    package = build_package(request, STORY, RULES, now=NOW)

    assert (package.reason_text, package.evidence) == ("顾客要求人工", "鞋子开胶了")


def test_the_deciding_signal_comes_first_with_its_score_and_its_message() -> None:
    other = Signal(trigger="emotion", text="愤怒", score=0.9)

    package = build_package(HandoffRequest(reason="asked_for_person"), STORY, RULES, now=NOW, signals=[other])

    assert [signal.trigger for signal in package.signals] == ["asked_for_person", "emotion"]
    assert (package.signals[0].score, package.signals[0].event_id) == (0.97, "e3")


def test_a_press_of_the_button_is_no_message_with_a_score() -> None:
    story = Story(STORY.events[:2], STORY.readings, STORY.slots)

    package = build_package(HandoffRequest(reason="asked_for_person"), story, RULES, now=NOW)

    assert package.wanted == "鞋子开胶了，想退货"
    assert package.signals[0].score is None


def test_who_has_said_nothing_yet_is_to_be_asked() -> None:
    package = build_package(HandoffRequest(reason="asked_for_person"), Story(), RULES, now=NOW)

    assert package.summary[0] == "诉求：顾客还没有说明，请先询问"
    assert package.opening_line.endswith("请问有什么可以帮您？")


def test_the_first_sentence_shows_that_the_wish_was_read() -> None:
    package = build_package(HandoffRequest(reason="complaint"), STORY, RULES, now=NOW)

    assert "「鞋子开胶了，想退货」" in package.opening_line


def test_identity_data_is_never_quoted() -> None:
    story = Story([said("我的身份证是 11010519491231002X", 1)], {"e1": read("inform", identity_data=["id_card"])})

    package = build_package(HandoffRequest(reason="identity_data"), story, RULES, now=NOW)

    assert "1101" not in package.model_dump_json()


def test_the_mood_is_kept_message_by_message() -> None:
    readings = {"e1": read("return_apply", emotion={"calm": 0.9}), "e3": read("abuse", emotion={"angry": 0.8})}

    package = build_package(HandoffRequest(reason="abuse"), Story(STORY.events, readings), RULES, now=NOW)

    assert [(point.mood, point.score) for point in package.mood] == [("calm", 0.9), ("angry", 0.8)]


def test_the_last_verdict_travels_even_where_the_bot_was_not_asked() -> None:
    verdict = {"decision": "allowed", "explanation": "可以退", "refund_total": str(Decimal("9.00"))}

    package = build_package(
        HandoffRequest(reason="asked_for_person"), Story(slots={"last_verdict": verdict}), RULES, now=NOW
    )

    assert package.verdicts == [verdict]


def test_the_requests_slots_win_over_the_trackers() -> None:
    request = HandoffRequest(reason="asked_for_person", slots={"a": 1})

    package = build_package(request, Story(slots={"a": 0, "b": 2}), RULES, now=NOW)

    assert package.slots == {"a": 1, "b": 2}


def test_an_unknown_reason_still_reaches_a_person() -> None:
    assert build_package(HandoffRequest(reason="something_new"), Story(), RULES, now=NOW).reason_text == "智能客服转接"


def test_the_bot_may_raise_a_priority_but_not_lower_it() -> None:
    raised = build_package(HandoffRequest(reason="asked_for_person", priority="emergency"), Story(), RULES, now=NOW)
    kept = build_package(HandoffRequest(reason="emergency", priority="normal"), Story(), RULES, now=NOW)

    assert raised.priority == kept.priority == "emergency"


@pytest.mark.parametrize("word", RULES.reasons)
def test_every_reason_has_words_and_a_place(word: str) -> None:
    assert RULES.reasons[word].text
    assert RULES.reasons[word].priority in RULES.order.priority_min


def test_the_stronger_priority_wins() -> None:
    assert stronger("high", "normal") == "high"
