"""From a wish to a case, through the real shop and the real rules."""

from collections.abc import Callable
from typing import Any

import httpx

Talk = Callable[..., Any]


async def test_shoes_too_big_become_a_return_case_after_one_confirmation(talk: Talk) -> None:
    shopper = talk("S001")

    await shopper.say("return_apply", "鞋子大了想退货", product="鞋子")

    verdict = next(card for card in shopper.cards if card.type == "verdict").verdict
    assert verdict.decision == "allowed"
    assert verdict.freight_payer == "shopper"
    assert verdict.last_day is not None
    assert shopper.titles == ["确认提交", "选错了，换一件", "先不办了"]

    await shopper.press("确认提交")

    case = shopper.cards[0].case
    assert case.case_id in shopper.text
    assert case.next_step in shopper.text
    assert (case.type, case.reason) == ("return_refund", "size")
    assert shopper.loop is None


async def test_the_reason_is_asked_only_when_the_text_does_not_give_it(talk: Talk) -> None:
    shopper = talk("S001")

    await shopper.say("return_apply", "我要退货")

    assert "原因" in shopper.text
    await shopper.press("不喜欢/不想要了")
    assert shopper.cards[0].verdict.decision == "allowed"


async def test_several_orders_are_offered_as_cards_and_the_pressed_one_is_taken(talk: Talk) -> None:
    shopper = talk("S009")

    await shopper.say("return_apply", "我想退货")

    assert len([card for card in shopper.cards if card.type == "order"]) > 1
    assert shopper.slots["requested_slot"] == "order_number"


async def test_a_word_for_the_goods_chooses_among_several_orders(talk: Talk) -> None:
    shopper = talk("S004")

    await shopper.say("return_apply", "项链不想要了能退吗", product="项链")

    assert "项链" not in shopper.titles
    assert shopper.cards[0].verdict.decision == "refused"


async def test_a_refusal_is_explained_and_leaves_other_ways_and_a_person(talk: Talk) -> None:
    shopper = talk("S006")

    await shopper.say("return_apply", "大衣不想要了，退货", product="大衣")

    assert shopper.cards[0].verdict.decision == "refused"
    assert shopper.titles[-1] == "转人工"
    assert shopper.loop is None
    await shopper.press("转人工")
    assert shopper.handoff.reason == "policy_needs_person"
    assert shopper.handoff.verdicts


async def test_after_a_refusal_quality_opens_the_way_it_names(talk: Talk) -> None:
    shopper = talk("S004")
    await shopper.say("return_apply", "项链不想要了能退吗", product="项链")

    await shopper.press("商品有质量问题")
    await shopper.press("退货退款")

    verdict = next(card for card in shopper.cards if card.type == "verdict").verdict
    assert verdict.decision == "allowed"
    assert verdict.freight_payer == "shop"


