"""Questions about goods, answered by the real shop's pages."""

from collections.abc import Callable
from typing import Any

import pytest

from actions.choices import choice
from actions.elders import for_elders

Talk = Callable[..., Any]


async def test_the_page_answers_and_is_named(talk: Talk) -> None:
    shopper = talk("S001")

    await shopper.say("product_info", "这双跑鞋防水吗", product="跑鞋")

    assert "不防水" in shopper.text
    assert "商品页" in shopper.text


async def test_a_question_after_it_is_about_the_same_product(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("product_info", "星野手机防水吗", product="手机")

    await shopper.say("product_info", "续航多久")

    assert "5500" in shopper.text


async def test_what_the_page_does_not_say_is_not_made_up(talk: Talk) -> None:
    shopper = talk("S001")

    await shopper.say("product_info", "跑鞋有甲醛吗", product="跑鞋")

    assert "没有写" in shopper.text
    assert shopper.titles == ["转人工"]


async def test_without_a_product_it_is_asked_for_and_the_question_kept(talk: Talk) -> None:
    shopper = talk(None)
    await shopper.say("product_info", "续航多久")

    await shopper.say("inform", "鲸声耳机", product="耳机")

    assert "8 小时" in shopper.text


async def test_stock_is_looked_up(talk: Talk) -> None:
    shopper = talk("S010")

    await shopper.say("product_stock", "连体衣浅粉66有货吗", product="连体衣")

    assert "没货" in shopper.text


async def test_the_help_pages_answer_general_questions(talk: Talk) -> None:
    shopper = talk("S001")

    await shopper.say("account_issue", "忘记密码怎么办")

    assert "帮助中心" in shopper.text


async def test_an_exchange_for_what_is_sold_out_offers_what_is_there(talk: Talk) -> None:
    shopper = talk("S001")

    await shopper.say("exchange_apply", "鞋子小了换成45码", sku_option="45码")

    assert "没有“45码”" in shopper.text
    assert "雾灰 43" in shopper.titles


PICTURE = {"attachment_id": "a1", "name": "鞋底.jpg", "url": "http://bridge/v1/files/a1", "is_new": True}


async def test_a_photo_in_a_form_waits_and_goes_with_the_case(talk: Talk) -> None:
    shopper = talk("S001", pictures=[PICTURE])
    await shopper.say("return_apply", "鞋子开胶了要退货", reason="quality")

    await shopper.say("inform", "[图片]", choice="picture")
    assert "照片收到" in shopper.text
    await shopper.say("affirm", "确认提交")

    assert "1 张照片" in shopper.text
    assert [len(card.case.evidence) for card in shopper.cards if card.type == "case"] == [1]  # shown with it
    assert shopper.slots["attached_pictures"] == ["a1"]


async def test_a_photo_outside_a_form_goes_with_the_only_case_under_way(talk: Talk) -> None:
    shopper = talk("S007", pictures=[PICTURE])

    await shopper.say("inform", "[图片]", choice="picture")

    assert "已经放进售后单" in shopper.text


async def test_a_photo_with_no_case_asks_what_it_shows(talk: Talk) -> None:
    shopper = talk("S001", pictures=[PICTURE])

    await shopper.say("inform", "[图片]", choice="picture")

    assert "哪种情况" in shopper.text
    assert "收到时已破损" in shopper.titles


async def test_elders_have_the_person_first_and_few_things_to_choose(talk: Talk) -> None:
    shopper = talk("S001", page={"elder": "1"})

    await shopper.say("return_apply", "我要退鞋子")

    assert shopper.titles[0] == "转人工"
    assert len(shopper.titles) <= 4


@pytest.mark.parametrize("count", [0, 2, 9])
def test_the_elder_mode_adds_a_person_and_keeps_the_first_ways(count: int) -> None:
    ways = [choice("return_apply")] * count

    _, shown, _ = for_elders("utter_greet", ways, [])

    assert [each.intent for each in shown] == ["human_request", *["return_apply"] * min(count, 3)][: count and 4]
