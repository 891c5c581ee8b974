"""The numbers, classes and payers of every rule, and the names of the texts its engine asks for.

A parameter is named once, here; the rule files give it a value, `law.yml` its limit, a shop's promises a better one.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, model_validator

from contracts.shop import CaseType, MemberLevel
from contracts.verdict import FreightPayer
from policy.facts import PriceKind
from policy.wording import CASE_TYPES, LEVELS, PAYERS, duration

ClassNames = dict[str, str]  # product class → how a shopper calls it
Yuan = Annotated[Decimal, Field(max_digits=9, decimal_places=2)]
Percent = Annotated[Decimal, Field(max_digits=5, decimal_places=2)]
NAMES = {value.value: name for names in (LEVELS, CASE_TYPES, PAYERS) for value, name in names.items()}


class Parameters(BaseModel):
    """SENTENCES, WAYS and ANSWERS are the texts a rule file must hold; PROMISABLE what a shop may better."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    SENTENCES: ClassVar[frozenset[str]] = frozenset()
    WAYS: ClassVar[frozenset[str]] = frozenset({"person"})
    ANSWERS: ClassVar[frozenset[str]] = frozenset()
    PROMISABLE: ClassVar[frozenset[str]] = frozenset()

    def spoken(self) -> dict[str, str]:
        """Every parameter as a shopper reads it, for the placeholders of the rule's own texts."""
        return {name: in_words(getattr(self, name)) for name in type(self).model_fields}

    def answer_key(self, topic: str) -> str:
        """Which of the rule's answers is true under these parameters; most topics have but one."""
        return topic


def in_words(value: Any) -> str:
    """A parameter in Chinese: classes by their names, payers as 您 or 我们, money with two places."""
    if isinstance(value, dict):
        return "、".join(dict.fromkeys(f"{name}" for name in value.values())) or "没有"
    if isinstance(value, list):
        return "、".join(in_words(each) for each in value)
    if isinstance(value, Decimal):
        return f"{value:.2f}" if value % 1 else f"{value:.0f}"
    return NAMES.get(value, str(value)) if isinstance(value, StrEnum) else str(value)


class BeforeSigningParameters(Parameters):
    SENTENCES = frozenset({"not_paid", "cancelled", "not_shipped", "in_transit", "signing_unknown", "signed"})
    WAYS = frozenset({"person", "cancel", "refund_only", "intercept", "return", "return_later", "reorder"})
    ANSWERS = frozenset({"order_cancel", "order_cancel/shipped", "logistics_refuse"})


class OrderChangeParameters(Parameters):
    """restore_hours: how long after its cancellation an order nobody has paid for can be had back."""

    SENTENCES = frozenset(
        {
            "restorable",
            "restore_too_late",
            "money_back",
            "not_cancelled",
            "restore_unknown",
            "quantity_allowed",
            "quantity_same",
            "quantity_coupon",
            "quantity_more",
            "quantity_fewer",
            "quantity_over",
            "quantity_refunding",
        }
    )
    WAYS = frozenset({"person", "reorder", "cancel", "refund_only", "return"})
    ANSWERS = frozenset({"order_restore", "order_change_items/quantity"})
    PROMISABLE = frozenset({"restore_hours"})
    restore_hours: PositiveInt


class SevenDayParameters(Parameters):
    """free_freight_levels: members whose return freight the shop has promised to bear; unsealed_classes: classes the
    law excludes only once their seal is broken."""

    SENTENCES = frozenset(
        {
            "allowed",
            "freight_shopper",
            "freight_shop",
            "freight_insurance",
            "freight_level",
            "too_late",
            "excluded_by_law",
            "excluded_once_unsealed",
            "excluded_confirmed",
            "gift",
            "not_intact",
        }
    )
    WAYS = frozenset({"person", "quality", "exchange", "with_goods"})
    ANSWERS = frozenset(
        {
            "return_policy",
            "return_policy/opened",
            "return_policy/used",
            "return_policy/too_late",
            "return_policy/counting",
            "return_policy/excluded",
            "return_freight",
            "return_freight/free",
            "return_freight/levels",
            "refund_amount",
        }
    )
    PROMISABLE = frozenset(
        {"window_days", "excluded_by_law", "excludable_if_confirmed", "freight_payer", "free_freight_levels"}
    )
    window_days: PositiveInt
    excluded_by_law: ClassNames
    excludable_if_confirmed: ClassNames
    unsealed_classes: list[str]
    freight_payer: FreightPayer = FreightPayer.SHOPPER
    free_freight_levels: list[MemberLevel] = []

    @model_validator(mode="after")
    def _higher_levels_have_it_too(self) -> Self:
        levels = list(MemberLevel)
        if self.free_freight_levels and set(self.free_freight_levels) != set(levels[self._first_level() :]):
            raise ValueError("free_freight_levels: a higher level must not have less")
        return self

    def _first_level(self) -> int:
        return min(list(MemberLevel).index(level) for level in self.free_freight_levels)

    def answer_key(self, topic: str) -> str:
        if topic != "return_freight":
            return topic
        if self.freight_payer is FreightPayer.SHOP:
            return "return_freight/free"
        return "return_freight/levels" if self.free_freight_levels else topic


