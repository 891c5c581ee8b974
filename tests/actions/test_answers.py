"""What the bot answers outside the form: parcels, orders, cases, complaints, persons, misunderstandings."""

from collections.abc import Callable
from typing import Any

import pytest

from actions.registry import build_actions
from actions.services import Services
from policy import answer_question, load_rules
from tests.actions.conftest import NOW

Talk = Callable[..., Any]


async def test_the_only_parcel_under_way_is_shown_at_once(talk: Talk) -> None:
    shopper = talk("S007")

    await shopper.say("logistics_track", "我的快递到哪了")

    card = shopper.cards[0]
    assert card.type == "logistics"
    assert card.shipment.events[0].text in shopper.text
    assert card.shipment.carrier_name in shopper.text


async def test_of_several_parcels_the_shopper_chooses_and_sees_it(talk: Talk) -> None:
    shopper = talk("S002")

    await shopper.say("logistics_track", "我的快递到哪了")
    assert [card.type for card in shopper.cards] == ["order"] * 3
    await shopper.press(shopper.cards[0].choice.title)

    assert shopper.cards[0].type == "logistics"


@pytest.mark.parametrize("answer", ["第二个", "耳机那个"])
async def test_the_order_can_be_named_in_words(talk: Talk, answer: str) -> None:
    shopper = talk("S002")
    await shopper.say("logistics_track", "我的快递到哪了")
    offered = shopper.cards

    await shopper.say("inform", answer)

    assert shopper.cards[0].order_number in {card.order.order_number for card in offered}


async def test_no_parcel_is_said_as_it_is(talk: Talk) -> None:
    shopper = talk("S001")

    await shopper.say("logistics_track", "我的快递到哪了")

    assert "没有在路上的包裹" in shopper.text


async def test_a_follow_up_stays_with_the_order_spoken_of(talk: Talk) -> None:
    shopper = talk("S002")
    await shopper.say("logistics_track", "我的快递到哪了")
    await shopper.press(shopper.cards[1].choice.title)
    number = shopper.cards[0].order_number

    await shopper.say("logistics_stuck", "怎么不动了")

    assert shopper.cards[0].order_number == number


async def test_urging_twice_makes_one_ticket(talk: Talk) -> None:
    shopper = talk("S007")
    await shopper.say("logistics_urge_delivery", "快点送啊")
    first = shopper.cards[-1].ticket.ticket_id

    await shopper.say("logistics_urge_delivery", "快点")

    assert shopper.cards[-1].ticket.ticket_id == first


async def test_late_shipping_is_called_late_and_urged(talk: Talk) -> None:
    shopper = talk("S005")

    await shopper.say("logistics_urge_ship", "怎么还不发货")

    assert "超过承诺" in shopper.text
    assert shopper.cards[0].type == "ticket"


async def test_a_tracking_number_names_its_order(talk: Talk) -> None:
    shopper = talk("S007")
    await shopper.say("logistics_track")
    tracking = shopper.cards[0].shipment.tracking_number

    await shopper.say("inform", tracking, tracking_number=tracking)

    assert shopper.cards[0].shipment.tracking_number == tracking


async def test_a_complaint_gets_an_owner_a_deadline_and_a_person(talk: Talk) -> None:
    shopper = talk("S001")

    await shopper.say("complaint_raise", "你们服务太差了我要投诉")

    ticket = shopper.cards[0].ticket
    assert ticket.kind == "complaint"
    assert ticket.ticket_id in shopper.text
    assert ticket.owner in shopper.text
    await shopper.say("affirm", "好的")
    assert shopper.handoff.reason == "complaint"
    assert shopper.handoff.skill == "complaint"


