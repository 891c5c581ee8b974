"""The page of `docs/reference/` that shows the rules to people: what they say, and on which law."""

from collections.abc import Iterator
from typing import Any

from policy.answers import general_answer
from policy.law import Law
from policy.loading import PROMISES_FILE, read_law
from policy.parameters import in_words
from policy.promises import ShopPromises, read_promises
from policy.rules import Rule, Rules, read_yaml

INTRODUCTION = """\
Every decision about a return, a refund, a parcel or an invoice is made by the rules on this page, and every answer to a
question about them is filled from the same parameters. The texts live in `policy/rules/`, the limits of the law in
`policy/law.yml`, a shop's own promises in `policy/shop_promises.yml`, the questions in `policy/topics.yml`. The
version in force on the day an order was placed decides, for ever. A rule or promise worse than its limit is refused
when it is loaded, with the article it breaks. The rules are not legal advice.
"""


def policy_page(rules: Rules) -> str:
    """The whole page as Markdown, of the newest version of every rule, without the note of who made it."""
    law = read_law()
    promises = read_promises(read_yaml(PROMISES_FILE), PROMISES_FILE.name)
    parts = [_heading(), *(_rule(rules, name, law) for name in Rules.names()), _promises(promises), _limits(law)]
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def _heading() -> Iterator[str]:
    yield "# The rules of after-sales service\n"
    yield INTRODUCTION


def _rule(rules: Rules, name: str, law: Law) -> Iterator[str]:
    versions = sorted(rules.versions_of(name).versions, key=lambda rule: rule.effective_from)
    newest: Rule[Any] = versions[-1]
    yield f"## {newest.title} (`{name}`)\n"
    yield f"{newest.source}\n"
    for rule in versions:
        yield f"- version `{rule.version}`: orders placed from {rule.effective_from.isoformat()}"
    yield ""
    yield from _parameters(newest, law)
    yield from _questions(rules, newest)
    yield from _sentences(newest)


def _parameters(rule: Rule[Any], law: Law) -> Iterator[str]:
    names = type(rule.parameters).model_fields
    if not names:
        return
    limits = {limit.parameter: f"{limit.in_words()} ({limit.article})" for limit in law.of(rule.id)}
    yield "| parameter | value | limit of the law |\n|---|---|---|"
    spoken = rule.parameters.spoken()
    for name in names:
        value = spoken[name] or in_words(getattr(rule.parameters, name))
        yield _row(f"`{name}`", value or "–", limits.get(name, ""))
    yield ""


def _questions(rules: Rules, rule: Rule[Any]) -> Iterator[str]:
    yield "| question | topic | answer |\n|---|---|---|"
    for topic in rules.topics.topics:
        if rule.id in topic.rules:
            yield _row(topic.question, f"`{topic.name}`", general_answer(rule, topic.name))
    yield ""


def _sentences(rule: Rule[Any]) -> Iterator[str]:
    yield "| decided as | what the shopper reads |\n|---|---|"
    for name, text in rule.explanations.items():
        yield _row(f"`{name}`", text)
    yield f"\nWays offered: {'、'.join(rule.alternatives.values())}\n"


def _promises(shop: ShopPromises) -> Iterator[str]:
    yield f"## What the shop promises beyond the law ({shop.name})\n"
    yield "| rule | promise | from | parameters |\n|---|---|---|---|"
    for promise in shop.promises:
        changed = ", ".join(f"`{name}` {value}" for name, value in promise.parameters.items())
        yield _row(f"`{promise.rule}`", promise.title, promise.effective_from.isoformat(), changed)
    yield ""


def _limits(law: Law) -> Iterator[str]:
    yield "## The limits of the law\n"
    yield "| rule | parameter | limit | article |\n|---|---|---|---|"
    for limit in law.limits:
        yield _row(f"`{limit.rule}`", f"`{limit.parameter}`", limit.in_words(), limit.article)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "&#124;") for cell in cells) + " |"