class QualityParameters(Parameters):
    SENTENCES = frozenset(
        {
            "allowed",
            "allowed_wrong_item",
            "allowed_damaged",
            "allowed_missing_item",
            "allowed_not_as_described",
            "too_late_person",
            "too_late",
            "too_late_other",
            "gift",
            "unclear",
            "not_received",
        }
    )
    WAYS = frozenset({"person", "exchange", "repair"})
    ANSWERS = frozenset(
        {
            "return_policy",
            "return_policy/quality",
            "return_freight",
            "quality_defect",
            "quality_wrong_item",
            "quality_missing_item",
            "quality_not_as_described",
        }
    )
    PROMISABLE = frozenset({"window_days", "freight_payer"})
    window_days: PositiveInt
    freight_payer: FreightPayer


class ExchangeParameters(Parameters):
    """no_reason_days is the shop's promise, fault_days the law's; made_for_one cannot be exchanged without a fault."""

    SENTENCES = frozenset(
        {
            "allowed",
            "allowed_fault",
            "too_late",
            "too_late_fault",
            "past_all",
            "excluded",
            "not_intact",
            "unclear",
            "not_received",
        }
    )
    WAYS = frozenset({"person", "return", "repair", "quality"})
    ANSWERS = frozenset({"exchange_apply", "return_policy/too_late", "exchange_apply/freight"})
    PROMISABLE = frozenset({"no_reason_days", "fault_days", "made_for_one", "fault_freight_payer"})
    no_reason_days: PositiveInt
    fault_days: PositiveInt
    made_for_one: ClassNames
    fault_freight_payer: FreightPayer


class RefundOnlyParameters(Parameters):
    SENTENCES = frozenset({"not_shipped", "late", "made_to_order", "in_transit", "fault", "not_received", "send_back"})
    WAYS = frozenset({"person", "return", "exchange"})
    ANSWERS = frozenset({"refund_apply", "refund_apply/without_return"})
    PROMISABLE = frozenset({"made_to_order"})
    made_to_order: ClassNames


class RepairParameters(Parameters):
    """warranty_months: the least the law or the shop grants by product class; a longer promise of the line wins.

    main_part_months: the same for the main parts of a class; burden_months: how long the seller must prove that a
    fault of burden_classes was not there from the start.
    """

    SENTENCES = frozenset({"allowed", "past_warranty", "no_warranty", "misuse", "danger", "exchange_due", "slow_due"})
    WAYS = frozenset({"person", "return", "exchange", "paid_repair"})
    ANSWERS = frozenset(
        {
            "repair_warranty",
            "repair_warranty/misuse",
            "repair_warranty/failed",
            "repair_warranty/proof",
            "repair_apply",
            "repair_apply/how_long",
            "return_policy/too_late",
        }
    )
    PROMISABLE = frozenset(
        {
            "warranty_months",
            "main_part_months",
            "return_days",
            "exchange_days",
            "failed_repairs",
            "repair_days",
            "parts_days",
            "burden_months",
            "freight_payer",
        }
    )
    class_names: ClassNames
    warranty_months: dict[str, PositiveInt]
    main_part_months: dict[str, PositiveInt]
    return_days: PositiveInt
    exchange_days: PositiveInt
    failed_repairs: PositiveInt
    repair_days: PositiveInt
    parts_days: PositiveInt
    burden_months: PositiveInt
    burden_classes: list[str]
    freight_payer: FreightPayer
    misuse_words: list[str]
    danger_words: list[str]
    negations: list[str]

    def spoken(self) -> dict[str, str]:
        return super().spoken() | {
            "warranty_months": self._by_length(self.warranty_months),
            "main_part_months": self._by_length(self.main_part_months),
            "burden_classes": "、".join(self.class_names[each] for each in self.burden_classes),
        }

    def _by_length(self, months: dict[str, int]) -> str:
        """手机、电脑12个月，电池6个月: classes of one length together, the longest first."""
        lengths = sorted(set(months.values()), reverse=True)
        named = ("、".join(self.class_names[each] for each, is_ in months.items() if is_ == n) for n in lengths)
        return "，".join(f"{names}{n}个月" for names, n in zip(named, lengths, strict=True))

    @model_validator(mode="after")
    def _classes_have_names(self) -> Self:
        unnamed = {*self.warranty_months, *self.main_part_months, *self.burden_classes} - set(self.class_names)
        if unnamed:
            raise ValueError(f"class_names: missing {', '.join(sorted(unnamed))}")
        return self


