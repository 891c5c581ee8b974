"""The two faces in a real browser: a shopper at the demo store, an agent at the workspace.

Pictures are kept in `var/screenshots/` (`make screenshots` copies those the README shows).
"""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import FrameLocator, Page, Route, expect

from tests.e2e.system import ROOT, System

type OpenPage = Callable[..., Page]

PICTURES = ROOT / "var" / "screenshots"


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.wait_for_timeout(400)  # let animations end
    page.screenshot(path=Path(PICTURES / f"{name}.png"))


def visit_store(page: Page, system: System, name: str | None = None) -> FrameLocator:
    """The chat, opened on the store's page, signed in as the demo shopper of this name."""
    page.goto(system.shop + "/")
    if name:
        page.get_by_role("button", name="登录").first.click()
        page.get_by_role("dialog").get_by_text(name).first.click()
        expect(page.get_by_text(name[-2:]).first).to_be_visible()
    page.get_by_role("button", name="打开在线客服").click()
    chat = page.frame_locator("iframe[title='在线客服']")
    expect(chat.get_by_text("AI 智能客服").first).to_be_visible()
    return chat


def say(chat: FrameLocator, text: str) -> None:
    box = chat.get_by_role("textbox", name="输入消息")
    box.fill(text)
    box.press("Enter")


def sign_in(page: Page, system: System, username: str = "xiaozhou") -> None:
    """The agent at the workspace, online."""
    page.goto(system.bridge + "/workspace/")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码", exact=True).fill("shouhou-demo")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_text("已连接")).to_be_attached()  # on a phone only its lamp is shown


def end_conversation(agent: Page) -> None:
    """As solved, with a rating asked for."""
    agent.get_by_role("button", name="结束会话").first.click()
    dialog = agent.get_by_role("dialog", name="结束会话")
    dialog.locator(".el-select").click()
    agent.get_by_role("option", name="已解决").click()
    dialog.get_by_role("button", name="结束并邀请评价").click()
    expect(dialog).to_be_hidden()


def test_a_button_that_came_off_becomes_an_exchange_with_one_press(page_of: OpenPage, system: System) -> None:
    page = page_of()
    chat = visit_store(page, system, "沈知夏")

    say(chat, "大衣有个扣子掉了，想换一件")
    expect(chat.get_by_role("button", name="确认提交")).to_be_visible()
    picture(page, "widget-verdict")
    chat.get_by_role("button", name="确认提交").click()

    expect(chat.get_by_text("AS", exact=False).last).to_be_visible()
    picture(page, "widget-case")


def test_the_parcel_is_found_by_pressing_the_order(page_of: OpenPage, system: System) -> None:
    page = page_of(375, 700)
    chat = visit_store(page, system, "周子墨")

    say(chat, "我的快递到哪了")
    chat.get_by_role("button", name="鲸声 Pro 降噪耳机").last.click()

    expect(chat.get_by_text("转运中心", exact=False).or_(chat.get_by_text("派送", exact=False)).first).to_be_visible()
    picture(page, "widget-phone-logistics")


def test_a_person_takes_over_in_the_browser_and_hands_back(page_of: OpenPage, system: System) -> None:
    shopper, agent = page_of(), page_of(1440, 900)
    chat = visit_store(shopper, system, "高远")
    sign_in(agent, system)
    say(chat, "我的退款到哪了")
    expect(chat.get_by_text("退款中").last).to_be_visible()

    chat.get_by_role("button", name="转接人工客服").click()
    agent.get_by_role("button", name="接入").first.click()
    expect(agent.get_by_text("我的退款到哪了").last).to_be_visible()
    box = agent.get_by_role("textbox", name="输入消息")
    box.fill("高先生您好，我是小周，您的退款我来跟进")
    box.press("Enter")
    expect(chat.get_by_text("我来跟进")).to_be_visible()
    say(chat, "好的，大概什么时候到账")
    expect(agent.get_by_text("大概什么时候到账").last).to_be_visible()
    picture(shopper, "widget-agent")
    picture(agent, "workspace")
    end_conversation(agent)

    expect(chat.get_by_text("这次服务您满意吗")).to_be_visible()
    picture(shopper, "widget-rating")
    say(chat, "你好")
    expect(chat.get_by_label("由 AI 回复").last).to_be_visible()


