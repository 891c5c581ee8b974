"""The errors of the policy engine.

PolicyError
├── RuleFileInvalid      ours: a rule file cannot be used; named by file and field
│   └── RuleBelowLaw     ours: a rule or promise is worse for the shopper than an article of law allows
├── NoRuleInForce        ours: no version of a rule covers the day of the order
├── UnknownTopic         ours: a question no rule answers
├── FactsDoNotFit        ours: a question put with the facts of another one
├── UnknownOrderLine     theirs: the order has no such line
└── QuantityNotOrdered   theirs: more pieces than are left of the line
"""

from datetime import date


class PolicyError(Exception):
    """A question the engine cannot answer. A refused wish is no error: it is a Verdict."""

    status_code = 500


class RuleFileInvalid(PolicyError):
    def __init__(self, file: str, problem: str) -> None:
        super().__init__(f"{file}: {problem}")
        self.file = file


class RuleBelowLaw(RuleFileInvalid):
    """`parameter` as `rule.parameter`, `article` as the law table cites it, `limit` what it demands."""

    def __init__(self, file: str, parameter: str, article: str, limit: str) -> None:
        super().__init__(file, f"{parameter} is worse for the shopper than {article} allows: {limit}")
        self.parameter = parameter
        self.article = article


class NoRuleInForce(PolicyError):
    def __init__(self, rule_id: str, day: date) -> None:
        super().__init__(f"no version of the rule {rule_id} is in force on {day.isoformat()}")


class UnknownTopic(PolicyError):
    def __init__(self, topic: str) -> None:
        super().__init__(f"no rule answers the topic {topic}")


class FactsDoNotFit(PolicyError):
    def __init__(self, topic: str, wanted: str, given: str) -> None:
        super().__init__(f"the topic {topic} is decided on {wanted}, not on {given}")


class UnknownOrderLine(PolicyError):
    status_code = 422

    def __init__(self, order_number: str, line_id: str) -> None:
        super().__init__(f"order {order_number} has no line {line_id}")


class QuantityNotOrdered(PolicyError):
    status_code = 422

    def __init__(self, line_id: str, asked: int, left: int) -> None:
        super().__init__(f"{asked} pieces of line {line_id} asked for, {left} left")
