"""How a verdict is written down: the rule, the facts it rests on, the sentence, the ways that remain."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from contracts.verdict import Decision, Fact, FreightPayer, RefundLine, Verdict
from policy.calendar import days_since, in_chinese, legal_day
from policy.facts import Facts, OrderFacts
from policy.parameters import Parameters
from policy.refunds import total
from policy.rules import PLACEHOLDERS, Rule

NONE: Mapping[str, str] = MappingProxyType({})


def verdict[P: Parameters](
    rule: Rule[P],
    facts: Facts,
    decision: Decision,
    sentence: str,
    *,
    ways: Sequence[str] = (),
    last_day: date | None = None,
    freight_payer: FreightPayer | None = None,
    refund_lines: Sequence[RefundLine] = (),
    words: Mapping[str, str] = NONE,
    found: Mapping[str, str] = NONE,
) -> Verdict:
    """A verdict in the words of `rule`. Whatever is not allowed also names the way to a person.

    words: what the sentence's placeholders need beyond days and parameters; found: what the engine worked out from
    the facts, listed beside them.
    """
    named = list(ways) if decision is Decision.ALLOWED or "person" in ways else [*ways, "person"]
    return Verdict(
        decision=decision,
        rule_id=rule.id,
        rule_version=rule.version,
        source=rule.source,
        explanation=rule.explanations[sentence].format(**_words(rule, facts, last_day) | dict(words)),
        facts=_facts_of(facts, last_day, found),
        last_day=last_day,
        freight_payer=freight_payer,
        refund_lines=list(refund_lines),
        refund_total=total(refund_lines) if refund_lines else None,
        alternatives=[rule.alternatives[way] for way in named],
    )


def refuse[P: Parameters](
    rule: Rule[P],
    facts: Facts,
    sentence: str,
    *ways: str,
    last_day: date | None = None,
    words: Mapping[str, str] = NONE,
    found: Mapping[str, str] = NONE,
) -> Verdict:
    return verdict(rule, facts, Decision.REFUSED, sentence, ways=ways, last_day=last_day, words=words, found=found)


def ask_person[P: Parameters](
    rule: Rule[P],
    facts: Facts,
    sentence: str,
    *ways: str,
    last_day: date | None = None,
    words: Mapping[str, str] = NONE,
    found: Mapping[str, str] = NONE,
) -> Verdict:
    return verdict(rule, facts, Decision.NEEDS_PERSON, sentence, ways=ways, last_day=last_day, words=words, found=found)


def _words[P: Parameters](rule: Rule[P], facts: Facts, last_day: date | None) -> dict[str, str]:
    signed_at = facts.order.signed_at
    said = {
        "last_day": in_chinese(last_day, seen_from=legal_day(facts.now)) if last_day else "",
        "days": str(days_since(signed_at, facts.now)) if signed_at else "",
    }
    return dict.fromkeys(PLACEHOLDERS, "") | rule.parameters.spoken() | said


def _facts_of(facts: Facts, last_day: date | None, found: Mapping[str, str]) -> list[Fact]:
    order = facts.order
    named = [("商品", facts.line.title)] if isinstance(facts, OrderFacts) else [("订单", order.order_number)]
    named.append(("下单日期", legal_day(order.placed_at).isoformat()))
    if order.signed_at:
        named += [
            ("签收日期", legal_day(order.signed_at).isoformat()),
            ("签收后第几天", str(days_since(order.signed_at, facts.now))),
        ]
    if last_day:
        named.append(("最后一天", last_day.isoformat()))
    return [Fact(name=name, value=value) for name, value in [*named, *facts.stated(), *found.items()]]
