"""The main job, over the real sockets against the real servers: each test is one of the product's conversations."""

import re
from collections.abc import Callable

import pytest

from tests.e2e.people import Agent, Shopper
from tests.e2e.system import System

type MakeShopper = Callable[..., Shopper]
type MakeAgent = Callable[..., Agent]


def test_where_is_my_parcel_asks_which_and_shows_the_real_tracking(shopper: MakeShopper) -> None:
    someone = shopper("S002")

    asked = someone.say("我的快递到哪了")
    someone.hears("哪", since=asked)
    orders = [card for event in someone.events() for card in event["body"].get("cards", []) if card.get("choice")]
    chosen = someone.press("暖阳羊毛混纺大衣")
    card = someone.sees("logistics", since=chosen)

    assert len(orders) == 3
    assert card["shipment"]["tracking_number"]
    assert card["shipment"]["events"][0]["text"]


def test_shoes_too_big_become_a_return_case_by_a_named_rule(shopper: MakeShopper) -> None:
    someone = shopper("S001")

    asked = someone.say("鞋子大了想退货")
    verdict = someone.sees("verdict", since=asked)["verdict"]
    confirmed = someone.press("确认提交")
    case = someone.sees("case", since=confirmed)["case"]

    assert verdict["decision"] == "allowed"
    assert verdict["rule_id"] == "seven_day_return"
    assert verdict["last_day"]
    assert verdict["freight_payer"] == "shopper"
    assert case["type"] == "return_refund"
    assert re.match(r"AS\d{12}", case["case_id"])
    assert "寄" in case["next_step"]


def test_a_phone_that_does_not_start_is_repaired_under_warranty(shopper: MakeShopper) -> None:
    someone = shopper("S003")

    asked = someone.say("手机开不了机，能修吗")
    verdict = someone.sees("verdict", since=asked)["verdict"]
    confirmed = someone.press("确认提交")
    case = someone.sees("case", since=confirmed)["case"]

    assert verdict["decision"] == "allowed"
    assert verdict["rule_id"] == "repair"
    assert case["type"] == "repair"


def test_a_complaint_becomes_a_ticket_with_owner_and_deadline_and_a_person_is_offered(shopper: MakeShopper) -> None:
    someone = shopper("S007")

    asked = someone.say("你们服务太差了我要投诉")
    ticket = someone.sees("ticket", since=asked)["ticket"]
    reply = someone.events()[-1]["body"]

    assert ticket["owner"]
    assert ticket["deadline_at"]
    assert "转人工" in [choice["title"] for choice in reply["choices"]]


@pytest.mark.parametrize("wish", ["转人工", "rengong", "有没有活人"])
def test_a_person_takes_over_and_hands_back(shopper: MakeShopper, agent: MakeAgent, wish: str) -> None:
    someone, person = shopper("S002"), agent()
    someone.say("我的快递到哪了")

    asked = someone.say(wish)
    waiting = someone.wait(
        lambda f: f["type"] == "conversation" and f["conversation"]["status"] in ("queued", "offered"), since=asked
    )["conversation"]
    snapshot = person.take(someone.conversation_id)
    person.say(someone.conversation_id, "您好，我是小林，我来帮您看")
    someone.hears("我是小林", since=asked, by="agent")
    said = someone.say("麻烦了")
    person.wait(lambda f: f["type"] == "event" and f["event"]["body"].get("text") == "麻烦了")
    person.close(someone.conversation_id)
    someone.wait(lambda f: f["type"] == "event" and f["event"]["body"]["kind"] == "csat_ask", since=said)
    again = someone.say("我的快递到哪了")
    someone.hears("", since=again)

    assert waiting["place"]["position"] >= 1
    package = snapshot["row"]["handoff"]
    assert package["reason"] == "asked_for_person"
    assert package["summary"]
    texts = [event["body"].get("text") for event in snapshot["events"]]
    assert "我的快递到哪了" in texts
    assert wish in texts


