"""An agent's day in a real browser: canned replies, the look before sending, search, tags, corrected readings."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.system import System
from tests.e2e.test_browser import OpenPage, end_conversation, picture, say, sign_in, visit_store


def with_agent(shopper: Page, agent: Page, system: System, name: str, words: str):  # type: ignore[no-untyped-def]
    """A shopper who has said this and an agent who has taken the conversation; the chat and the agent's box."""
    chat = visit_store(shopper, system, name)
    say(chat, words)
    expect(chat.get_by_label("由 AI 回复").nth(1)).to_be_visible()  # after the greeting: it has been read
    chat.get_by_role("button", name="转接人工客服").click()
    sign_in(agent, system)
    agent.get_by_role("button", name="接入").first.click()
    expect(agent.get_by_text(words).last).to_be_visible()
    return chat, agent.get_by_role("textbox", name="输入消息")


def test_a_canned_reply_is_found_by_its_initials_and_filled_in(page_of: OpenPage, system: System) -> None:
    shopper, agent = page_of(), page_of(1440, 900)
    chat, box = with_agent(shopper, agent, system, "沈知夏", "大衣有个扣子掉了")

    box.press_sequentially("/hddd")
    expect(agent.get_by_role("option", name="核对订单")).to_be_visible()
    picture(agent, "workspace-replies")
    box.press("Enter")
    expect(box).to_have_value("请您确认一下，是882159851904629741这笔订单的「暖阳羊毛混纺大衣」吗？")
    box.press("Enter")

    expect(chat.get_by_text("请您确认一下，是882159851904629741这笔订单")).to_be_visible()
    end_conversation(agent)


def test_a_promise_is_asked_about_before_it_reaches_the_shopper(page_of: OpenPage, system: System) -> None:
    shopper, agent = page_of(), page_of()
    chat, box = with_agent(shopper, agent, system, "高远", "我的退款到哪了")

    box.fill("保证今天到账，另外赔您 200 元")
    box.press("Enter")
    expect(agent.get_by_role("alert")).to_contain_text("金额 200.00 元")
    picture(agent, "workspace-check")
    box.fill("退款正在处理，我会跟到到账为止")
    box.press("Enter")

    expect(chat.get_by_text("我会跟到到账为止")).to_be_visible()
    expect(chat.get_by_text("赔您 200 元")).to_have_count(0)
    end_conversation(agent)


def test_a_conversation_is_tagged_corrected_and_found_again(page_of: OpenPage, system: System) -> None:
    shopper, agent = page_of(), page_of(1440, 900)
    _, box = with_agent(shopper, agent, system, "陈思远", "手机充电口松了，插上去老是掉")

    agent.get_by_role("combobox", name="+ 标签").fill("充电口")
    agent.get_by_role("combobox", name="+ 标签").press("Enter")
    expect(agent.get_by_role("group", name="标签").get_by_text("充电口")).to_be_visible()
    message = agent.get_by_role("article").filter(has_text="充电口松了").first
    message.get_by_role("button", name="意图").click()
    agent.get_by_role("textbox", name="实际意图是…").fill("报修")
    agent.get_by_role("textbox", name="实际意图是…").fill("申请维修")
    agent.get_by_role("textbox", name="实际意图是…").press("Enter")
    expect(message.get_by_text("已更正为 申请维修")).to_be_visible()
    end_conversation(agent)

    agent.keyboard.press("Control+k")
    agent.keyboard.type("老是掉")
    results = agent.get_by_role("listbox", name="搜索结果")
    expect(results.get_by_role("option")).to_have_count(1)
    expect(results.get_by_role("option")).to_contain_text("充电口松了，插上去老是掉")
    picture(agent, "workspace-search")
    agent.reload()
    agent.get_by_role("searchbox").fill("充电口")
    results.get_by_role("option").first.click()
    expect(agent.get_by_text("已更正为 申请维修")).to_be_visible()
    expect(agent.get_by_role("group", name="标签").get_by_text("充电口")).to_be_visible()


