"""Which clause of a message is a wish of its own."""

import pytest

from bot.language.second_wish import ReadClause, own_wish, second_wish, split_clauses


def clauses(*read: "tuple[str, str]", confidence: float = 0.95) -> "list[ReadClause]":
    return [ReadClause(text, intent, confidence) for text, intent in read]


def test_a_message_of_one_clause_has_none() -> None:
    assert split_clauses("我要退货") == []


def test_clauses_are_cut_at_marks_and_links() -> None:
    assert split_clauses("我要退货，发票也重开一下") == ["我要退货", "发票也重开一下"]
    assert split_clauses("查下快递顺便开个发票") == ["查下快递", "顺便开个发票"]


def test_another_capability_is_a_second_wish() -> None:
    found = second_wish("return_apply", clauses(("我要退货", "return_apply"), ("发票也重开", "invoice_change")))

    assert found is not None
    assert found.intent == "invoice_change"


@pytest.mark.parametrize(
    ("first", "read"),
    [
        ("repair_apply", (("手机开不了机", "quality_defect"), ("能修吗", "repair_apply"))),
        ("refund_apply", (("怎么还不发货", "logistics_urge_ship"), ("我要退款", "refund_apply"))),
        ("logistics_track", (("您好", "greet"), ("快递到哪了", "logistics_track"))),
        ("refund_progress", (("退款还没到账", "refund_progress"), ("你们太差了", "complaint_raise"))),
        ("greet", (("您好", "greet"), ("快递到哪了", "logistics_track"))),
    ],
)
def test_one_story_has_no_second_wish(first: str, read: "tuple[tuple[str, str], ...]") -> None:
    assert second_wish(first, clauses(*read)) is None


def test_an_unsure_clause_is_no_wish_unless_a_link_announces_it() -> None:
    plain = clauses(("我要退货", "return_apply"), ("发票那个", "invoice_change"), confidence=0.7)
    linked = clauses(("我要退货", "return_apply"), ("顺便发票改下", "invoice_change"), confidence=0.7)

    assert second_wish("return_apply", plain) is None
    assert second_wish("return_apply", linked) is not None


def test_the_return_beside_a_question_on_its_freight_is_second() -> None:
    read = clauses(("t恤退一件", "return_apply"), ("运费谁出", "return_freight"))

    found = second_wish("return_freight", read)

    assert found is not None
    assert found.intent == "return_apply"
    assert second_wish("return_apply", read) is None


def test_clauses_on_different_goods_are_two_wishes() -> None:
    read = clauses(("刚付款的炸锅不要了", "order_cancel"), ("枕头到哪了", "logistics_track"))

    assert second_wish("order_cancel", read) is None  # one story, where nothing says what it is about
    found = second_wish("order_cancel", read, ["炸锅", "枕头"])
    assert found is not None
    assert found.text == "枕头到哪了"
    assert second_wish("order_cancel", read, ["枕头"]) is None


def test_what_stays_is_no_wish() -> None:
    read = clauses(("衣服退一件", "return_apply"), ("另外两件不动", "logistics_stuck"))

    assert second_wish("return_apply", read) is None


def test_the_first_wish_is_read_without_the_second() -> None:
    mine = own_wish("invoice_progress", 0.5, clauses(("开个发票", "invoice_apply")))

    assert mine is not None
    assert mine.intent == "invoice_apply"
