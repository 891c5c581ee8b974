"""Both faces for people who use a screen reader or see little: axe finds nothing serious on any page, light or dark."""

from typing import Any

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.e2e.system import ROOT, System
from tests.e2e.test_browser import OpenPage, end_conversation, picture, say, sign_in
from tests.e2e.test_browser_desk import with_agent

AXE = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
GRAVE = ("serious", "critical")


def findings(where: Page | Frame) -> list[str]:
    """The rule, what is wrong, and where. By evaluation, because the pages' own policy lets no foreign script in."""
    where.evaluate(AXE)
    found: list[dict[str, Any]] = where.evaluate(
        "axe.run(document, { resultTypes: ['violations'] }).then((all) => all.violations)"
    )
    return [
        f"{each['id']}: {node['failureSummary']}\n{node['html'][:200]}"
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]


def require_accessible(where: Page | Frame) -> None:
    assert findings(where) == []


def in_colours(page: Page, colours: str) -> None:
    page.emulate_media(color_scheme="dark" if colours == "dark" else "light", reduced_motion="reduce")


COLOURS = pytest.mark.parametrize("colours", ["light", "dark"])


@COLOURS
def test_signing_in_and_a_leads_pages(page_of: OpenPage, system: System, colours: str) -> None:
    lead = page_of(1280, 860)
    in_colours(lead, colours)
    lead.goto(system.bridge + "/workspace/")
    expect(lead.get_by_label("账号")).to_be_visible()
    require_accessible(lead)

    sign_in(lead, system, "zhuguan")
    require_accessible(lead)
    for name, sign in (("实时看板", "table"), ("数据统计", "img"), ("管理", "textbox")):
        lead.get_by_role("link", name=name).click()
        expect(lead.get_by_role(sign).first).to_be_visible()
        require_accessible(lead)


@COLOURS
def test_a_conversation_at_the_desk_and_in_the_chat(page_of: OpenPage, system: System, colours: str) -> None:
    shopper, agent = page_of(), page_of(1440, 900)
    in_colours(shopper, colours)
    in_colours(agent, colours)
    chat, _ = with_agent(shopper, agent, system, "沈知夏", "大衣有个扣子掉了")
    expect(agent.get_by_role("complementary", name="顾客信息").get_by_text("暖阳羊毛混纺大衣").first).to_be_visible()
    [frame] = [each for each in shopper.frames if each.url.startswith(system.bridge)]
    require_accessible(agent)
    require_accessible(frame)
    asked = chat.get_by_text("这次服务您满意吗")
    before = asked.count()  # in the other colours
    end_conversation(agent)
    expect(asked).to_have_count(before + 1)
    require_accessible(frame)


@COLOURS
def test_choosing_how_the_chats_button_looks(page_of: OpenPage, system: System, colours: str) -> None:
    """On the real bridge: what is chosen is seen and can be copied, and the chat behind it answers."""
    page = page_of(1100, 820)
    in_colours(page, colours)
    page.goto(system.bridge + "/widget-options/")
    page.get_by_role("button", name="橙").click()
    page.get_by_label("按钮文字").fill("找客服")
    page.get_by_label("位置").select_option("left")
    line = f'<script src="{system.bridge}/widget.js" data-shop="demo" data-color="#c2410c" data-side="left"'
    expect(page.get_by_label("嵌入代码")).to_contain_text(line)
    expect(page.get_by_text("找客服", exact=True)).to_be_visible()
    require_accessible(page)
    picture(page, f"widget-options-{colours}")

    page.get_by_role("button", name="打开找客服").click()
    chat = page.frame_locator("iframe[title='在线客服']")
    expect(chat.get_by_text("AI 智能客服").first).to_be_visible()
    say(chat, "七天无理由怎么算")
    expect(chat.get_by_text("签收").first).to_be_visible()
    picture(page, f"widget-options-chat-{colours}")
