"""Questions are answered out of the rules that decide, so an answer and a verdict cannot contradict each other."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.shop import CaseReason, Order
from contracts.verdict import Decision
from policy import (
    FactsDoNotFit,
    PriceFacts,
    RefundFacts,
    RepairFacts,
    ReturnFacts,
    Rules,
    ShippingFacts,
    UnknownTopic,
    answer_question,
    decide_exchange,
    decide_price_protection,
    decide_refund_time,
    decide_repair,
    decide_return,
    load_rules,
)
from policy.answers import DECIDERS
from policy.loading import read_law
from policy.promises import read_promises, with_promises

MakeOrder = Callable[..., Order]
SIGNED_AT = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
RULES = load_rules()
TOPICS = [topic.name for topic in RULES.topics.topics]
INTENTS = Path(__file__).parents[2] / "docs" / "intents.md"
VARIANTS = {  # said in place of a topic's plain answer where the parameters are others
    "return_freight/free",
    "return_freight/levels",
    "return_policy/gift_in_part",
    "refund_progress/levels",
    "price_protect/none",
    "logistics_urge_ship/compensated",
    "complaint_compensation/late",
}
FORBIDDEN = ["最终解释权", "视为认可", "一律不退", "拆封不退", "赠品不保修", "不得投诉", "保证", "身份证", "银行卡号"]


def promised(rule: str, **parameters: Any) -> Rules:
    promise = {
        "rule": rule,
        "label": "x",
        "effective_from": date(2020, 1, 1),
        "title": "本店的承诺",
        "parameters": parameters,
    }
    content = {"shop_id": "s", "name": "店", "promises": [promise]}
    return with_promises(load_rules(promises=None), read_promises(content, "s.yml"), read_law(), file="s.yml")


def on_day(order: Order, day: int, reason: CaseReason = CaseReason.NO_REASON) -> ReturnFacts:
    return ReturnFacts(order=order, line_id="L1", reason=reason, now=SIGNED_AT + timedelta(days=day))


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("rules", [RULES, load_rules(promises=None)], ids=["with promises", "bare law"])
def test_every_topic_is_answered_with_rule_and_source(topic: str, rules: Rules) -> None:
    answer = answer_question(rules, topic)

    assert answer.text.endswith("。")
    assert "{" not in answer.text
    assert len(answer.text) <= 220
    assert not [words for words in FORBIDDEN if words in answer.text]
    for citation in answer.citations:
        rule = rules.versions_of(citation.rule_id).on(date(2026, 11, 18))
        assert (citation.rule_version, citation.source) == (rule.version, rule.source)
    assert answer.rule_id == answer.citations[0].rule_id
    assert "法" in answer.source


@pytest.mark.parametrize("name", Rules.names())
def test_every_answer_of_a_rule_belongs_to_a_topic_or_is_a_variant_of_one(name: str) -> None:
    rule = RULES.versions_of(name).versions[0]
    asked = {topic.name for topic in RULES.topics.topics if name in topic.rules}

    assert asked <= set(rule.answers)
    assert set(rule.answers) - asked <= VARIANTS
    assert name in DECIDERS


def test_topics_stand_under_intents_of_the_taxonomy() -> None:
    intents = set(re.findall(r"^\| `([a-z_]+)`", INTENTS.read_text(encoding="utf-8"), re.MULTILINE))

    assert {topic.intent for topic in RULES.topics.topics} <= intents


@pytest.mark.parametrize(
    ("intent", "text", "topic", "said"),
    [
        ("return_policy", "拆封了还能退吗", "return_policy/opened", "不影响退货"),
        ("return_policy", "过了七天怎么办", "return_policy/too_late", "15天内可以免费换货"),
        ("return_freight", "运费谁出", "return_freight", "由您承担"),
        ("refund_progress", "多久到账", "refund_progress", "微信支付当天到1天"),
        ("repair_warranty", "保修多久", "repair_warranty", "12个月"),
        ("return_freight", "运费险怎么赔", "return_freight/insurance", "保险公司"),
        ("price_protect", "秒杀价为什么不能申请", "price_protect/excluded", "限时秒杀价"),
        ("order_place_help", "定金能退吗", "order_place_help/deposit", "20%"),
        ("logistics_stuck", "是不是丢了", "logistics_stuck/lost", "丢件"),
        ("return_policy", "能退吗", "return_policy", "7天内"),
    ],
)
def test_a_message_finds_its_topic_and_its_answer(intent: str, text: str, topic: str, said: str) -> None:
    found = RULES.topics.find(intent, text)

    assert found
    assert found.name == topic
    assert said in answer_question(RULES, found.name).text


def test_a_message_of_another_matter_finds_none() -> None:
    assert RULES.topics.find("chitchat", "今天好冷") is None
    assert RULES.topics.find("order_place_help", "怎么下单") is None


@pytest.mark.parametrize("day", [0, 7, 8, 15, 16, 30])
@pytest.mark.parametrize("reason", [CaseReason.NO_REASON, CaseReason.QUALITY, CaseReason.OTHER])
@pytest.mark.parametrize("topic", ["return_policy", "return_policy/opened", "return_policy/too_late", "return_freight"])
def test_with_the_goods_known_the_answer_is_the_verdict(
    make_order: MakeOrder, topic: str, reason: CaseReason, day: int
) -> None:
    facts = on_day(make_order(), day, reason)

    answer, verdict = answer_question(RULES, topic, facts), decide_return(RULES, facts)

    assert answer.text == verdict.explanation
    assert answer.verdict == verdict
    assert (answer.rule_id, answer.citations[0].rule_version) == (verdict.rule_id, verdict.rule_version)


def test_each_kind_of_question_is_decided_by_its_own_decider(make_order: MakeOrder) -> None:
    order = make_order(status="paid", signed_at=None, ship_by=SIGNED_AT - timedelta(days=2))
    price = PriceFacts(order=make_order(), line_id="L1", now=SIGNED_AT, price_now=None)
    repair = RepairFacts(order=make_order(line={"category": "phone"}), line_id="L1", now=SIGNED_AT)

    late = answer_question(RULES, "logistics_urge_ship", ShippingFacts(order=order, now=SIGNED_AT))

    assert late.verdict
    assert late.verdict.rule_id == "late_shipping"
    assert answer_question(RULES, "price_protect", price).text == decide_price_protection(RULES, price).explanation
    assert answer_question(RULES, "repair_warranty", repair).text == decide_repair(RULES, repair).explanation


@pytest.mark.parametrize("window", [7, 10, 15, 30])
def test_the_days_of_the_answer_are_the_days_of_the_verdict(make_order: MakeOrder, window: int) -> None:
    rules = promised("seven_day_return", window_days=window)
    order = make_order()

    assert f"{window}天" in answer_question(rules, "return_policy").text
    assert decide_return(rules, on_day(order, window)).decision is Decision.ALLOWED
    assert decide_return(rules, on_day(order, window + 1)).decision is Decision.REFUSED


@pytest.mark.parametrize("window", [15, 20])
def test_the_days_of_an_exchange_are_the_same_in_answer_and_verdict(make_order: MakeOrder, window: int) -> None:
    rules = promised("exchange", fault_days=window)
    order = make_order()

    assert f"{window}天内可以免费换货" in answer_question(rules, "return_policy/too_late").text
    assert decide_exchange(rules, on_day(order, window, CaseReason.QUALITY)).decision is Decision.ALLOWED
    assert decide_exchange(rules, on_day(order, window + 1, CaseReason.QUALITY)).decision is not Decision.ALLOWED


@pytest.mark.parametrize("days", [1, 3, 7])
def test_the_days_of_a_refund_are_the_same_in_answer_and_verdict(make_order: MakeOrder, days: int) -> None:
    rules = promised("refund_time", target_days=days)

    def decision(day: int) -> Decision:
        facts = RefundFacts(order=make_order(), now=SIGNED_AT + timedelta(days=day), started_at=SIGNED_AT)
        return decide_refund_time(rules, facts).decision

    assert f"{days}天内退款" in answer_question(rules, "refund_progress").text
    assert (decision(days), decision(days + 1)) == (Decision.REFUSED, Decision.NEEDS_PERSON)


def test_without_a_promise_the_answer_says_so() -> None:
    bare = load_rules(promises=None)

    assert "没有价保承诺" in answer_question(bare, "price_protect").text
    assert "补偿" not in answer_question(bare, "logistics_urge_ship").text
    assert "不能替商家答应" in answer_question(bare, "complaint_compensation").text


def test_free_freight_is_said_as_it_is_decided(make_order: MakeOrder) -> None:
    everyone = promised("seven_day_return", freight_payer="shop")

    assert "钻石会员由我们承担" in answer_question(RULES, "return_freight").text
    assert "由您承担" not in answer_question(everyone, "return_freight").text
    assert "由我们承担" in decide_return(everyone, on_day(make_order(), 1)).explanation


def test_a_general_answer_speaks_of_the_orders_of_its_day() -> None:
    before = answer_question(RULES, "price_protect", now=datetime(2024, 6, 1, tzinfo=UTC))
    after = answer_question(RULES, "price_protect", now=datetime(2026, 6, 1, tzinfo=UTC))

    assert "没有价保承诺" in before.text
    assert "15天" in after.text


def test_an_unknown_topic_is_an_error() -> None:
    with pytest.raises(UnknownTopic, match="weather"):
        answer_question(RULES, "weather")


def test_facts_of_another_question_are_an_error(make_order: MakeOrder) -> None:
    with pytest.raises(FactsDoNotFit, match="repair_warranty is decided on RepairFacts, not on ReturnFacts"):
        answer_question(RULES, "repair_warranty", on_day(make_order(), 1))
