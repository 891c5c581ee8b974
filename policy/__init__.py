"""The rules of after-sales service as data, and the pure engine that reads them.

Nothing here does I/O except `load_rules`, which reads the YAML beside it. Actions, workspace and shop all ask here, so
one question has one answer whatever shop stands behind it. It may import contracts, the standard library, pydantic
and yaml.
"""

from policy.answers import Answer, Citation, answer_question
from policy.before_signing import decide_cancel
from policy.damages import decide_damages
from policy.deposits import decide_deposit
from policy.earlier import PAYS_BACK, TAKES_GOODS, WITHOUT_EFFECT, Earlier, earlier
from policy.errors import (
    FactsDoNotFit,
    PolicyError,
    QuantityNotOrdered,
    RuleBelowLaw,
    RuleFileInvalid,
    UnknownOrderLine,
    UnknownTopic,
)
from policy.evidence import evidence_for
from policy.exchanges import decide_exchange
from policy.facts import (
    DamagesFacts,
    DamagesGround,
    DepositFacts,
    DepositKind,
    Facts,
    GiftConcern,
    GiftFacts,
    InsuranceFacts,
    InvoiceFacts,
    InvoiceWish,
    OrderFacts,
    ParcelFacts,
    ParcelTrouble,
    PriceFacts,
    PriceKind,
    QuantityFacts,
    RefundFacts,
    RepairFacts,
    RestoreFacts,
    ReturnFacts,
    ShippingFacts,
)
from policy.freight_insurance import decide_freight_insurance
from policy.gifts import decide_gift
from policy.invoices import decide_invoice
from policy.late_shipping import decide_late_shipping
from policy.loading import load_rules
from policy.order_changes import decide_quantity, decide_restore
from policy.parcels import decide_parcel
from policy.price_protection import decide_price_protection
from policy.refund_only import decide_refund_only
from policy.refund_time import decide_refund_time, refund_due_at
from policy.refunds import price_lines, refund_after_review
from policy.repairs import decide_repair
from policy.returns import decide_return
from policy.rules import Rules
from policy.topics import Topic, Topics

__all__ = [
    "PAYS_BACK",
    "TAKES_GOODS",
    "WITHOUT_EFFECT",
    "Answer",
    "Citation",
    "DamagesFacts",
    "DamagesGround",
    "DepositFacts",
    "DepositKind",
    "Earlier",
    "Facts",
    "FactsDoNotFit",
    "GiftConcern",
    "GiftFacts",
    "InsuranceFacts",
    "InvoiceFacts",
    "InvoiceWish",
    "OrderFacts",
    "ParcelFacts",
    "ParcelTrouble",
    "PolicyError",
    "PriceFacts",
    "PriceKind",
    "QuantityFacts",
    "QuantityNotOrdered",
    "RefundFacts",
    "RepairFacts",
    "RestoreFacts",
    "ReturnFacts",
    "RuleBelowLaw",
    "RuleFileInvalid",
    "Rules",
    "ShippingFacts",
    "Topic",
    "Topics",
    "UnknownOrderLine",
    "UnknownTopic",
    "answer_question",
    "decide_cancel",
    "decide_damages",
    "decide_deposit",
    "decide_exchange",
    "decide_freight_insurance",
    "decide_gift",
    "decide_invoice",
    "decide_late_shipping",
    "decide_parcel",
    "decide_price_protection",
    "decide_quantity",
    "decide_refund_only",
    "decide_refund_time",
    "decide_repair",
    "decide_restore",
    "decide_return",
    "earlier",
    "evidence_for",
    "load_rules",
    "price_lines",
    "refund_after_review",
    "refund_due_at",
]