async def test_complaining_again_shows_the_same_ticket(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("complaint_raise", "我要投诉")
    first = shopper.cards[0].ticket.ticket_id

    await shopper.say("complaint_raise", "投诉你们")

    assert shopper.cards[0].ticket.ticket_id == first


async def test_a_person_is_called_in_the_same_turn_without_a_question(talk: Talk) -> None:
    shopper = talk("S001")

    await shopper.say("human_request", "rengong")

    assert shopper.handoff.reason == "asked_for_person"
    assert "？" not in shopper.text
    assert not shopper.choices


async def test_harm_goes_to_a_person_as_an_emergency(talk: Talk) -> None:
    shopper = talk("S001")

    await shopper.say("quality_safety", "充电冒烟了")

    assert shopper.handoff.priority == "emergency"
    assert "断电" in shopper.text


@pytest.mark.parametrize("intent", ["complaint_compensation", "complaint_platform"])
async def test_outside_bodies_and_compensation_go_to_a_person(talk: Talk, intent: str) -> None:
    shopper = talk("S001")

    await shopper.say(intent, "12315见")

    assert shopper.handoff.reason == "complaint"
    assert "12315见" in shopper.handoff.evidence


async def test_insults_twice_bring_a_person(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("abuse", "垃圾")
    assert shopper.handoff is None

    await shopper.say("abuse", "你是猪吗")

    assert shopper.handoff.reason == "abuse"


async def test_a_first_miss_offers_three_guesses_and_a_person(talk: Talk) -> None:
    shopper = talk("S001")

    ranking = ("logistics_track", "greet", "invoice_apply", "return_apply", "price_protect")
    await shopper.say("nlu_fallback", "那个啥来着", ranking=ranking)

    assert shopper.titles == ["查物流", "开发票", "申请退货", "都不是", "转人工"]


async def test_a_second_miss_in_a_row_brings_a_person(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("nlu_fallback", "阿巴阿巴")

    await shopper.say("nlu_fallback", "😡😡")

    assert shopper.handoff.reason == "not_understood_twice"


async def test_a_choice_between_two_misses_starts_the_count_again(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("nlu_fallback", "那个啥", ranking=("member_points",))
    await shopper.press("查会员和积分")

    await shopper.say("nlu_fallback", "阿巴")

    assert shopper.handoff is None


async def test_a_refund_under_way_is_shown_with_its_next_step(talk: Talk) -> None:
    shopper = talk("S007")

    await shopper.say("refund_progress", "我的退款到哪了")

    case = shopper.cards[0].case
    assert case.next_step in shopper.text


async def test_a_case_is_withdrawn_only_after_confirmation(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("return_apply", "鞋子大了想退货", product="鞋子")
    await shopper.press("确认提交")

    await shopper.say("aftersale_cancel", "不退了")
    assert "确认撤销" in shopper.titles
    await shopper.say("affirm", "确认")

    assert shopper.cards[0].case.status == "cancelled"


async def test_a_visitor_proves_the_order_and_gets_the_answer(talk: Talk) -> None:
    owner = talk("S007")
    await owner.say("logistics_track")
    number = owner.cards[0].order_number
    visitor = talk(None)

    await visitor.say("logistics_track", "我的快递到哪了")
    assert "订单号" in visitor.text
    await visitor.say("inform", number, order_number=number)
    assert "后四位" in visitor.text
    await visitor.say("nlu_fallback", "2222")

    assert visitor.cards[0].order_number == number


async def test_a_visitor_with_wrong_digits_learns_nothing(talk: Talk) -> None:
    owner = talk("S007")
    await owner.say("logistics_track")
    number = owner.cards[0].order_number
    visitor = talk(None)
    await visitor.say("logistics_track", f"查下{number}，手机尾号0000", order_number=number)

    assert "没有对上" in visitor.text
    assert not visitor.cards


async def test_a_visitor_returns_goods_after_the_proof(talk: Talk) -> None:
    owner = talk("S001")
    await owner.say("order_status", "我的订单")
    number = owner.cards[0].order.order_number
    visitor = talk(None)

    await visitor.say("return_apply", "鞋子大了想退货", product="鞋子")
    await visitor.say("inform", f"{number} 5678", order_number=number)

    assert any(card.type == "verdict" for card in visitor.cards)


async def test_when_the_shop_is_down_the_bot_says_so_and_keeps_the_wish(broken_services: Services, talk: Talk) -> None:
    shopper = talk("S001")
    shopper.actions = {action.name(): action for action in build_actions(broken_services)}

    await shopper.say("logistics_track", "我的快递到哪了")

    assert shopper.titles == ["再试一次", "转人工"]
    assert shopper.choices[0].intent == "logistics_track"
    await shopper.press("转人工")
    assert shopper.handoff.reason == "shop_unavailable"


async def test_when_the_shop_fails_at_the_confirmation_nothing_is_lost(
    services: Services, broken_services: Services, talk: Talk
) -> None:
    shopper = talk("S001")
    await shopper.say("return_apply", "鞋子大了想退货", product="鞋子")
    whole = shopper.actions
    shopper.actions = {action.name(): action for action in build_actions(broken_services)}

    await shopper.press("确认提交")
    assert shopper.loop == "aftersale_form"
    shopper.actions = whole
    await shopper.press("再试一次")

    assert shopper.cards[0].case.type == "return_refund"


async def test_the_outage_is_said_once_even_inside_a_form(
    services: Services, broken_services: Services, talk: Talk
) -> None:
    shopper = talk("S001")
    await shopper.say("return_apply", "鞋子大了想退货", product="鞋子")
    shopper.actions = {action.name(): action for action in build_actions(broken_services)}

    await shopper.say("logistics_track", "我的快递到哪了")

    assert len(shopper.said) == 1
    assert shopper.loop == "aftersale_form"


async def test_identity_data_is_never_repeated_and_goes_to_a_person(talk: Talk) -> None:
    shopper = talk("S001")

    await shopper.say("inform", "我身份证110101199003078515", reading={"identity_data": ["id_card"]})

    assert shopper.handoff.reason == "identity_data"
    assert "110101" not in shopper.handoff.model_dump_json() + shopper.text


async def test_identity_data_leaves_a_form(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("return_apply", "鞋子大了想退货", product="鞋子")

    await shopper.say("inform", "卡号6222021234567890128", reading={"identity_data": ["bank_card"]})

    assert shopper.handoff.reason == "identity_data"
    assert shopper.loop is None


@pytest.mark.parametrize("intent", ["logistics_track", "order_status", "logistics_arrival_time", "invoice_progress"])
async def test_an_unknown_number_is_said_to_be_unknown(talk: Talk, intent: str) -> None:
    shopper = talk("S007")

    await shopper.say(intent, "999999999999999999 这个订单到哪了")

    assert "没有查到单号 999999999999999999" in shopper.text
    assert not shopper.cards


async def test_a_typed_title_is_the_button(talk: Talk) -> None:
    shopper = talk("S002")
    await shopper.say("logistics_stuck", "枕头三天没动了", product="枕头")

    await shopper.say("account_issue", "登记核实")
    first = shopper.cards[-1].ticket.ticket_id
    await shopper.say("logistics_stuck", "丢了怎么办")

    assert "已经登记核实" in shopper.text
    assert shopper.cards[0].ticket.ticket_id == first


async def test_a_few_words_take_what_the_button_knows(talk: Talk) -> None:
    shopper = talk("S003")
    await shopper.say("quality_defect", "手机老是黑屏", product="手机")

    await shopper.say("repair_apply", "修一下吧")

    assert shopper.cards[0].title == "维修"
    assert shopper.slots["description"] == "手机老是黑屏"


async def test_an_order_is_chosen_by_its_state(talk: Talk) -> None:
    shopper = talk("S010")
    await shopper.say("order_cancel", "能取消吗")

    await shopper.say("inform", "刚付款那个")

    assert shopper.cards[0].order.status_text == "待发货"


async def test_a_state_in_the_wish_itself_chooses_the_order(talk: Talk) -> None:
    shopper = talk("S010")

    await shopper.say("order_cancel", "还没发货能取消吗")

    assert "要取消吗" in shopper.text
    assert shopper.cards[0].order.status_text == "待发货"


async def test_only_the_order_with_an_invoice_is_meant(talk: Talk) -> None:
    shopper = talk("S008")

    await shopper.say("invoice_progress", "发票什么时候开")

    assert "正在开具" in shopper.text


async def test_a_rejected_case_is_the_one_that_was_rejected(talk: Talk) -> None:
    shopper = talk("S009")

    await shopper.say("aftersale_modify", "为什么拒绝我")
    assert shopper.cards[0].case.status == "rejected"
    await shopper.say("deny", "我不同意")
    await shopper.say("affirm", "好")

    assert shopper.handoff.reason == "policy_needs_person"


async def test_the_resend_is_no_order_to_ship(talk: Talk) -> None:
    shopper = talk("S009")

    await shopper.say("logistics_when_ship", "补发的什么时候发")

    assert shopper.cards[0].case.type == "resend"


async def test_a_short_name_goes_on_with_the_last_wish(talk: Talk) -> None:
    shopper = talk("S002")
    await shopper.say("logistics_track", "大衣到哪了", product="大衣")
    coat = shopper.cards[0].order_number

    await shopper.say("nlu_fallback", "上一单")

    assert shopper.cards[0].type == "logistics"
    assert shopper.cards[0].order_number != coat


async def test_the_same_general_answer_is_not_given_twice(talk: Talk) -> None:
    shopper = talk("S001")
    await shopper.say("coupon_issue", "券用不了")

    await shopper.say("coupon_issue", "还是用不了")

    assert shopper.titles == ["转人工"]
    assert "券用不了多半" not in shopper.text


async def test_a_visitor_who_asks_back_is_told_where_the_number_is(talk: Talk) -> None:
    visitor = talk(None)
    await visitor.say("order_status", "帮我查下订单")
    assert len(visitor.said) == 1

    await visitor.say("order_status", "我没有订单号")

    assert len(visitor.said) == 1
    assert "我的订单" in visitor.text
    assert visitor.loop == "order_proof_form"


async def test_a_mobile_number_is_no_order_number(talk: Talk) -> None:
    visitor = talk(None)
    await visitor.say("logistics_track", "我的快递到哪了")

    await visitor.say("inform", "手机号13812345678", phone="13812345678")

    assert "还差订单号" in visitor.text


async def test_a_named_parcel_is_no_case(talk: Talk) -> None:
    shopper = talk("S007")
    await shopper.say("refund_progress", "我的退款到哪了")

    await shopper.say("logistics_arrival_time", "口红什么时候到", product="口红")

    assert shopper.cards[0].type == "logistics"


async def test_freight_of_named_goods_is_not_told_from_another_case(talk: Talk) -> None:
    shopper = talk("S007")

    await shopper.say("return_freight", "靴子运费谁出", product="靴子")

    assert not shopper.cards


async def test_warranty_and_repair_never_contradict_each_other(talk: Talk) -> None:
    shopper = talk("S003")

    await shopper.say("repair_warranty", "手机屏幕碎了能保修吗", product="手机")

    assert shopper.cards[0].verdict.decision == "needs_person"


async def test_pieces_that_were_said_are_not_asked_again(talk: Talk) -> None:
    shopper = talk("S008")
    await shopper.say("quality_missing_item", "T恤少发了一件", product="T恤", quantity="1")

    await shopper.press("补发")

    assert shopper.titles[0] == "确认提交"


async def test_a_promised_compensation_is_told_as_the_rule_has_it(talk: Talk) -> None:
    shopper = talk("S005")

    await shopper.say("logistics_urge_ship", "怎么还不发货")

    assert "补偿17.05元" in shopper.text  # 5 % of 341.00, as shop_promises.yml has it


async def test_an_order_and_its_parcel_never_say_two_things(talk: Talk) -> None:
    shopper = talk("S002")

    await shopper.say("order_status", "耳机的订单", product="耳机")

    assert shopper.cards[0].order.status_text == "派送中"
    assert "派送中" in shopper.text


async def test_a_parcel_that_moved_today_is_not_called_stuck(talk: Talk) -> None:
    """The rule's 48 hours decide, in the answer as in the claim."""
    shopper = talk("S002")

    await shopper.say("logistics_stuck", "大衣的快递不动了", product="大衣")

    assert "正常在路上" in shopper.text
    assert "登记核实" not in shopper.titles


@pytest.mark.parametrize(
    ("intent", "text", "topic"),
    [
        ("return_policy", "拆封了还能退吗", "return_policy/opened"),
        ("return_policy", "过了七天怎么办", "return_policy/too_late"),
        ("return_freight", "退货运费谁出", "return_freight"),
        ("refund_destination", "钱退到哪里", "refund_destination"),
        ("repair_warranty", "修了两次还没修好", "repair_warranty/failed"),
        ("price_protect", "秒杀的价格能价保吗", "price_protect/excluded"),
        ("quality_counterfeit", "是不是假货", "quality_counterfeit"),
    ],
)
async def test_a_general_question_is_answered_in_the_rules_words(
    talk: Talk, intent: str, text: str, topic: str
) -> None:
    shopper = talk("S999")  # somebody without any order

    await shopper.say(intent, text)

    assert answer_question(load_rules(), topic, now=NOW).text in shopper.text
