"""What a team lead does in a real browser: the board, the figures, the rules of the running shop."""

import zipfile

from playwright.sync_api import WebSocketRoute, expect

from tests.e2e.system import System
from tests.e2e.test_browser import OpenPage, end_conversation, picture, say, sign_in, visit_store


def test_a_lead_sees_who_waits_and_takes_over_from_the_board(page_of: OpenPage, system: System) -> None:
    shopper, lead = page_of(), page_of(1280, 860)
    chat = visit_store(shopper, system, "周子墨")
    say(chat, "我的快递到哪了")
    expect(chat.get_by_label("由 AI 回复").nth(1)).to_be_visible()
    sign_in(lead, system, "zhuguan")
    lead.get_by_role("link", name="实时看板").click()
    expect(lead.get_by_role("table", name="客服").get_by_text("主管").first).to_be_visible()

    chat.get_by_role("button", name="转接人工客服").click()
    waiting = lead.get_by_role("table", name="排队").get_by_role("row").filter(has_text="周**")
    expect(waiting).to_be_visible()  # by the socket: nothing was loaded again
    waiting.get_by_role("button", name="接管").click()
    lead.get_by_role("button", name="确定").click()

    served = lead.get_by_role("table", name="接待中的会话").get_by_role("row").filter(has_text="周**")
    expect(served).to_contain_text("主管")
    picture(lead, "supervisor-board")
    served.get_by_role("button", name="查看").click()
    end_conversation(lead)


def test_a_lead_looks_at_the_figures_and_takes_them_out(page_of: OpenPage, system: System) -> None:
    lead = page_of(1280, 860)
    sign_in(lead, system, "zhuguan")
    lead.get_by_role("link", name="数据统计").click()
    expect(lead.get_by_role("img", name="每日会话")).to_be_visible()
    lead.get_by_label("每日会话：以表格查看").click()
    expect(lead.get_by_role("table", name="每日会话").get_by_role("row")).to_have_count(8)
    picture(lead, "supervisor-statistics")
    with lead.expect_download() as table:
        lead.get_by_role("link", name="导出 CSV").click()
    with lead.expect_download() as book:
        lead.get_by_role("link", name="导出 XLSX").click()

    assert table.value.path().read_text(encoding="utf-8-sig").startswith("日期,会话,转人工")
    assert "按客服" in zipfile.ZipFile(book.value.path()).read("xl/workbook.xml").decode()


def test_the_links_stay_where_they_are_when_the_line_comes_up(page_of: OpenPage, system: System) -> None:
    """What moves between the press and the release of the button is never clicked."""
    lead = page_of(1280, 860)
    held: list[tuple[WebSocketRoute, str | bytes]] = []

    def hold(line: WebSocketRoute) -> None:
        line.connect_to_server().on_message(lambda frame: held.append((line, frame)))

    lead.route_web_socket("**/v1/agent/socket", hold)
    lead.goto(system.bridge + "/workspace/")
    lead.get_by_label("账号").fill("zhuguan")
    lead.get_by_label("密码", exact=True).fill("shouhou-demo")
    lead.get_by_role("button", name="登录").click()
    link = lead.get_by_role("link", name="数据统计")
    before = link.bounding_box()
    while not held:
        lead.wait_for_timeout(50)
    for line, frame in held:
        line.send(frame)
    expect(lead.get_by_text("已连接")).to_be_visible()

    assert link.bounding_box() == before


def test_a_page_that_did_not_load_says_so_and_loads_again(page_of: OpenPage, system: System) -> None:
    lead = page_of(1280, 860)
    sign_in(lead, system, "zhuguan")
    lead.route("**/assets/StatisticsPage-*.js", lambda route: route.abort())

    lead.get_by_role("link", name="数据统计").click()
    expect(lead.get_by_role("alert")).to_contain_text("页面没有打开")
    lead.unroute_all()
    lead.get_by_role("button", name="重新打开").click()

    expect(lead.get_by_role("img", name="每日会话")).to_be_visible()


def test_a_lead_changes_the_hours_and_a_mistake_is_named(page_of: OpenPage, system: System) -> None:
    lead = page_of(1280, 860)
    sign_in(lead, system, "zhuguan")
    lead.get_by_role("link", name="管理").click()
    workdays = lead.get_by_role("textbox", name="工作日")
    before = workdays.input_value()

    workdays.fill("21:00-09:00")
    lead.get_by_role("button", name="保存").click()
    expect(lead.get_by_role("alert")).to_contain_text("hours.workdays.0")
    workdays.fill(f"{before}，23:00-23:30")
    lead.get_by_role("button", name="保存").click()
    expect(lead.get_by_text("第 1 版")).to_be_visible()
    picture(lead, "supervisor-rules")
    lead.get_by_role("button", name="恢复默认").click()

    expect(workdays).to_have_value(before)


def test_a_group_gets_hours_of_its_own(page_of: OpenPage, system: System) -> None:
    lead = page_of(1280, 860)
    sign_in(lead, system, "zhuguan")
    lead.get_by_role("link", name="管理").click()

    lead.locator("fieldset", has_text="给一个技能组单独设时间").locator(".el-select").click()
    lead.get_by_role("option", name="发票").click()
    lead.get_by_role("textbox", name="发票工作日").fill("09:00-18:00")
    lead.get_by_role("textbox", name="发票休息日").fill("")
    lead.get_by_role("button", name="保存").click()
    expect(lead.get_by_text("已保存，立即生效")).to_be_visible()
    lead.reload()

    expect(lead.get_by_role("textbox", name="发票工作日")).to_have_value("09:00-18:00")
    picture(lead, "supervisor-group-hours")
    lead.get_by_role("button", name="恢复默认").click()
    expect(lead.get_by_role("textbox", name="发票工作日")).to_have_count(0)


def test_a_lead_brings_a_colleague_in_from_the_board(page_of: OpenPage, system: System) -> None:
    shopper, agent, lead = page_of(), page_of(), page_of(1280, 860)
    chat = visit_store(shopper, system, "唐果")
    sign_in(agent, system)
    chat.get_by_role("button", name="转接人工客服").click()
    agent.get_by_role("button", name="接入").first.click()
    sign_in(lead, system, "zhuguan")
    lead.get_by_role("link", name="实时看板").click()

    served = lead.get_by_role("table", name="接待中的会话").get_by_role("row").filter(has_text="唐*")
    served.get_by_role("button", name="邀请").click()
    dialog = lead.get_by_role("dialog", name="邀请")
    dialog.get_by_role("listitem").filter(has_text="主管").get_by_role("button", name="邀请").click()

    expect(dialog.get_by_role("listitem").filter(has_text="主管").get_by_role("button", name="请出")).to_be_visible()
    expect(chat.get_by_text("加入").last).to_be_visible()
    end_conversation(agent)
