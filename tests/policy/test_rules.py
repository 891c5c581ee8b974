"""Rule files: complete as shipped, and a mistake in one is named by file and field."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from policy import RuleFileInvalid, Rules, load_rules
from policy.errors import NoRuleInForce
from policy.rules import RULES_FOLDER


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULES_FOLDER, tmp_path / "rules"))


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_an_order_falls_under_the_version_of_its_own_day(rules: Rules) -> None:
    last_evening = datetime(2024, 12, 31, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    new_year = datetime(2024, 12, 31, 16, 0, tzinfo=UTC)

    assert rules.seven_day_return.in_force(last_evening).version == "1.0"
    assert rules.seven_day_return.in_force(new_year).version == "1.1"


def test_an_order_from_before_every_version_is_an_error_that_names_the_rule(rules: Rules) -> None:
    with pytest.raises(NoRuleInForce, match="seven_day_return"):
        rules.seven_day_return.in_force(datetime(2010, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("exchange.yml", "fault_days: 15", "fault_days: -1", "exchange.yml: versions.0.parameters.fault_days"),
        ("exchange.yml", "fault_days: 15", "fault_day: 15", "fault_day"),
        ("repair.yml", "effective_from: 2014-03-15", "effective_from: soon", "repair.yml: versions.0.effective_from"),
        ("repair.yml", "id: repair", "id: repairs", "repair.yml: versions.0.id"),
        ("refund_only.yml", "      late:", "      later:", "refund_only.yml: versions.0: .*explanations: missing late"),
        ("exchange.yml", "{last_day}", "{lastday}", "exchange.yml: versions.0: .*unknown placeholder lastday"),
        ("exchange.yml", "versions:", "versions: [", "exchange.yml: not readable as YAML"),
    ],
)
def test_a_mistake_is_named_by_file_and_field(folder: Path, file: str, old: str, new: str, named: str) -> None:
    spoil(folder, file, old, new)

    with pytest.raises(RuleFileInvalid, match=named):
        load_rules(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "repair.yml").unlink()

    with pytest.raises(RuleFileInvalid, match=r"repair\.yml: the file is missing"):
        load_rules(folder)


def test_two_versions_from_one_day_are_refused(folder: Path) -> None:
    content = yaml.safe_load((folder / "repair.yml").read_text(encoding="utf-8"))
    content["versions"] *= 2
    (folder / "repair.yml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")

    with pytest.raises(RuleFileInvalid, match="same effective_from"):
        load_rules(folder)


def test_no_sentence_is_one_the_law_forbids(rules: Rules) -> None:
    forbidden = ["最终解释权", "视为认可", "一律不退", "拆封不退", "赠品不保修", "不得投诉"]

    text = rules.model_dump_json()

    assert not [words for words in forbidden if words in text]
