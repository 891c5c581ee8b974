"""What a message says, read without the shop."""

import pytest

from actions.aftersale_draft import Ask, Draft, Mood, hear, start
from actions.message import Message, case_type_in, is_stop, phone_last4_in, wants_another
from contracts.shop import CaseReason, CaseType


def said(text: str, intent: str = "inform", **entities: str) -> Message:
    return Message(intent=intent, text=text, entities={name: (value,) for name, value in entities.items()})


@pytest.mark.parametrize("text", ["算了", "算了不退了", "不想退了", "先不办", "取消吧"])
def test_giving_up_is_heard(text: str) -> None:
    assert is_stop(said(text))


@pytest.mark.parametrize("text", ["不想要了", "我要退货", "退掉吧"])
def test_a_reason_is_no_giving_up(text: str) -> None:
    assert not is_stop(said(text))


@pytest.mark.parametrize("text", ["不对，是另一双", "选错了", "不是这件", "换一单"])
def test_other_goods_are_meant(text: str) -> None:
    assert wants_another(said(text))


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("换成换货吧", CaseType.EXCHANGE),
        ("不是退货是换货", CaseType.EXCHANGE),
        ("还是退货吧", CaseType.RETURN_REFUND),
        ("能修吗", CaseType.REPAIR),
        ("给我补发", CaseType.RESEND),
        ("鞋子大了", None),
    ],
)
def test_the_service_is_read_where_it_is_named(text: str, wish: CaseType | None) -> None:
    assert case_type_in(text) == wish


@pytest.mark.parametrize(
    ("message", "digits"),
    [
        (said("5678"), "5678"),
        (said("尾号5678"), "5678"),
        (said("13812345678", phone="13812345678"), "5678"),
        (said("883035077538819346"), None),
        (said("订单883035077538819346，尾号1234"), "1234"),
    ],
)
def test_four_digits_are_found_and_no_part_of_a_number(message: Message, digits: str | None) -> None:
    assert phone_last4_in(message) == digits


def test_the_first_message_begins_a_new_wish() -> None:
    old = Draft(case_type=CaseType.REPAIR, order_number="1", line_id="L1", reason=CaseReason.QUALITY)

    draft = start(said("鞋子大了想退货", "return_apply"), old).draft

    assert draft == Draft(reason=CaseReason.SIZE, description="鞋子大了想退货")


def test_a_prepared_wish_is_kept() -> None:
    prepared = Draft(case_type=CaseType.REPAIR, reason=CaseReason.QUALITY, asked=Ask.CONFIRM)

    assert start(said("好的", "affirm"), prepared).draft == Draft(case_type=CaseType.REPAIR, reason=CaseReason.QUALITY)


def test_another_matter_is_a_digression() -> None:
    assert hear(said("多久到账", "refund_progress"), Draft(asked=Ask.CONFIRM)) is None


def test_yes_agrees_only_to_the_question_of_agreement() -> None:
    yes = said("好的", "affirm")

    agreed, other = hear(yes, Draft(asked=Ask.CONFIRM)), hear(yes, Draft(asked=Ask.REASON))

    assert agreed
    assert agreed.mood is Mood.CONFIRM
    assert other
    assert other.mood is Mood.GO_ON


def test_changing_the_service_keeps_goods_and_reason() -> None:
    draft = Draft(order_number="1", line_id="L1", reason=CaseReason.SIZE, asked=Ask.CONFIRM)

    heard = hear(said("换成换货吧", "exchange_apply"), draft)

    assert heard
    assert heard.mood is Mood.GO_ON
    assert (heard.draft.case_type, heard.draft.line_id, heard.draft.reason) == (
        CaseType.EXCHANGE,
        "L1",
        CaseReason.SIZE,
    )


def test_another_order_forgets_the_goods_of_the_old_one() -> None:
    draft = Draft(order_number="1", line_id="L2", quantity=2, reason=CaseReason.SIZE, asked=Ask.CONFIRM)

    heard = hear(said("883035", order_number="883035"), draft)

    assert heard
    assert heard.draft == Draft(order_number="883035", reason=CaseReason.SIZE, asked=Ask.CONFIRM)


def test_emoji_are_no_reason() -> None:
    assert hear(said("😡", "nlu_fallback"), Draft(asked=Ask.REASON)) is None
