"""The difference to today's price, in the chat."""

from collections.abc import Callable
from typing import Any

Talk = Callable[..., Any]


async def test_a_price_that_fell_is_made_good_to_the_cent(talk: Talk) -> None:
    shopper = talk("S008")
    await shopper.say("price_protect", "T恤降价了能补差吗", product="T恤")
    assert "79.00元" in shopper.text
    assert "69.00元" in shopper.text
    assert "15.00元" in shopper.text

    await shopper.press("申请退差价")

    case = shopper.cards[0].case
    assert (case.type, case.status, str(case.refund_amount)) == ("price_protection", "refunding", "15.00")
    assert case.case_id in shopper.text


async def test_a_difference_that_is_being_paid_is_shown_and_not_paid_twice(talk: Talk) -> None:
    shopper = talk("S008")
    await shopper.say("price_protect", "T恤降价了能补差吗", product="T恤")
    await shopper.press("申请退差价")
    case = shopper.cards[0].case

    await shopper.say("price_protect", "T恤还能补差吗", product="T恤")

    assert shopper.cards[0].case.case_id == case.case_id
    assert "申请退差价" not in shopper.titles


async def test_a_refusal_is_the_rules_own_and_leads_to_a_person(talk: Talk) -> None:
    shopper = talk("S001")

    await shopper.say("price_protect", "鞋子降价了")

    assert shopper.cards[0].verdict.rule_id == "price_protection"
    assert shopper.cards[0].verdict.explanation in shopper.text
    assert "转人工" in shopper.titles


async def test_the_answer_in_the_chat_and_the_shops_decision_are_one(talk: Talk) -> None:
    shopper = talk("S008")
    await shopper.say("price_protect", "T恤降价了能补差吗", product="T恤")
    said = shopper.cards[0].verdict

    await shopper.press("申请退差价")

    assert shopper.cards[0].case.verdict == said
