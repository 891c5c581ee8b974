"""A shop may promise more than the law, never less; an order keeps what was promised on its day."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from contracts.shop import CaseReason, MemberLevel, Order
from contracts.verdict import Decision, FreightPayer
from policy import RefundFacts, ReturnFacts, RuleBelowLaw, RuleFileInvalid, Rules, decide_refund_time, load_rules
from policy.facts import ShippingFacts
from policy.late_shipping import decide_late_shipping
from policy.law import Law, Limit
from policy.loading import read_law
from policy.promises import read_promises, with_promises
from policy.returns import decide_return
from policy.rules import RULES_FOLDER

MakeOrder = Callable[..., Order]
LAW = read_law()
BARE = load_rules(promises=None)
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
FILE = "some_shop.yml"


def promised(*promises: dict[str, Any], law: Law = LAW) -> Rules:
    begin = {"effective_from": date(2026, 1, 1), "title": "本店的承诺", "label": "x"}
    content = {"shop_id": "s", "name": "店", "promises": [begin | promise for promise in promises]}
    return with_promises(BARE, read_promises(content, FILE), law, file=FILE)


def parameters_of(rules: Rules, name: str) -> Any:
    return rules.versions_of(name).on(date(2026, 11, 18)).parameters


# a value that a limit forbids, a little or a lot worse
def worse(limit: Limit, by: int) -> Any:
    before = getattr(parameters_of(BARE, limit.rule), limit.parameter)
    if limit.least is not None:
        is_count = isinstance(before, int)
        return max(1, int(limit.least) - by) if is_count else f"{limit.least - by:.2f}"
    if limit.most is not None:
        return int(limit.most) + by if isinstance(before, int) else f"{limit.most + by:.2f}"
    if limit.each_most is not None:
        return {"gold": limit.each_most + by, "diamond": limit.each_most + by}
    if limit.within is not None:
        return {"shoes": "鞋子"}
    return "shopper" if limit.must_be else _fewer_months(limit, by)


def _fewer_months(limit: Limit, by: int) -> dict[str, int | None]:
    covers = limit.covers or {}
    category = list(covers)[by % len(covers)]
    fewer = covers[category] - by
    return {category: fewer if fewer > 0 else None}


@given(st.sampled_from(LAW.limits), st.integers(1, 6))
def test_a_promise_worse_than_the_law_is_always_refused_by_file_parameter_and_article(limit: Limit, by: int) -> None:
    with pytest.raises(RuleBelowLaw) as refused:
        promised({"rule": limit.rule, "parameters": {limit.parameter: worse(limit, by)}})

    assert refused.value.file == FILE
    assert refused.value.parameter == f"{limit.rule}.{limit.parameter}"
    assert refused.value.article == limit.article
    assert all(part in str(refused.value) for part in (FILE, limit.parameter, limit.article))


@pytest.mark.parametrize("parameter", ["warranty_months", "main_part_months"])
def test_no_class_can_be_taken_out_of_the_warranty(parameter: str) -> None:
    limit = next(limit for limit in LAW.limits if limit.parameter == parameter)

    for category in limit.covers or {}:
        with pytest.raises(RuleBelowLaw, match=f"repair.{parameter}"):
            promised({"rule": "repair", "parameters": {parameter: {category: None}}})


@pytest.mark.parametrize("limit", LAW.limits, ids=[f"{limit.rule}.{limit.parameter}" for limit in LAW.limits])
def test_every_limit_guards_something_a_shop_may_promise(limit: Limit) -> None:
    assert limit.parameter in type(parameters_of(BARE, limit.rule)).PROMISABLE


@pytest.mark.parametrize(
    ("file", "old", "new", "article"),
    [
        ("seven_day_return.yml", "window_days: 7", "window_days: 6", "消费者权益保护法 第25条"),
        ("seven_day_return.yml", "        media:", "        shoes: 鞋子\n        media:", "实施条例 第19条"),
        ("quality_return.yml", "freight_payer: shop", "freight_payer: shopper", "消费者权益保护法 第24条"),
        ("refund_time.yml", "target_days: 7", "target_days: 8", "消费者权益保护法 第25条"),
        ("refund_time.yml", "alarm_days: 15", "alarm_days: 16", "侵害消费者权益行为处罚办法 第9条"),
        ("repair.yml", "        phone: 12", "        phone: 11", "移动电话机"),
        ("deposit.yml", "earnest_cap_percent: 20", "earnest_cap_percent: 30", "民法典 第586条"),
        ("damages.yml", 'fraud_least: "500.00"', 'fraud_least: "499.99"', "消费者权益保护法 第55条"),
    ],
)
def test_a_rule_file_worse_than_the_law_is_refused_alike(
    tmp_path: Path, file: str, old: str, new: str, article: str
) -> None:
    folder = Path(shutil.copytree(RULES_FOLDER, tmp_path / "rules"))
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises(RuleBelowLaw, match=f"{file}: .*{article}"):
        load_rules(folder)


def test_a_shops_own_file_is_read_where_it_is_named(tmp_path: Path) -> None:
    promise = {
        "rule": "seven_day_return",
        "label": "long",
        "effective_from": date(2026, 1, 1),
        "title": "三十天无理由",
        "parameters": {"window_days": 5},
    }
    file = tmp_path / "other_shop.yml"
    file.write_text(yaml.safe_dump({"shop_id": "other", "name": "另一家", "promises": [promise]}), encoding="utf-8")

    with pytest.raises(RuleBelowLaw, match=r"other_shop\.yml: seven_day_return\.window_days .*第25条.*least 7"):
        load_rules(promises=file)


def test_a_longer_window_is_kept_and_said(make_order: MakeOrder) -> None:
    rules = promised({"rule": "seven_day_return", "parameters": {"window_days": 30}})
    order = make_order()

    def on(day: int) -> Any:
        now = (order.signed_at or NOW) + timedelta(days=day)
        return decide_return(rules, ReturnFacts(order=order, line_id="L1", reason=CaseReason.NO_REASON, now=now))

    assert on(30).decision is Decision.ALLOWED
    assert "30天无理由退货" in on(30).explanation
    assert on(31).decision is Decision.REFUSED
    assert on(30).rule_version == "1.1+x"
    assert "本店承诺：本店的承诺" in on(30).source


def test_an_excluded_class_can_be_taken_out_but_none_put_in(make_order: MakeOrder) -> None:
    rules = promised({"rule": "seven_day_return", "parameters": {"excludable_if_confirmed": {"food": None}}})
    line = {"category": "food", "return_terms": "excluded_confirmed"}
    facts = ReturnFacts(order=make_order(line=line), line_id="L1", reason=CaseReason.SIZE, now=NOW)

    assert decide_return(BARE, facts).decision is Decision.REFUSED
    assert decide_return(rules, facts).decision is Decision.ALLOWED


def test_free_return_freight_for_everyone_can_be_promised(make_order: MakeOrder) -> None:
    rules = promised({"rule": "seven_day_return", "parameters": {"freight_payer": "shop"}})
    facts = ReturnFacts(order=make_order(), line_id="L1", reason=CaseReason.SIZE, now=NOW)

    verdict = decide_return(rules, facts)

    assert verdict.freight_payer is FreightPayer.SHOP
    assert "本店承诺退回运费由我们承担" in verdict.explanation


def test_an_order_keeps_what_was_promised_on_its_day(make_order: MakeOrder) -> None:
    rules = promised(
        {"rule": "refund_time", "until": date(2026, 3, 31), "parameters": {"target_days": 3}},
        {"rule": "refund_time", "label": "y", "effective_from": date(2026, 6, 1), "parameters": {"target_days": 2}},
    )

    def target(*placed: int) -> int:
        placed_at = datetime(*placed, 4, tzinfo=UTC)
        facts = RefundFacts(order=make_order(placed_at=placed_at), now=NOW, started_at=NOW)
        verdict = decide_refund_time(rules, facts)
        assert verdict.last_day
        return (verdict.last_day - NOW.date()).days

    assert [target(2025, 12, 31), target(2026, 1, 1), target(2026, 3, 31)] == [7, 3, 3]
    assert [target(2026, 4, 1), target(2026, 6, 1)] == [7, 2]


def test_two_promises_of_one_rule_add_up() -> None:
    rules = promised(
        {"rule": "repair", "parameters": {"warranty_months": {"phone": 24}}},
        {"rule": "repair", "label": "y", "parameters": {"failed_repairs": 1}},
    )

    parameters = parameters_of(rules, "repair")

    assert (parameters.warranty_months["phone"], parameters.warranty_months["battery"]) == (24, 6)
    assert parameters.failed_repairs == 1
    assert rules.repair.on(date(2026, 11, 18)).version == "1.0+x+y"


@pytest.mark.parametrize(
    ("promise", "named"),
    [
        ({"rule": "no_such_rule", "parameters": {"window_days": 9}}, "there is no rule no_such_rule"),
        ({"rule": "repair", "parameters": {"danger_words": []}}, "danger_words is nothing a shop can promise"),
        ({"rule": "repair", "parameters": {"warranty": 12}}, "warranty is nothing a shop can promise"),
        ({"rule": "seven_day_return", "parameters": {"window_days": "long"}}, "x.window_days"),
        ({"rule": "seven_day_return", "parameters": {"free_freight_levels": ["silver"]}}, "higher level"),
        ({"rule": "refund_time", "parameters": {"target_days_by_level": {"silver": 1}}}, "higher level"),
        ({"rule": "refund_time", "until": date(2025, 1, 1), "parameters": {"target_days": 1}}, "until"),
        ({"rule": "late_shipping", "parameters": {"compensation_least": "9.00"}}, "above compensation_most"),
        ({"rule": "refund_time", "parameters": {}}, "promises.0.parameters"),
    ],
)
def test_a_promise_that_makes_no_sense_is_named(promise: dict[str, Any], named: str) -> None:
    with pytest.raises(RuleFileInvalid, match=f"{FILE}: .*{named}"):
        promised(promise)


def test_the_shop_as_shipped_promises_no_less_than_the_bare_law(rules: Rules, make_order: MakeOrder) -> None:
    late = ShippingFacts(order=make_order(status="paid", signed_at=None, ship_by=NOW - timedelta(days=1)), now=NOW)

    assert "补偿14.45元" in decide_late_shipping(rules, late).explanation
    assert "补偿" not in decide_late_shipping(BARE, late).explanation
    for name in Rules.names():
        for rule in rules.versions_of(name).versions:
            LAW.check(name, rule.parameters, file=name)


@pytest.mark.parametrize(
    ("limit", "named"),
    [
        ({"rule": "repair", "parameter": "months", "article": "某法 第1条", "least": 1}, "repair.months"),
        ({"rule": "nothing", "parameter": "months", "article": "某法 第1条", "least": 1}, "nothing.months"),
        ({"rule": "repair", "parameter": "repair_days", "article": "某法 第1条"}, "exactly one condition"),
        ({"rule": "repair", "parameter": "repair_days", "article": "某法 第1条", "least": 1, "most": 2}, "exactly one"),
    ],
)
def test_a_mistake_in_the_law_table_is_named(tmp_path: Path, limit: dict[str, Any], named: str) -> None:
    file = tmp_path / "law.yml"
    file.write_text(yaml.safe_dump({"limits": [limit]}, allow_unicode=True), encoding="utf-8")

    with pytest.raises(RuleFileInvalid, match=named):
        read_law(file)


BETTER = st.fixed_dictionaries(
    {},
    optional={
        "window_days": st.integers(7, 60),
        "freight_payer": st.sampled_from(["shop", "shopper"]),
        "free_freight_levels": st.sampled_from([["diamond"], ["gold", "diamond"], list(MemberLevel)]),
        "excluded_by_law": st.sampled_from([{"custom": None}, {"media": None}]),
    },
).filter(bool)


@given(
    level=st.sampled_from(MemberLevel), days=st.integers(0, 40), reason=st.sampled_from(CaseReason), parameters=BETTER
)
def test_a_better_promise_is_accepted_and_never_leads_to_a_worse_answer(
    make_order: MakeOrder, level: MemberLevel, days: int, reason: CaseReason, parameters: dict[str, Any]
) -> None:
    order = make_order(line={"category": "custom", "return_terms": "excluded_by_law"})
    now = (order.signed_at or NOW) + timedelta(days=days)
    facts = ReturnFacts(order=order, line_id="L1", reason=reason, now=now, member_level=level)
    rank = [Decision.REFUSED, Decision.NEEDS_PERSON, Decision.ALLOWED]

    before = decide_return(BARE, facts)
    after = decide_return(promised({"rule": "seven_day_return", "parameters": parameters}), facts)

    assert rank.index(after.decision) >= rank.index(before.decision)
    assert before.freight_payer is not FreightPayer.SHOP or after.freight_payer is FreightPayer.SHOP