class LateShippingParameters(Parameters):
    """promise_hours counts where an order names no instant of its own. The compensation is a percentage of what was
    paid, between its least and its most; all 0 means that none is promised."""

    SENTENCES = frozenset(
        {
            "in_time",
            "late",
            "not_picked_up",
            "shipped_in_time",
            "shipped_late",
            "shipped_late_compensated",
            "compensation",
        }
    )
    WAYS = frozenset({"person", "refund_only", "urge", "intercept", "track"})
    ANSWERS = frozenset(
        {
            "logistics_when_ship",
            "logistics_urge_ship",
            "logistics_urge_ship/compensated",
            "complaint_compensation",
            "complaint_compensation/late",
        }
    )
    PROMISABLE = frozenset({"promise_hours", "compensation_percent", "compensation_least", "compensation_most"})
    promise_hours: PositiveInt
    compensation_percent: Percent
    compensation_least: Yuan
    compensation_most: Yuan

    @property
    def is_compensated(self) -> bool:
        return self.compensation_most > 0 and (self.compensation_percent > 0 or self.compensation_least > 0)

    @model_validator(mode="after")
    def _least_is_not_above_most(self) -> Self:
        if self.compensation_least > self.compensation_most:
            raise ValueError("compensation_least: must not be above compensation_most")
        return self

    def answer_key(self, topic: str) -> str:
        if topic == "complaint_compensation" and self.is_compensated:
            return "complaint_compensation/late"
        return "logistics_urge_ship/compensated" if topic == "logistics_urge_ship" and self.is_compensated else topic


class PriceProtectionParameters(Parameters):
    """window_days 0 means that the shop has promised none. excluded_prices: kinds of price that do not count."""

    SENTENCES = frozenset(
        {
            "allowed",
            "not_promised",
            "too_late",
            "no_drop",
            "not_below_paid",
            "excluded_price",
            "excluded_class",
            "other_sku",
            "gift",
            "returned",
        }
    )
    WAYS = frozenset({"person", "return"})
    ANSWERS = frozenset({"price_protect", "price_protect/none", "price_protect/excluded", "price_protect/amount"})
    PROMISABLE = frozenset({"window_days", "excluded_prices", "excluded_classes"})
    window_days: NonNegativeInt
    excluded_prices: dict[PriceKind, str]
    excluded_classes: ClassNames

    def answer_key(self, topic: str) -> str:
        return topic if self.window_days else "price_protect/none"


class FreightInsuranceParameters(Parameters):
    """band_least to band_most yuan are paid, usually within payout_hours of the completed return."""

    SENTENCES = frozenset({"not_insured", "not_covered", "shop_pays", "after_return", "claim", "overdue", "too_late"})
    WAYS = frozenset({"person", "return"})
    ANSWERS = frozenset({"return_freight/insurance"})
    PROMISABLE = frozenset({"band_least", "band_most", "payout_hours", "claim_days"})
    covered_types: list[CaseType]
    band_least: Yuan
    band_most: Yuan
    payout_hours: PositiveInt
    claim_days: PositiveInt


class RefundTimeParameters(Parameters):
    """target_days: the shop pays by then; target_days_by_level: a faster promise for members; alarm_days: from then on
    the law speaks of deliberate delay; arrival: how long a channel takes after the shop has paid."""

    SENTENCES = frozenset({"not_started", "in_time", "paid_back", "overdue", "far_overdue"})
    WAYS = frozenset({"person", "progress", "complain", "platform"})
    ANSWERS = frozenset({"refund_progress", "refund_progress/levels", "refund_progress/overdue", "refund_destination"})
    PROMISABLE = frozenset({"target_days", "target_days_by_level", "alarm_days"})
    target_days: PositiveInt
    target_days_by_level: dict[MemberLevel, PositiveInt] = {}
    alarm_days: PositiveInt
    arrival: ClassNames

    def target_for(self, level: MemberLevel) -> int:
        return min(self.target_days, self.target_days_by_level.get(level, self.target_days))

    def spoken(self) -> dict[str, str]:
        arrivals = "，".join(f"{channel}{time}" for channel, time in self.arrival.items())
        levels = "，".join(f"{LEVELS[level]}{days}天" for level, days in self.target_days_by_level.items())
        return super().spoken() | {"arrival": arrivals, "target_days_by_level": levels}

    def answer_key(self, topic: str) -> str:
        return "refund_progress/levels" if topic == "refund_progress" and self.target_days_by_level else topic

    @model_validator(mode="after")
    def _higher_levels_wait_no_longer(self) -> Self:
        targets = [self.target_for(level) for level in MemberLevel]
        if targets != sorted(targets, reverse=True):
            raise ValueError("target_days_by_level: a higher level must not have less")
        return self


