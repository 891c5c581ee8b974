"""A parcel that stands still, was signed for by nobody, or came broken. Until it is handed over the shop answers."""

from datetime import datetime

from contracts.shop import OrderStatus, Shipment, ShipmentStatus
from contracts.verdict import Decision, Verdict
from policy.before_signing import judge_never_bought
from policy.calendar import hours_since, last_day_of_window, legal_day
from policy.facts import ParcelFacts, ParcelTrouble
from policy.parameters import ParcelParameters
from policy.rules import Rule, Rules
from policy.verdicts import ask_person, refuse, verdict
from policy.wording import duration


def decide_parcel(rules: Rules, facts: ParcelFacts) -> Verdict:
    """ALLOWED where the shopper may put the matter into the shop's hands; what comes of it a person confirms."""
    early = judge_never_bought(rules, facts)
    if early:
        return early
    rule = rules.parcel.in_force(facts.order.placed_at)
    if facts.order.status is OrderStatus.PAID:
        return refuse(rule, facts, "not_shipped", "urge")
    if facts.trouble is ParcelTrouble.DAMAGED:
        return _judge_damaged(rules, rule, facts)
    if facts.parcel is None:
        return ask_person(rule, facts, "no_parcel")
    judge = _judge_stuck if facts.trouble is ParcelTrouble.STUCK else _judge_not_received
    return judge(rule, facts, facts.parcel)


def _judge_stuck(rule: Rule[ParcelParameters], facts: ParcelFacts, parcel: Shipment) -> Verdict:
    if _signed_at(facts, parcel):
        return refuse(rule, facts, "signed", "report_not_received")
    if parcel.status is ShipmentStatus.RETURNED:
        return ask_person(rule, facts, "returned")
    if parcel.status is ShipmentStatus.EXCEPTION:
        return _claim(rule, facts, "exception")
    hours = hours_since(_last_movement(facts, parcel), facts.now)
    words = {"hours": duration(max(hours, 1))}
    if hours < rule.parameters.stuck_hours:
        return refuse(rule, facts, "moving", "track", words=words)
    return _claim(rule, facts, "lost" if hours >= rule.parameters.lost_hours else "stuck", words)


def _judge_not_received(rule: Rule[ParcelParameters], facts: ParcelFacts, parcel: Shipment) -> Verdict:
    signed_at = _signed_at(facts, parcel)
    if signed_at is None:
        return refuse(rule, facts, "not_signed", "track", "report_stuck")
    last_day = last_day_of_window(signed_at, rule.parameters.dispute_days)
    if legal_day(facts.now) > last_day:
        return ask_person(rule, facts, "dispute_late", last_day=last_day)
    if any(word in parcel.signed_by for word in rule.parameters.elsewhere_words):
        return _claim(rule, facts, "left_elsewhere", {"what": parcel.signed_by})
    return _claim(rule, facts, "signed_not_received")


def _judge_damaged(rules: Rules, rule: Rule[ParcelParameters], facts: ParcelFacts) -> Verdict:
    """The window is that of a quality return, so that both answers end on the same day."""
    payer = rule.parameters.answers_for_loss
    if facts.order.signed_at is None:
        ways = ("refuse", "person")
        return verdict(rule, facts, Decision.ALLOWED, "damaged_at_door", ways=ways, freight_payer=payer)
    days = rules.quality_return.in_force(facts.order.placed_at).parameters.window_days
    last_day = last_day_of_window(facts.order.signed_at, days)
    if legal_day(facts.now) > last_day:
        return ask_person(rule, facts, "damaged_late", last_day=last_day)
    return verdict(
        rule,
        facts,
        Decision.ALLOWED,
        "damaged",
        ways=("return", "exchange", "resend"),
        last_day=last_day,
        freight_payer=payer,
    )


def _claim(
    rule: Rule[ParcelParameters], facts: ParcelFacts, sentence: str, words: dict[str, str] | None = None
) -> Verdict:
    payer = rule.parameters.answers_for_loss
    ways = ("claim", "person")
    return verdict(rule, facts, Decision.ALLOWED, sentence, ways=ways, freight_payer=payer, words=words or {})


def _signed_at(facts: ParcelFacts, parcel: Shipment) -> datetime | None:
    return parcel.signed_at or (facts.order.signed_at if parcel.status is ShipmentStatus.SIGNED else None)


def _last_movement(facts: ParcelFacts, parcel: Shipment) -> datetime:
    left_at = facts.order.shipped_at or facts.order.placed_at
    return max((event.at for event in parcel.events), default=left_at)