def test_the_workspace_works_on_a_phone(page_of: OpenPage, system: System) -> None:
    shopper, agent = page_of(), page_of(390, 844)
    chat = visit_store(shopper, system, "陈思远")
    say(chat, "手机开不了机，想找人工修")
    chat.get_by_role("button", name="转接人工客服").click()
    sign_in(agent, system)

    agent.get_by_role("button", name="接入").first.click()
    box = agent.get_by_role("textbox", name="输入消息")
    box.fill("陈先生您好，请问是按电源键没有反应吗")
    box.press("Enter")

    expect(chat.get_by_text("按电源键没有反应")).to_be_visible()
    is_within = "document.documentElement.scrollWidth <= window.innerWidth"
    assert agent.evaluate(is_within)
    picture(agent, "workspace-phone")
    end_conversation(agent)
    agent.get_by_role("button", name="返回会话列表").click()
    expect(agent.get_by_role("tab", name="我的")).to_be_visible()


def test_a_reload_keeps_the_conversation(page_of: OpenPage, system: System) -> None:
    page = page_of()
    chat = visit_store(page, system, "吴江河")
    words = "这个锅我等了好几天了到底什么时候发"
    say(chat, words)
    expect(chat.get_by_text(words)).to_have_count(1)
    expect(chat.get_by_label("由 AI 回复").last).to_be_visible()

    page.reload()
    page.get_by_role("button", name="打开在线客服").click()
    again = page.frame_locator("iframe[title='在线客服']")

    expect(again.get_by_text(words)).to_have_count(1)


def test_what_is_written_before_the_bridge_answers_arrives_once(page_of: OpenPage, system: System) -> None:
    page = page_of()
    let_in: list[Route] = []
    page.route("**/v1/visitors", lambda route: let_in.append(route))  # Playwright marks its handler, so it must be ours
    page.goto(system.shop + "/")
    page.get_by_role("button", name="打开在线客服").click()
    chat = page.frame_locator("iframe[title='在线客服']")

    say(chat, "请问发票怎么开")
    expect(chat.get_by_text("待发送").or_(chat.get_by_text("发送中")).first).to_be_visible()
    for request in let_in:
        request.continue_()
    page.unroute_all()

    expect(chat.get_by_label("由 AI 回复").nth(1)).to_be_visible()
    expect(chat.get_by_text("请问发票怎么开")).to_have_count(1)


def test_messages_written_offline_arrive_once(page_of: OpenPage, system: System) -> None:
    page = page_of()
    chat = visit_store(page, system, "罗青")

    page.context.set_offline(True)
    say(chat, "还没付款的订单能取消吗")
    expect(chat.get_by_text("待发送").or_(chat.get_by_text("发送中")).first).to_be_visible()
    page.context.set_offline(False)

    expect(chat.get_by_text("待发送")).to_have_count(0)
    expect(chat.get_by_text("还没付款的订单能取消吗")).to_have_count(1)


HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>{{constructor}}'


def test_script_in_a_message_stays_text_in_both_faces(page_of: OpenPage, system: System) -> None:
    shopper, agent = page_of(), page_of()
    chat = visit_store(shopper, system, "何一鸣")
    sign_in(agent, system)

    say(chat, HOSTILE)
    chat.get_by_role("button", name="转接人工客服").click()
    agent.get_by_role("button", name="接入").first.click()
    expect(agent.get_by_text("window.hacked=1", exact=False).last).to_be_visible()

    assert agent.evaluate("window.hacked") is None
    assert all(frame.evaluate("window.hacked") is None for frame in shopper.frames)
    end_conversation(agent)
