"""Harm that happened counts; what is asked about, feared, denied or meant otherwise does not."""

import time

import pytest

from bench.reading import LOOKUPS
from bot.language.safety import SafetyWords, find_identity_data, read_emergency

WORDS = SafetyWords.read(LOOKUPS)


@pytest.mark.parametrize(
    ("text", "emergency"),
    [
        ("孩子吃了过敏送医院了", "injury"),
        ("充电宝冒烟起火了", "fire"),
        ("被热水器电到了", "injury"),
        ("被诈骗了，转了五千", "fraud"),
        ("银行卡被盗刷了", "theft"),
        ("過敏了，臉都腫了", "injury"),
    ],
)
def test_harm_that_happened_is_an_emergency(text: str, emergency: str) -> None:
    assert read_emergency(text, WORDS) == emergency


@pytest.mark.parametrize(
    "text",
    [
        "会过敏吗",
        "用了会不会起疹子",
        "万一起火怎么办",
        "没有受伤",
        "我真的火大",
        "气炸了",
        "你们这是诈骗",
        "烫伤膏有货吗",
        "空气炸锅",
        "",
    ],
)
def test_questions_figures_of_speech_and_goods_are_none(text: str) -> None:
    assert read_emergency(text, WORDS) == ""


def test_identity_data_is_found_with_its_place_in_the_cleaned_text() -> None:
    (found,) = find_identity_data(" 我的身份证：11010519491231002x ")

    assert (found.kind, found.start, found.end) == ("id_card", 6, 24)


@pytest.mark.parametrize(
    "text",
    ["2145678901234567890", "SF1234567890123", "13812345678", "税号914403001922038216", "订单号6222021200045872137"],
)
def test_orders_parcels_and_phones_are_no_identity_data(text: str) -> None:
    assert find_identity_data(text) == []


@pytest.mark.parametrize(
    "piece", ["过敏", "脸", "孩子", "用了", "烧", "被", "转账", "会不会", "\ud800", "1", "电池", "水", "钱", "，"]
)
def test_reading_is_linear_in_the_length_of_the_text(piece: str) -> None:
    text = (piece * 4000)[:4000]

    start = time.process_time()
    read_emergency(text, WORDS)

    assert time.process_time() - start < 0.8


def test_the_model_finds_what_no_list_holds_and_keeps_out_of_questions(harm) -> None:
    assert harm("香薰蜡烛的杯子裂开，火苗窜到桌布上") == "fire"
    assert harm("用了这个会不会过敏") == ""
    assert harm("什么时候发货") == ""


STORY = "东西是上个月买的，包装也还好，客服一直很客气，用了差不多三个礼拜，{}，发票我还留着，地址也没有变，你们看怎么弄"


def test_a_long_story_does_not_drown_the_half_sentence_with_the_harm(harm) -> None:
    assert harm(STORY.format("前天压面刀把孩子大拇指削掉一块")) == "injury"
    assert harm(STORY.format("前天发现盒子里少了一张说明书")) == ""


def test_a_harm_is_found_without_any_mark_between_the_clauses(harm) -> None:
    assert harm(STORY.format("前天压面刀把孩子大拇指削掉一块").replace("，", "")) == "injury"


def test_words_do_not_count_where_the_model_is_sure_of_the_opposite(harm) -> None:
    text = "破伤风针你们卖吗"

    assert read_emergency(text, WORDS) == "injury"
    assert harm(text) == ""


@pytest.mark.parametrize("piece", ["过敏", "用了，", "会不会", "\ud800", "1", "，", " ", "孩子 ", "😡"])
def test_words_and_model_together_read_4000_characters_in_time(harm, piece: str) -> None:
    start = time.process_time()
    harm((piece * 4000)[:4000])

    assert time.process_time() - start < 0.8
