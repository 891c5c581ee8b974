"""The rules of after-sales service as data, and the pure engine that reads them.

Nothing here does I/O except `load_rules`, which reads the YAML of `policy/rules/`. Actions, workspace and shop all ask
here, so one question has one answer whatever shop stands behind it. It may import contracts, the standard library,
pydantic and yaml.
"""

from policy.errors import PolicyError, QuantityNotOrdered, RuleFileInvalid, UnknownOrderLine
from policy.exchanges import decide_exchange
from policy.facts import RepairFacts, ReturnFacts
from policy.refund_only import decide_refund_only
from policy.refunds import refund_after_review
from policy.repairs import decide_repair
from policy.returns import decide_return
from policy.rules import Rules, load_rules

__all__ = [
    "PolicyError",
    "QuantityNotOrdered",
    "RepairFacts",
    "ReturnFacts",
    "RuleFileInvalid",
    "Rules",
    "UnknownOrderLine",
    "decide_exchange",
    "decide_refund_only",
    "decide_repair",
    "decide_return",
    "load_rules",
    "refund_after_review",
]
