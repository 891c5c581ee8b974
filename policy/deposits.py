"""Presale deposits: 定金 binds both sides up to a fifth of the price, 订金 is money paid ahead and comes back."""

from decimal import Decimal

from contracts.verdict import Decision, RefundLine, Verdict
from policy.facts import DepositFacts, DepositKind
from policy.parameters import DepositParameters
from policy.refunds import ZERO, cents
from policy.rules import Rule, Rules
from policy.verdicts import ask_person, refuse, verdict


def decide_deposit(rules: Rules, facts: DepositFacts) -> Verdict:
    """The verdict on having a deposit back. What the shop owes beyond the deposit itself a person confirms."""
    rule = rules.deposit.in_force(facts.order.placed_at)
    is_doubled = facts.is_shop_in_breach and facts.kind is not DepositKind.ADVANCE
    if facts.is_balance_paid and not is_doubled:
        return refuse(rule, facts, "part_of_price", "refund_only", "return")
    if facts.kind is None:
        return ask_person(rule, facts, "unclear")
    if facts.kind is DepositKind.ADVANCE:
        return _pay_back(rule, facts, "advance", cents(facts.deposit))
    return _judge_earnest(rule, facts)


def _judge_earnest(rule: Rule[DepositParameters], facts: DepositFacts) -> Verdict:
    earnest = min(cents(facts.deposit), _cap(rule.parameters, facts))
    excess = cents(facts.deposit) - earnest
    if facts.is_shop_in_breach:
        amount = excess + cents(earnest * rule.parameters.shop_multiple)
        found = {"定金部分": f"{earnest}元", "合计应返还": f"{amount}元"}
        return ask_person(rule, facts, "shop_breaks", words={"amount": str(amount)}, found=found)
    if excess > ZERO:
        return _pay_back(rule, facts, "excess", excess)
    return refuse(rule, facts, "forfeit", "pay_balance")


def _pay_back(rule: Rule[DepositParameters], facts: DepositFacts, sentence: str, amount: Decimal) -> Verdict:
    return verdict(
        rule,
        facts,
        Decision.ALLOWED,
        sentence,
        ways=("person",),
        refund_lines=[RefundLine(label="退回预付款", amount=amount)],
        words={"amount": str(amount)},
    )


def _cap(parameters: DepositParameters, facts: DepositFacts) -> Decimal:
    return cents(facts.order.goods_total * parameters.earnest_cap_percent / 100)