class ParcelParameters(Parameters):
    """check_hours: until when the shop answers a claim; elsewhere_words: who signs where the shopper did not."""

    SENTENCES = frozenset(
        {
            "not_shipped",
            "no_parcel",
            "moving",
            "stuck",
            "lost",
            "exception",
            "returned",
            "signed",
            "not_signed",
            "signed_not_received",
            "left_elsewhere",
            "dispute_late",
            "damaged_at_door",
            "damaged",
            "damaged_late",
        }
    )
    WAYS = frozenset(
        {
            "person",
            "urge",
            "track",
            "claim",
            "report_not_received",
            "report_stuck",
            "refuse",
            "return",
            "exchange",
            "resend",
        }
    )
    ANSWERS = frozenset(
        {
            "logistics_stuck",
            "logistics_stuck/lost",
            "logistics_not_received",
            "logistics_delivery_arrangement/elsewhere",
            "quality_damaged",
        }
    )
    PROMISABLE = frozenset({"stuck_hours", "lost_hours", "check_hours", "dispute_days", "answers_for_loss"})
    stuck_hours: PositiveInt
    lost_hours: PositiveInt
    check_hours: PositiveInt
    dispute_days: PositiveInt
    carrier_answer_days: PositiveInt
    answers_for_loss: FreightPayer
    elsewhere_words: list[str]

    def spoken(self) -> dict[str, str]:
        hours = {name: getattr(self, name) for name in ("stuck_hours", "lost_hours", "check_hours")}
        return super().spoken() | {name: duration(count) for name, count in hours.items()}


class InvoiceParameters(Parameters):
    SENTENCES = frozenset(
        {
            "allowed",
            "special",
            "refunded",
            "already_requested",
            "already_issued",
            "nothing_to_change",
            "change_before_issue",
            "reissue",
            "resend",
            "not_issued",
            "none",
        }
    )
    WAYS = frozenset({"person", "apply", "change", "resend", "progress"})
    ANSWERS = frozenset({"invoice_apply", "invoice_apply/special", "invoice_change", "invoice_progress"})
    PROMISABLE = frozenset({"issue_days", "reissue_days"})
    issue_days: PositiveInt
    reissue_days: PositiveInt


class GiftParameters(Parameters):
    """marked_price_percent: how much of the value marked beforehand is deducted for a gift that cannot go back."""

    SENTENCES = frozenset({"not_a_gift", "not_arrived", "missing", "deducted", "nothing_marked"})
    WAYS = frozenset({"person", "return", "resend", "track"})
    ANSWERS = frozenset({"return_policy/gift", "return_policy/gift_in_part", "quality_missing_item/gift"})
    PROMISABLE = frozenset({"marked_price_percent"})
    marked_price_percent: Percent

    def answer_key(self, topic: str) -> str:
        return (
            "return_policy/gift_in_part" if topic == "return_policy/gift" and self.marked_price_percent < 100 else topic
        )


class DepositParameters(Parameters):
    """earnest_cap_percent: what of the price may be 定金; shop_multiple: how often a shop in breach gives it back."""

    SENTENCES = frozenset({"unclear", "part_of_price", "advance", "shop_breaks", "excess", "forfeit"})
    WAYS = frozenset({"person", "return", "refund_only", "pay_balance"})
    ANSWERS = frozenset({"order_place_help/deposit"})
    PROMISABLE = frozenset({"earnest_cap_percent", "shop_multiple"})
    earnest_cap_percent: Percent
    shop_multiple: Percent


class DamagesParameters(Parameters):
    """What the law grants above the price, as multiples of it and as a least sum."""

    SENTENCES = frozenset({"fraud", "unsafe_food"})
    WAYS = frozenset({"person", "platform"})
    ANSWERS = frozenset({"quality_counterfeit", "quality_safety/food"})
    PROMISABLE = frozenset({"fraud_multiple", "fraud_least", "food_multiple", "food_least"})
    fraud_multiple: Percent
    fraud_least: Yuan
    food_multiple: Percent
    food_least: Yuan