def test_an_agent_keeps_a_personal_reply_and_sees_the_own_day(page_of: OpenPage, system: System) -> None:
    shopper, agent = page_of(), page_of()
    chat, box = with_agent(shopper, agent, system, "周子墨", "我的快递到哪了")

    agent.get_by_role("button", name="快捷回复", exact=True).click()
    agent.get_by_role("button", name="管理快捷回复").click()
    dialog = agent.get_by_role("dialog", name="快捷回复")
    dialog.get_by_role("button", name="新建").click()
    dialog.get_by_label("标题").fill("取消订单说明")
    dialog.get_by_label("内容").fill("没付款的订单到时间会自动关闭，也可以自己取消。")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_text("/qxddsm")).to_be_visible()
    picture(agent, "workspace-replies-kept")
    dialog.get_by_role("button", name="关闭").last.click()
    box.press_sequentially("/qxdd")
    box.press("Enter")
    box.press("Enter")
    expect(chat.get_by_text("没付款的订单到时间会自动关闭")).to_be_visible()

    agent.get_by_role("button", name=re.compile("^接待")).click()
    expect(agent.get_by_text("平均首次响应")).to_be_visible()
    expect(agent.get_by_text("3 分钟内首响")).to_be_visible()
    agent.keyboard.press("Escape")
    end_conversation(agent)


def choose(dialog: Locator, agent: Page, field: str, option: str) -> None:
    dialog.locator(".el-select").filter(has=agent.get_by_role("combobox", name=field)).click()
    agent.get_by_role("option", name=option, exact=True).click()


def test_the_rules_verdict_stands_there_before_a_case_is_opened(page_of: OpenPage, system: System) -> None:
    shopper, agent = page_of(), page_of(1440, 900)
    chat, _ = with_agent(shopper, agent, system, "沈知夏", "大衣有个扣子掉了怎么办")
    panel = agent.get_by_role("complementary", name="顾客信息")
    panel.get_by_role("button", name="暖阳羊毛混纺大衣").click()
    panel.get_by_role("button", name="办理售后").last.click()  # of this order
    dialog = agent.get_by_role("dialog", name="办理售后")

    choose(dialog, agent, "原因", "七天无理由")
    expect(dialog.get_by_text("7天无理由退货的最后一天", exact=False)).to_be_visible()
    expect(dialog.get_by_role("button", name="确认办理")).to_be_disabled()
    choose(dialog, agent, "类型", "换货")
    choose(dialog, agent, "原因", "质量问题")
    expect(dialog.get_by_role("button", name="确认办理")).to_be_enabled()
    picture(agent, "workspace-verdict")
    dialog.get_by_role("button", name="确认办理").click()

    expect(chat.get_by_text("已为您登记售后，进度都在这张单里。")).to_be_visible()
    expect(panel.get_by_role("button", name="换货 · 暖阳羊毛混纺大衣")).to_be_visible()
    panel.get_by_role("button", name="换货 · 暖阳羊毛混纺大衣").click()
    expect(panel.get_by_text("商家客服 小周")).to_be_visible()
    end_conversation(agent)


def test_a_case_is_refused_with_a_reason_the_shopper_can_read(page_of: OpenPage, system: System) -> None:
    shopper, agent = page_of(), page_of(1440, 900)
    chat, _ = with_agent(shopper, agent, system, "何一鸣", "我的售后审核怎么样了")
    panel = agent.get_by_role("complementary", name="顾客信息")
    panel.get_by_role("button").filter(has_text="待审核").first.click()

    panel.get_by_role("button", name="拒绝", exact=True).click()
    panel.get_by_role("textbox", name="拒绝原因（顾客会看到）").fill("照片看不清问题部位，请补拍后重新提交")
    panel.get_by_role("button", name="确认拒绝").click()

    expect(panel.get_by_text("照片看不清问题部位").first).to_be_visible()
    panel.get_by_role("button", name="登记工单").click()
    dialog = agent.get_by_role("dialog", name="登记工单")
    choose(dialog, agent, "类型", "约定回电")
    dialog.locator("input[type=datetime-local]").fill("2030-01-02T10:00")
    dialog.get_by_label("说明").fill("回这个号码")
    dialog.get_by_role("button", name="登记", exact=True).click()
    expect(chat.get_by_text("已为您登记，处理结果会在约定时间前告诉您。")).to_be_visible()
    end_conversation(agent)


