"""How a verdict is written down: the rule, the facts it rests on, the sentence, the ways that remain."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from contracts.shop import ReturnTerms
from contracts.verdict import Decision, Fact, FreightPayer, RefundLine, Verdict
from policy.calendar import days_since, in_chinese, legal_day
from policy.facts import OrderFacts, ReturnFacts
from policy.refunds import total
from policy.rules import Parameters, Rule

REASONS = {
    "no_reason": "不想要了",
    "size": "尺码或规格不合适",
    "quality": "质量问题",
    "damaged": "收到时破损",
    "wrong_item": "发错商品",
    "missing_item": "少发漏发",
    "not_as_described": "与描述不符",
    "late": "发货或配送太慢",
    "not_received": "没有收到货",
    "other": "其他原因",
}
TERMS = {
    ReturnTerms.SEVEN_DAYS: "支持7天无理由退货",
    ReturnTerms.EXCLUDED_BY_LAW: "依法不适用7天无理由退货",
    ReturnTerms.EXCLUDED_CONFIRMED: "下单时已确认不支持7天无理由退货",
}


def verdict(
    rule: Rule[Any],
    facts: OrderFacts,
    decision: Decision,
    sentence: str,
    *,
    ways: Sequence[str] = (),
    last_day: date | None = None,
    exchange_day: date | None = None,
    freight_payer: FreightPayer | None = None,
    freight: str = "",
    what: str = "",
    refund_lines: Sequence[RefundLine] = (),
) -> Verdict:
    """A verdict in the words of `rule`. Whatever is not allowed also names the way to a person."""
    named = list(ways) if decision is Decision.ALLOWED or "person" in ways else [*ways, "person"]
    today = legal_day(facts.now)
    words = {
        "last_day": in_chinese(last_day, seen_from=today) if last_day else "",
        "exchange_day": in_chinese(exchange_day, seen_from=today) if exchange_day else "",
        "days": str(days_since(facts.order.signed_at, facts.now)) if facts.order.signed_at else "",
        "freight": freight,
        "what": what,
    }
    return Verdict(
        decision=decision,
        rule_id=rule.id,
        rule_version=rule.version,
        source=rule.source,
        explanation=rule.explanations[sentence].format(**words),
        facts=_facts_of(facts, last_day),
        last_day=last_day,
        freight_payer=freight_payer,
        refund_lines=list(refund_lines),
        refund_total=total(refund_lines) if refund_lines else None,
        alternatives=[rule.alternatives[way] for way in named],
    )


def refuse[P: Parameters](
    rule: Rule[P], facts: OrderFacts, sentence: str, *ways: str, what: str = "", last_day: date | None = None
) -> Verdict:
    return verdict(rule, facts, Decision.REFUSED, sentence, ways=ways, what=what, last_day=last_day)


def ask_person[P: Parameters](
    rule: Rule[P], facts: OrderFacts, sentence: str, *ways: str, what: str = "", last_day: date | None = None
) -> Verdict:
    return verdict(rule, facts, Decision.NEEDS_PERSON, sentence, ways=ways, what=what, last_day=last_day)


def _facts_of(facts: OrderFacts, last_day: date | None) -> list[Fact]:
    order, line = facts.order, facts.line
    named = [("商品", line.title), ("下单日期", legal_day(order.placed_at).isoformat())]
    if order.signed_at:
        named += [
            ("签收日期", legal_day(order.signed_at).isoformat()),
            ("签收后第几天", str(days_since(order.signed_at, facts.now))),
        ]
    if last_day:
        named.append(("最后一天", last_day.isoformat()))
    if isinstance(facts, ReturnFacts):
        named += [
            ("原因", REASONS[facts.reason]),
            ("数量", str(facts.quantity)),
            ("商品约定", TERMS[line.return_terms]),
        ]
        if facts.is_intact is not None:
            named.append(("商品完好", "是" if facts.is_intact else "否"))
    return [Fact(name=name, value=value) for name, value in named]