async def test_exchange_can_replace_return_in_the_middle(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("return_apply", "鞋子大了想退货", product="鞋子")

    await shopper.say("exchange_apply", "换成换货吧")
    assert "规格" in shopper.text
    await shopper.say("inform", "41码", sku_option="41码")

    assert "换货" in shopper.text
    await shopper.press("确认提交")
    assert shopper.cards[0].case.type == "exchange"


async def test_stopping_submits_nothing(talk: Talk, shop_http: httpx.AsyncClient) -> None:
    shopper = talk("S001")
    await shopper.say("return_apply", "鞋子大了想退货", product="鞋子")

    await shopper.say("deny", "算了不退了")

    assert "没有提交" in shopper.text or "不提交" in shopper.text or "什么都没有" in shopper.text
    assert shopper.loop is None
    listed = await shop_http.get("/v1/cases", headers={"X-Turn-Token": shopper.turn_token})
    assert listed.json() == []


async def test_choosing_other_goods_asks_again_and_keeps_the_reason(talk: Talk) -> None:
    shopper = talk("S008")
    await shopper.say("return_apply", "T恤大了退一件", product="T恤")

    await shopper.say("deny", "不对，是另一件")

    assert [card.type for card in shopper.cards] == ["order", "order"]
    assert shopper.slots["case_reason"] == "size"


async def test_a_digression_is_answered_and_the_question_comes_again(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("return_apply", "我要退货")

    answers = await shopper.say("return_freight", "运费谁出")

    assert "运费" in answers[0].text
    assert "原因" in answers[-1].text
    assert shopper.loop == "aftersale_form"


async def test_asking_for_a_person_leaves_the_form_with_everything_known(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("return_apply", "鞋子大了想退货", product="鞋子")

    await shopper.say("human_request", "转人工")

    assert shopper.loop is None
    assert shopper.handoff.reason == "asked_for_person"
    assert shopper.handoff.slots["case_type"] == "退货退款"
    assert shopper.handoff.order_number
    assert shopper.handoff.skill == "aftersale"


async def test_an_unpaid_return_of_unshipped_goods_becomes_a_refund(talk: Talk) -> None:
    shopper = talk("S005")

    await shopper.say("refund_apply", "还没发货，退款吧，不想要了")

    assert shopper.cards[0].title == "退款"
    await shopper.press("确认提交")
    assert shopper.cards[0].case.type == "refund_only"


async def test_a_phone_in_warranty_is_booked_for_repair(talk: Talk) -> None:
    shopper = talk("S003")

    await shopper.say("repair_apply", "手机开不了机，能修吗", product="手机")

    assert "保修" in shopper.text
    await shopper.press("确认提交")
    assert shopper.cards[0].case.type == "repair"


async def test_a_fault_with_a_wish_starts_the_form_at_once(talk: Talk) -> None:
    shopper = talk("S003")

    await shopper.say("quality_defect", "手机开不了机，能修吗", product="手机")

    assert shopper.loop == "aftersale_form"
    assert shopper.cards[0].title == "维修"


async def test_a_fault_without_a_wish_is_answered_by_the_ways_out(talk: Talk) -> None:
    shopper = talk("S003")

    await shopper.say("quality_defect", "手机老是黑屏", product="手机")

    assert shopper.titles == ["维修", "换货", "退货退款", "转人工"]
    await shopper.press("维修")
    assert shopper.cards[0].title == "维修"


async def test_a_repair_without_a_symptom_asks_for_it(talk: Talk) -> None:
    shopper = talk("S003")

    await shopper.say("repair_apply", "我要报修")
    assert "故障" in shopper.text
    await shopper.say("nlu_fallback", "屏幕一闪一闪的")

    assert shopper.cards[0].title == "维修"
    assert "屏幕一闪一闪的" in shopper.slots["description"]


async def test_several_pieces_are_counted_before_anything_else(talk: Talk) -> None:
    shopper = talk("S008")

    await shopper.say("return_apply", "T恤大了，退一件", product="T恤")

    summary = next(card for card in shopper.cards if card.type == "summary")
    assert ("数量", "1") in [tuple(row) for row in summary.rows]


async def test_the_number_of_pieces_is_asked_when_it_is_open(talk: Talk) -> None:
    shopper = talk("S008")

    await shopper.say("return_apply", "T恤大了，想退", product="T恤")

    assert "1件" in shopper.titles
    await shopper.press("2件")
    assert next(card for card in shopper.cards if card.type == "verdict")


async def test_goods_with_a_case_under_way_get_no_second_one(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("return_apply", "鞋子大了想退货", product="鞋子")
    await shopper.press("确认提交")

    await shopper.say("return_apply", "鞋子大了想退货", product="鞋子")

    assert shopper.cards[0].type == "case"
    assert "撤销售后申请" in shopper.titles


async def test_another_shoppers_order_is_simply_not_there(talk: Talk, shop_http: httpx.AsyncClient) -> None:
    foreign = await shop_http.get("/v1/orders", headers={"X-Turn-Token": talk("S001").turn_token})
    number = foreign.json()[0]["order_number"]
    shopper = talk("S003")

    await shopper.say("return_apply", f"{number} 退货", order_number=number)

    assert number in shopper.text
    assert "没有查到" in shopper.text
    assert not shopper.cards


async def test_naming_other_goods_corrects_the_choice(talk: Talk) -> None:
    shopper = talk("S004")
    await shopper.say("return_apply", "项链有质量问题，退货")

    await shopper.say("deny", "不对，是面膜")

    assert any("面膜" in str(card) for card in shopper.cards)


async def test_repeating_the_question_does_not_repeat_the_verdict(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("return_apply", "鞋子大了想退货")

    await shopper.say("refund_progress", "多久到账")

    assert not [card for card in shopper.cards if card.type == "verdict"]
    assert "确认提交" in shopper.titles


async def test_the_words_before_a_button_stay_the_description(talk: Talk) -> None:
    shopper = talk("S003")
    await shopper.say("quality_defect", "手机老是黑屏")

    await shopper.press("维修")

    assert shopper.slots["description"] == "手机老是黑屏"


async def test_refusing_the_return_and_naming_the_exchange_exchanges(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("return_apply", "鞋子大了想退货", product="鞋子")

    await shopper.say("return_apply", "不是退货，是换货")

    assert shopper.slots["case_type"] == "exchange"


async def test_not_yet_stops_and_what_was_said_still_holds(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("return_apply", "鞋子大了想退货", product="鞋子")
    await shopper.say("aftersale_cancel", "先别退")
    assert shopper.loop is None

    await shopper.say("exchange_apply", "还是换货吧")

    assert "规格" in shopper.text
    assert shopper.slots["case_reason"] == "size"


async def test_giving_up_one_service_for_another_goes_on(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("exchange_apply", "换43码", sku_option="43码")

    await shopper.say("return_apply", "算了还是退货")

    assert shopper.loop == "aftersale_form"
    assert shopper.slots["case_type"] == "return_refund"


async def test_the_pieces_are_corrected_at_the_confirmation(talk: Talk) -> None:
    shopper = talk("S008")
    await shopper.say("return_apply", "T恤大了退一件", product="T恤")

    await shopper.say("deny", "不对，退两件")

    assert shopper.slots["case_quantity"] == 2


async def test_a_size_is_reason_enough_for_an_exchange(talk: Talk) -> None:
    shopper = talk("S001")

    await shopper.say("exchange_apply", "换成43码", sku_option="43码")

    assert shopper.titles[0] == "确认提交"
    assert shopper.slots["case_reason"] == "size"


async def test_another_size_at_the_confirmation_replaces_the_first(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("exchange_apply", "换成43码", sku_option="43码")

    await shopper.say("nlu_fallback", "41")

    assert shopper.slots["wanted_option"] == "雾灰 41"


async def test_a_bare_reason_answers_even_where_it_reads_as_something_else(talk: Talk) -> None:
    shopper = talk("S005")
    await shopper.say("refund_apply", "我要退款")

    await shopper.say("logistics_urge_ship", "发货太慢", reason="late")

    assert shopper.slots["case_reason"] == "late"


async def test_a_repeated_question_is_shorter_than_the_first(talk: Talk) -> None:
    shopper = talk("S001")
    first = (await shopper.say("return_apply", "我要退货"))[-1].text

    again = (await shopper.say("affirm", "是"))[-1].text

    assert again != first