def test_what_was_said_is_quoted_recalled_and_never_answered_twice(page_of: OpenPage, system: System) -> None:
    shopper, agent, colleague = page_of(), page_of(1440, 900), page_of(1440, 900)
    chat, box = with_agent(shopper, agent, system, "沈知夏", "大衣有个扣子掉了怎么办")
    log = agent.get_by_role("log", name="会话记录")

    asked = log.get_by_role("article").filter(has_text="大衣有个扣子掉了怎么办").last
    asked.hover()
    asked.get_by_role("button", name="引用").click()
    box.fill("扣子可以补寄给您")
    box.press("Enter")
    expect(chat.locator("blockquote")).to_have_text("大衣有个扣子掉了怎么办")

    box.fill("这句话发错会话了")
    box.press("Enter")
    expect(chat.get_by_text("这句话发错会话了")).to_be_visible()
    wrong = log.get_by_role("article").filter(has_text="这句话发错会话了")
    wrong.hover()
    wrong.get_by_role("button", name="撤回").click()
    expect(chat.get_by_text("客服撤回了一条消息")).to_be_visible()
    expect(chat.get_by_text("这句话发错会话了")).to_have_count(0)
    expect(log.get_by_text("您撤回了一条消息")).to_be_visible()
    expect(box).to_have_value("这句话发错会话了")
    box.fill("")

    sign_in(colleague, system, "xiaolin")
    colleague.get_by_role("tab", name="全部").click()
    colleague.get_by_role("option").filter(has_text="沈").first.click()
    expect(agent.get_by_text("也在看这个会话")).to_be_visible()
    colleague.get_by_role("button", name="写内部备注").click()
    note = colleague.get_by_role("textbox", name="内部备注")
    note.press_sequentially("请看一下 @")
    expect(agent.get_by_text("正在输入，请先商量好由谁回复")).to_have_count(0)  # a note is no reply
    colleague.get_by_role("listbox", name="提到同事").get_by_role("option").filter(has_text="小周").click()
    note.press_sequentially("仓库还有同款扣子")
    colleague.get_by_role("button", name="保存备注").click()
    expect(log.get_by_text("仓库还有同款扣子")).to_be_visible()
    picture(agent, "workspace-note")
    end_conversation(agent)


def test_a_macro_does_several_steps_and_a_view_finds_them_again(page_of: OpenPage, system: System) -> None:
    shopper, agent = page_of(), page_of(1280, 800)
    chat, _ = with_agent(shopper, agent, system, "高远", "退款一直没到，我要疯了")

    agent.get_by_role("button", name="我的账号").click()
    agent.get_by_role("menuitem", name="宏（一键多步）").click()
    dialog = agent.get_by_role("dialog", name="宏")
    dialog.get_by_role("button", name="新建").click()
    dialog.get_by_label("名称").fill("登记催办")
    dialog.get_by_label("回复顾客").last.fill("已经为您登记催办，处理好会在这里告诉您。")
    dialog.get_by_role("button", name="加一步").click()
    choose(dialog, agent, "第 2 步", "打标签")
    dialog.get_by_label("打标签").last.fill("催办")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_text("Alt + 1")).to_be_visible()
    picture(agent, "workspace-macros")
    dialog.get_by_role("button", name="关闭").last.click()
    agent.keyboard.press("Alt+1")
    expect(chat.get_by_text("已经为您登记催办")).to_be_visible()
    expect(agent.get_by_role("group", name="标签").get_by_text("催办")).to_be_visible()

    panel = agent.get_by_role("button", name="顾客信息", exact=True)
    if panel.get_attribute("aria-pressed") == "false":
        panel.click()
    agent.get_by_role("textbox", name="顾客备注").fill("只收顺丰")
    agent.get_by_role("textbox", name="顾客备注").blur()
    expect(agent.get_by_text("顾客备注已保存")).to_be_visible()
    agent.get_by_role("button", name="筛选").click()
    agent.get_by_label("按标签").select_option("催办")
    agent.get_by_role("button", name="存为视图").click()
    agent.get_by_role("textbox", name="视图名称").fill("要催的")
    agent.keyboard.press("Enter")
    agent.get_by_role("button", name="清除").click()
    agent.reload()
    agent.get_by_role("button", name="要催的").click()
    results = agent.get_by_role("listbox", name="搜索结果")
    expect(results.get_by_role("option")).to_have_count(1)
    results.get_by_role("option").click()
    expect(agent.get_by_role("textbox", name="顾客备注")).to_have_value("只收顺丰")
    picture(agent, "workspace-views")
    end_conversation(agent)
