"""Is a refund overdue, and what follows? Seven days are the target, from fifteen on the law speaks of delay."""

from datetime import datetime, timedelta

from contracts.verdict import Verdict
from policy.calendar import SHANGHAI, days_since, last_day_of_window, legal_day
from policy.facts import RefundFacts
from policy.parameters import RefundTimeParameters
from policy.rules import Rule, Rules
from policy.verdicts import ask_person, refuse


def decide_refund_time(rules: Rules, facts: RefundFacts) -> Verdict:
    """REFUSED where the refund is not overdue, NEEDS_PERSON where it is; the facts say 是否超期."""
    rule = rules.refund_time.in_force(facts.order.placed_at)
    if facts.paid_back_at is not None:
        return refuse(rule, facts, "paid_back", "progress", words={"what": _arrival(rule.parameters, facts)})
    if facts.started_at is None:
        return refuse(rule, facts, "not_started", "progress", found={"是否超期": "否"})
    return _judge_days(rule, facts, facts.started_at)


def _judge_days(rule: Rule[RefundTimeParameters], facts: RefundFacts, started_at: datetime) -> Verdict:
    parameters = rule.parameters
    last_day = last_day_of_window(started_at, parameters.target_for(facts.member_level))
    found = {"起算日期": legal_day(started_at).isoformat(), "已过天数": str(days_since(started_at, facts.now))}
    if legal_day(facts.now) <= last_day:
        return refuse(rule, facts, "in_time", "progress", last_day=last_day, found=found | {"是否超期": "否"})
    if legal_day(facts.now) <= last_day_of_window(started_at, parameters.alarm_days):
        return ask_person(
            rule, facts, "overdue", "person", "complain", last_day=last_day, found=found | {"是否超期": "是"}
        )
    late = {"是否超期": f"是，已超过{parameters.alarm_days}天"}
    ways = ("person", "complain", "platform")
    return ask_person(rule, facts, "far_overdue", *ways, last_day=last_day, found=found | late)


def refund_due_at(rules: Rules, facts: RefundFacts) -> tuple[datetime, datetime] | None:
    """The first instants of 'overdue' and of 'deliberate delay', for timers; None before the clock runs."""
    if facts.started_at is None:
        return None
    parameters = rules.refund_time.in_force(facts.order.placed_at).parameters
    midnight = facts.started_at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    days = (parameters.target_for(facts.member_level), parameters.alarm_days)
    target, alarm = (midnight + timedelta(days=count + 1) for count in days)
    return target.astimezone(facts.now.tzinfo), alarm.astimezone(facts.now.tzinfo)


def _arrival(parameters: RefundTimeParameters, facts: RefundFacts) -> str:
    """How long the channel of this order takes; all of them where it is not known."""
    for channel, time in parameters.arrival.items():
        if channel in facts.order.payment_method:
            return f"{channel}一般{time}到账。"
    return f"到账时间：{parameters.spoken()['arrival']}。"
