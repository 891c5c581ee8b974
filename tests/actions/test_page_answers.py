"""A page answers what it says, and nothing else."""

from decimal import Decimal

import pytest

from actions.exchange_stock import in_stock, option_text, option_wanted
from actions.page_answers import help_for, line_for, options_named, values_by_name
from actions.products import page_answer
from contracts.shop import HelpEntry, OrderLine, OrderOption, PageLine, ProductPage

OPTIONS = [
    OrderOption(sku_id=f"S{n}", options={"颜色": colour, "尺码": size}, in_stock=size != "43")
    for n, (colour, size) in enumerate((c, s) for c in ("雾灰", "曜黑") for s in ("41", "42", "43"))
]
PAGE = ProductPage(
    product_id="P1",
    title="云步轻量缓震跑鞋",
    price=Decimal("299.00"),
    lines=[
        PageLine(label="材质", text="鞋面飞织网布。"),
        PageLine(label="防水", text="不防水，雨天不建议穿。"),
        PageLine(label="清洗", text="湿布刷洗，不要机洗。"),
    ],
    options=OPTIONS,
)
LINE = OrderLine(
    line_id="L1",
    sku_id="S1",
    title=PAGE.title,
    category="shoes",
    options={"颜色": "雾灰", "尺码": "42"},
    unit_price=Decimal("299.00"),
    quantity=1,
    paid=Decimal("299.00"),
)


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("这鞋什么料子的", "材质"),
        ("下雨天能穿不", "防水"),
        ("能不能放洗衣机里机洗", "清洗"),
        ("有没有送鞋带", None),
        ("好看吗", None),
        ("鞋子有甲醛吗", None),
    ],
)
def test_a_line_answers_what_it_is_about_and_silence_is_no_answer(question: str, label: str | None) -> None:
    found = line_for(question, PAGE)

    assert (found and found.label) == label


def test_a_help_entry_that_is_about_something_else_is_no_answer() -> None:
    entry = HelpEntry(entry_id="H1", question="忘记密码怎么办", answer="在登录页点“忘记密码”，用手机号重设。")

    assert help_for("密码忘记了怎么办", [entry]) == entry
    assert help_for("你们老板是谁", [entry]) is None


@pytest.mark.parametrize(
    ("said", "named"), [("43码", ["S2", "S5"]), ("黑色42", ["S4"]), ("黑色的", ["S3", "S4", "S5"]), ("粉的", [])]
)
def test_options_are_named_by_their_values(said: str, named: list[str]) -> None:
    assert [option.sku_id for option in options_named(said, OPTIONS)] == named


def test_stock_and_options_come_from_what_can_be_bought() -> None:
    gone = page_answer("还有43码吗", PAGE, "product_info")
    there = page_answer("42码有货吗", PAGE, "product_stock")

    assert gone
    assert there
    assert (gone.response, there.response) == ("utter_product_sold_out", "utter_product_in_stock")
    assert values_by_name(OPTIONS) == {"颜色": ["雾灰", "曜黑"], "尺码": ["41", "42", "43"]}


@pytest.mark.parametrize(
    ("said", "option", "sold_out", "is_unknown"),
    [
        ("41", "雾灰 41", None, False),
        ("小一码", "雾灰 41", None, False),
        ("大一码", None, "雾灰 43", False),
        ("黑色", "曜黑 42", None, False),
        ("43", None, "雾灰 43", False),
        ("44码", None, None, True),
        ("一模一样的", None, None, False),
    ],
)
def test_what_an_exchange_is_for_keeps_what_was_not_named(
    said: str, option: str | None, sold_out: str | None, is_unknown: bool
) -> None:
    others = [each for each in OPTIONS if each.sku_id != LINE.sku_id]

    wanted = option_wanted(said, LINE, others)

    assert (wanted.option and option_text(wanted.option)) == option
    assert (wanted.sold_out and option_text(wanted.sold_out)) == sold_out
    assert wanted.is_unknown == is_unknown


def test_what_is_most_like_the_goods_is_offered_first() -> None:
    assert [option_text(each) for each in in_stock(LINE, OPTIONS)][:2] == ["雾灰 42", "雾灰 41"]
