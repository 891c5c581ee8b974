"""One shopper in two places, a network that lets no WebSocket through, and what is filled in instead of typed."""

from collections.abc import Callable

from playwright.sync_api import FrameLocator, Page, expect

from tests.e2e.system import System
from tests.e2e.test_browser import picture, say, visit_store

type OpenPage = Callable[..., Page]

CHAT = "iframe[title='在线客服']"


def second_tab(page: Page, system: System) -> FrameLocator:
    """The same browser once more, with the chat open."""
    other = page.context.new_page()
    other.goto(system.shop + "/")
    other.get_by_role("button", name="打开在线客服").click()
    return other.frame_locator(CHAT)


def test_two_tabs_of_one_shopper_are_in_step(page_of: OpenPage, system: System) -> None:
    page = page_of()
    here = visit_store(page, system, "陈思远")
    there = second_tab(page, system)
    expect(there.get_by_text("AI 智能客服").first).to_be_visible()

    say(here, "手机开不了机了")
    expect(there.get_by_text("手机开不了机了")).to_have_count(1)
    there.get_by_role("button", name="换货").click()

    expect(here.get_by_role("button", name="维修")).to_be_disabled()
    expect(there.get_by_role("button", name="维修")).to_be_disabled()
    say(there, "先不换了")
    expect(here.get_by_text("先不换了")).to_have_count(1)


def test_without_websockets_the_chat_goes_on_by_long_poll(page_of: OpenPage, system: System) -> None:
    page = page_of(375, 700)
    page.route_web_socket("**/v1/shopper/socket", lambda socket: socket.close(code=1008))
    polled: list[str] = []
    page.on("request", lambda request: polled.append(request.url) if "/v1/shopper/events" in request.url else None)
    chat = visit_store(page, system, "周子墨")

    say(chat, "大衣到哪了")

    expect(chat.get_by_text("大衣到哪了")).to_have_count(1)
    expect(chat.get_by_text("包裹在中通快递手上").or_(chat.get_by_text("由中通快递")).first).to_be_visible()
    assert polled


def test_a_new_address_is_filled_in_and_read_as_it_was(page_of: OpenPage, system: System) -> None:
    page = page_of(375, 700)
    chat = visit_store(page, system, "吴江河")

    say(chat, "我要改收货地址")
    form = chat.get_by_role("form", name="新的收货信息")
    form.get_by_label("收件人").fill("吴小河")
    form.get_by_label("手机号").fill("1501234")
    form.get_by_label("省市区").fill("湖北省武汉市洪山区")
    form.get_by_label("详细地址").fill("珞喻路129号3栋")
    picture(page, "widget-form")
    form.get_by_role("button", name="填好了").click()
    expect(form.get_by_role("alert")).to_contain_text("手机号")
    form.get_by_label("手机号").fill("15012340001")
    form.get_by_role("button", name="填好了").click()

    expect(form.get_by_role("button", name="已填写")).to_be_disabled()
    expect(chat.get_by_text("珞喻路129号3栋").last).to_be_visible()
    chat.get_by_role("button", name="先不办了").click()
