"""Reads the rules, the law's limits and a shop's promises from disk. The only I/O of this package."""

from pathlib import Path

from pydantic import ValidationError

from policy.errors import RuleFileInvalid
from policy.law import Law
from policy.parameters import Parameters
from policy.promises import read_promises, with_promises
from policy.rules import FOLDER, RULES_FOLDER, Rules, check_rules, read_rules, read_yaml

LAW_FILE = FOLDER / "law.yml"
TOPICS_FILE = FOLDER / "topics.yml"
PROMISES_FILE = FOLDER / "shop_promises.yml"


def load_rules(folder: Path = RULES_FOLDER, *, promises: Path | None = PROMISES_FILE) -> Rules:
    """The rules of a shop, read and checked. `promises` is the shop's own file, None for the law and nothing more.

    Raises RuleFileInvalid with the file and the field at fault, RuleBelowLaw with the article that is broken.
    """
    law = read_law()
    rules = read_rules(folder, TOPICS_FILE)
    check_rules(rules, law)
    if promises is None:
        return rules
    return with_promises(rules, read_promises(read_yaml(promises), promises.name), law, file=promises.name)


def read_law(file: Path = LAW_FILE) -> Law:
    """The limits of `law.yml`, each on a parameter that exists."""
    try:
        law = Law.model_validate(read_yaml(file))
    except ValidationError as error:
        first = error.errors()[0]
        raise RuleFileInvalid(file.name, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    for limit in law.limits:
        if limit.parameter not in _parameters_of(limit.rule):
            raise RuleFileInvalid(file.name, f"{limit.rule}.{limit.parameter}: there is no such parameter")
    return law


def _parameters_of(rule: str) -> set[str]:
    if rule not in Rules.names():
        return set()
    versions = Rules.model_fields[rule].annotation
    kind: type[Parameters] = versions.__pydantic_generic_metadata__["args"][0]  # type: ignore[union-attr]
    return set(kind.model_fields)
