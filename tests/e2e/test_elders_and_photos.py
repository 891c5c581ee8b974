"""What a shopper's chat sends beside words: the elder mode, and a photo that goes with the case."""

import base64
from collections.abc import Callable

from tests.e2e.people import Shopper
from tests.e2e.system import System

PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mNocFDAihiGlgQA+gM4AbcBROQAAAAASUVORK5CYII="
)
"""Eight by eight pixels of brown."""

type MakeShopper = Callable[..., Shopper]


def test_who_turns_the_elder_mode_on_is_offered_a_person_first(shopper: MakeShopper, system: System) -> None:
    someone = shopper("S001")
    page = {"order_number": "", "elder": True}
    system.call(
        "POST", f"{system.bridge}/v1/visitors", {"shop_id": "demo", "visitor_token": someone.token, "page": page}
    )

    asked = someone.say("鞋子大了想退货")
    someone.sees("verdict", since=asked)

    [*_, answer] = [event for event in someone.events() if event["body"].get("choices")]
    assert "人工" in answer["body"]["choices"][0]["title"]


def test_a_photo_sent_in_the_chat_stands_beside_the_case(shopper: MakeShopper, system: System) -> None:
    someone = shopper("S003")

    asked = someone.say("手机开不了机，能修吗")
    someone.sees("verdict", since=asked)
    shown = someone.shows(PHOTO)
    someone.hears("照片", since=shown)
    confirmed = someone.press("确认")
    someone.hears("1 张照片", since=confirmed)
    asked = someone.say("我的维修单到哪一步了")

    assert len(someone.sees("case", since=asked)["case"]["evidence"]) == 1
