"""What the check of the training data refuses."""

from pathlib import Path

import pytest

from ops.check_training_data import examples, leak, problems


def lines(intent: str, *texts: str) -> list[tuple[str, str, str]]:
    return [(intent, text, f"{intent}:{number}") for number, text in enumerate(texts)]


def varied(intent: str, count: int) -> list[tuple[str, str, str]]:
    return lines(
        intent, *(f"{chr(0x4E00 + number * 7)}{number}{chr(0x5E00 + number * 5)}" * 3 for number in range(count))
    )


def test_the_shipped_data_is_fit() -> None:
    assert list(problems(list(examples()))) == []


def test_a_line_in_two_intents_is_refused_whatever_its_punctuation() -> None:
    found = [*varied("a", 40), *lines("b", "退货！"), *lines("c", "退货")]

    assert any("stands already" in problem for problem in problems(found))


def test_one_skeleton_may_not_make_up_an_intent() -> None:
    found = [*varied("a", 40), *lines("a", *(f"怎么申请{number}号的" for number in range(20)))]

    assert any("vary the wording" in problem for problem in problems(found))


@pytest.mark.parametrize("line", ["查[黑色](sku_option)的", '寄到[北京]{"entity": "region"}'])
def test_an_annotation_nothing_learns_from_is_refused(line: str) -> None:
    assert any("annotated" in problem for problem in problems([*varied("a", 40), *lines("a", line)]))
    assert not any("annotated" in problem for problem in problems(lines("a", "[图片] 这个（黑色）")))


def test_too_few_examples_are_refused() -> None:
    assert any("are the least" in problem for problem in problems(varied("a", 5)))


def test_evaluation_messages_in_the_data_are_counted(tmp_path: Path) -> None:
    (tmp_path / "real_messages_dev.tsv").write_text("d1\t我要退货。\treturn_apply\tclear\nd2\t别的\tother\tclear\n")

    assert leak(lines("return_apply", "我要退货"), tmp_path) == (1, 2)
