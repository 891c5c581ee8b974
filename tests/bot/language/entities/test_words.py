"""Amounts, quantities, options, titles, reasons and how overlaps are resolved."""

import pytest

from bot.language.entities.amounts import read_amounts
from bot.language.entities.chinese_numbers import number_of
from bot.language.entities.emails import read_emails
from bot.language.entities.entity import Entity, resolve
from bot.language.entities.folding import fold
from bot.language.entities.invoices import read_invoice_titles
from bot.language.entities.options import read_options
from bot.language.entities.quantities import read_quantities
from bot.language.entities.reasons import Reasons


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("两", 2),
        ("十五", 15),
        ("一百二", 120),
        ("一百零二", 102),
        ("两千三", 2300),
        ("一万五", 15000),
        ("二零二六", 2026),
        ("35", 35),
    ],
)
def test_numbers_in_characters(text: str, number: int) -> None:
    assert number_of(text) == number


@pytest.mark.parametrize("text", ["", "百", "abc", "一万百百"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert number_of(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("¥99.9", "99.90"),
        ("9块9包邮", "9.90"),
        ("一百二十块", "120.00"),
        ("1,299.00元", "1299.00"),
        ("2万块", "20000.00"),
        ("少退了20", "20.00"),
        ("5毛", "0.50"),
    ],
)
def test_money_is_yuan_with_two_places(text: str, value: str) -> None:
    assert [found.value for found in read_amounts(text)] == [value]


@pytest.mark.parametrize("text", ["一块退了吧", "三块电池", "拼图少了三块", "等了20分钟", "退了3件"])
def test_pieces_and_times_are_no_money(text: str) -> None:
    assert read_amounts(text) == []


def test_a_measure_word_makes_a_quantity_only_where_goods_are_counted() -> None:
    assert [(found.value, found.extra["unit"]) for found in read_quantities("退两件")] == [("2", "件")]
    for text in ("有一个问题", "三个月了", "第一件", "两个地址", "这一个不要了", "2包邮吗", "3只是"):
        assert read_quantities(text) == [], text


def test_sizes_colours_and_capacities_are_told_apart() -> None:
    found = read_options("红的换成xl码，128g", [])

    assert [(option.value, option.extra["kind"]) for option in resolve(found)] == [
        ("红色", "colour"),
        ("XL", "size"),
        ("128G", "capacity"),
    ]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("发票抬头改成杭州云上科技有限公司", "杭州云上科技有限公司"),
        ("开成成都小满餐饮有限公司", "成都小满餐饮有限公司"),
        ("抬头写广州市第一中学", "广州市第一中学"),
        ("抬头个人就行", "个人"),
    ],
)
def test_an_invoice_title_is_cut_from_what_leads_up_to_it(text: str, title: str) -> None:
    assert [found.value for found in read_invoice_titles(text, fold(text))] == [title]


@pytest.mark.parametrize("text", ["你们公司太坑了", "快递公司不送", "抬头怎么填", "个人信息怎么删", "能开公司抬头吗"])
def test_a_company_in_general_is_no_title(text: str) -> None:
    assert read_invoice_titles(text, fold(text)) == []


def test_an_email_is_read_around_its_sign() -> None:
    (found,) = read_emails("发到Li.Si@Mail.Example.com吧")

    assert (found.value, found.start, found.end) == ("li.si@mail.example.com", 2, 24)
    assert read_emails("@客服 a@ @b a@b") == []


def test_a_reason_denied_or_asked_about_is_none() -> None:
    reasons = Reasons({"quality": ["掉色", "坏了"]})

    assert [found.entity for found in reasons.read("掉色严重")] == ["reason"]
    assert reasons.read("会掉色吗") == []
    assert reasons.read("没坏了") == []


def test_identifiers_win_over_words_and_longer_over_shorter() -> None:
    phone = Entity("phone", "13812345678", 0, 11)
    email = Entity("email", "13812345678@139.com", 0, 19, {}, 0.98)
    colour = Entity("sku_option", "红色", 20, 22)
    product = Entity("product", "红色裙子", 20, 24)

    assert resolve([phone, colour, email, product]) == [email, product]


def test_a_reason_may_cover_the_product_it_speaks_of() -> None:
    product, reason = Entity("product", "杯子", 0, 2), Entity("reason", "damaged", 0, 4)

    assert resolve([reason, product]) == [product, reason]


def test_folding_keeps_every_offset() -> None:
    text = "發順豐İstanbul乾隆ABC"

    assert len(fold(text)) == len(text)
    assert fold("發順豐ABC") == "发顺丰abc"
