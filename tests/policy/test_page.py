"""The page made from the rules shows all of them, and the one in the docs is not behind."""

from pathlib import Path

from policy import Rules
from policy.loading import read_law
from policy.page import policy_page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "policy.md"


def test_every_rule_topic_and_limit_is_on_the_page(rules: Rules) -> None:
    page = policy_page(rules)

    for name in Rules.names():
        newest = max(rules.versions_of(name).versions, key=lambda rule: rule.effective_from)
        assert f"{newest.title} (`{name}`)" in page
        assert newest.source in page
        assert all(text in page for text in newest.explanations.values())
    assert all(topic.question in page for topic in rules.topics.topics)
    assert all(limit.article in page for limit in read_law().limits)


def test_the_page_in_the_docs_is_what_the_rules_say(rules: Rules) -> None:
    assert PAGE.read_text(encoding="utf-8").endswith(policy_page(rules)), "run: python -m ops.generate_docs"