def test_a_rating_is_taken_once(shopper: MakeShopper, agent: MakeAgent) -> None:
    someone, person = shopper("S008"), agent()
    asked = someone.ask_for_person()
    person.take(someone.conversation_id)
    person.say(someone.conversation_id, "您好")
    person.close(someone.conversation_id)
    ask = someone.wait(lambda f: f["type"] == "event" and f["event"]["body"]["kind"] == "csat_ask", since=asked)

    rating = {"type": "csat.rate", "session_id": ask["event"]["body"]["session_id"], "score": 5, "comment": "很好"}
    someone.send({**rating, "client_message_id": "rate-0001"})
    given = someone.wait(lambda f: f["type"] == "event" and f["event"]["body"]["kind"] == "csat_given", since=asked)
    someone.send({**rating, "client_message_id": "rate-0001"})
    someone.drain()

    assert given["event"]["body"]["score"] == 5
    assert sum(event["body"]["kind"] == "csat_given" for event in someone.events()) == 1


def test_with_nobody_online_a_message_is_left_and_answered_later_in_the_same_conversation(
    shopper: MakeShopper, agent: MakeAgent
) -> None:
    someone = shopper("S006")

    asked = someone.say("转人工")
    someone.hears("没有人工客服在线", since=asked, by="system")
    someone.send({"type": "message.leave", "client_message_id": "leave-0001", "text": "大衣扣子掉了，想换一件"})
    ticket = someone.sees("ticket", since=asked)["ticket"]
    person = agent()
    person.row(someone.conversation_id, "message_left")
    person.send(
        {
            "type": "conversation.claim",
            "conversation_id": someone.conversation_id,
            "epoch": person.epoch_of(someone.conversation_id),
        }
    )
    person.row(someone.conversation_id, "active")
    person.open(someone.conversation_id)
    person.say(someone.conversation_id, "您好，看到您的留言了，给您补寄一个扣子")

    someone.hears("补寄一个扣子", since=asked, by="agent")
    assert ticket["deadline_at"]


def test_a_reload_in_the_middle_loses_nothing_and_doubles_nothing(shopper: MakeShopper) -> None:
    someone = shopper("S008")
    asked = someone.say("我要退一件")
    someone.hears("", since=asked)
    before = [event["seq"] for event in someone.events()]

    someone.leave()
    welcome = someone.arrive(last_seq=0)
    again = [event["seq"] for event in welcome["events"]]

    assert again == list(range(1, len(again) + 1))
    assert set(before) <= set(again)


def test_a_message_sent_twice_is_said_once(shopper: MakeShopper) -> None:
    someone = shopper("S010")

    someone.say("还没发货能取消吗", "same-id-0001")
    someone.drain()
    someone.say("还没发货能取消吗", "same-id-0001")
    someone.drain()

    said = [event for event in someone.events() if event["author"]["kind"] == "shopper"]
    assert len(said) == 1


def test_what_was_chosen_can_be_corrected(shopper: MakeShopper) -> None:
    someone = shopper("S008")
    someone.say("T恤我要退一件")
    someone.drain(2)

    corrected = someone.say("换成换货吧")
    someone.hears("", since=corrected)
    reason = someone.say("尺码小了")
    someone.drain(2)

    said = str([frame for frame in someone.frames[reason:] if frame["type"] == "event"])
    assert "想换成什么" in said or "换货" in said
    assert "退货退款申请" not in said


def test_an_unknown_wish_is_asked_about_and_then_given_to_a_person(shopper: MakeShopper, agent: MakeAgent) -> None:
    someone = shopper("S010")
    agent()

    first = someone.say("嗯这个那个就是前面那样子的")
    someone.hears("", since=first)
    second = someone.say("就是那什么来着哎呀")
    someone.drain(2)

    shown = [event["body"] for event in someone.events() if event["author"]["kind"] in ("bot", "system")]
    said = str(shown)
    assert "转接" in said or "转人工" in said
    assert someone.frames[second:]


def test_another_shoppers_order_is_never_shown(shopper: MakeShopper, system: System) -> None:
    orders = system.call("GET", f"{system.shop}/demo/orders?shopper_id=S003")
    someone = shopper("S001")

    asked = someone.say(f"帮我查下订单{orders[0]['order_number']}")
    someone.drain(2)

    foreign = orders[0]["lines"][0]["title"]
    texts = str([event["body"] for event in someone.events()])
    assert foreign not in texts
    assert len(someone.frames) > asked
