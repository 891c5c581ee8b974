"""Everything together: words of the lookups, rules, and any string at all."""

import time

import jieba
import pytest

from bench.reading import LOOKUPS, SATURDAY
from bot.language.entities.lookups import read_tables, terms_of
from bot.language.entities.pipeline import EntityPipeline
from bot.language.normalise import clean


def test_offsets_count_in_the_cleaned_text(pipeline: EntityPipeline) -> None:
    text = "  我買的\u200b黑色　羽絨服，訂單２１４５６７８９０１２３４５６７８９０ "

    found = pipeline.read(text, SATURDAY)

    cleaned = clean(text)
    assert [(e.entity, cleaned[e.start : e.end]) for e in found] == [
        ("sku_option", "黑色"),
        ("product", "羽絨服"),
        ("order_number", "2145678901234567890"),
    ]


def test_words_of_the_segmenter_are_used_and_change_nothing(pipeline: EntityPipeline) -> None:
    text = "顺丰到广东深圳要几天，羽绒服想换L码"

    with_words = pipeline.read(text, SATURDAY, words=jieba.lcut(text))

    assert with_words == pipeline.read(text, SATURDAY)
    assert [e.value for e in with_words if e.entity == "region"] == ["广东省深圳市"]


def test_the_category_of_a_product_is_its_class_in_the_policy(pipeline: EntityPipeline) -> None:
    (found,) = pipeline.read("蓝莓什么时候到", SATURDAY)

    assert (found.entity, found.extra) == ("product", {"category": "fresh_food"})


def test_two_words_for_one_thing_are_one_product_of_the_last_words_class(pipeline: EntityPipeline) -> None:
    (found,) = pipeline.read("打印机墨盒呢", SATURDAY)

    assert found.value == "打印机墨盒"


def test_a_named_carrier_settles_a_shape_two_carriers_share(pipeline: EntityPipeline) -> None:
    found = pipeline.read("申通431234567890123", SATURDAY)

    assert [e.extra.get("carrier") for e in found if e.entity == "tracking_number"] == ["STO"]


def test_cards_are_never_entities(pipeline: EntityPipeline) -> None:
    assert pipeline.read("身份证11010519491231002X 银行卡6222021200045872137", SATURDAY) == []


def test_jieba_keeps_every_word_of_the_lookups_whole(pipeline: EntityPipeline) -> None:
    cut = [term.word for term in terms_of(read_tables(LOOKUPS)) if jieba.lcut(term.word) != [term.word]]

    assert cut == [], "add them to nlu_data/dictionary/lookups.txt"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\ud800\udfff",
        "😡" * 50,
        "\x00\x1b",
        "@" * 4000,
        "-" * 4000,
        "/",
        "١٢٣٤٥٦٧٨٩٠١",
        "²³" * 9,
        "𠮷野家退货",
        "\u202e退货",
    ],
)
def test_no_string_is_too_strange(pipeline: EntityPipeline, text: str) -> None:
    pipeline.read(text, SATURDAY)


PATTERNS = [
    "1", "a", "A1", "1 ", "1-", "一", "十", "@", "a@", "a.", "¥1", "1,", "上", "三天", "月", "号", "公司", "抬头",
    "有限公司",
    "广东", "手机", "红", "少", "没", "会", "点", "周一", "退了", "12345678 ", "138 1234 ", "6222-", "开", "不", "大了",
]  # fmt: skip


@pytest.mark.parametrize("piece", PATTERNS)
def test_reading_is_linear_in_the_length_of_the_text(pipeline: EntityPipeline, piece: str) -> None:
    text = (piece * 4000)[:4000]

    start = time.process_time()
    pipeline.read(text, SATURDAY)

    assert time.process_time() - start < 0.8
