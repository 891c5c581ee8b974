"""The errors of the policy engine.

PolicyError
├── RuleFileInvalid      ours: a rule file cannot be used; named by file and field
├── NoRuleInForce        ours: no version of a rule covers the day of the order
├── UnknownOrderLine     theirs: the order has no such line
└── QuantityNotOrdered   theirs: more pieces than are left of the line
"""

from datetime import date


class PolicyError(Exception):
    """A question the engine cannot answer. A refused wish is no error: it is a Verdict."""

    status_code = 500


class RuleFileInvalid(PolicyError):
    def __init__(self, file: str, problem: str) -> None:
        super().__init__(f"policy/rules/{file}: {problem}")


class NoRuleInForce(PolicyError):
    def __init__(self, rule_id: str, day: date) -> None:
        super().__init__(f"no version of the rule {rule_id} is in force on {day.isoformat()}")


class UnknownOrderLine(PolicyError):
    status_code = 422

    def __init__(self, order_number: str, line_id: str) -> None:
        super().__init__(f"order {order_number} has no line {line_id}")


class QuantityNotOrdered(PolicyError):
    status_code = 422

    def __init__(self, line_id: str, asked: int, left: int) -> None:
        super().__init__(f"{asked} pieces of line {line_id} asked for, {left} left")
