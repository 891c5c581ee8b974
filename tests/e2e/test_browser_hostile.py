"""Whatever a shopper can write, wherever it is shown: in both faces it stays text, and the strict policy has nothing
to report."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from contracts.identity import Audience, ShopperIdentity, issue
from tests.e2e.conftest import PATIENCE_MS
from tests.e2e.system import System
from tests.e2e.test_browser import end_conversation, say, sign_in, visit_store

CORPUS = [
    "<script>window.hacked=1</script>",
    '<img src=x onerror="window.hacked=2">',
    "<svg/onload=window.hacked=3>",
    '"><iframe srcdoc="<script>parent.hacked=4</script>">',
    '<a href="javascript:window.hacked=5">点我</a>',
    "javascript:window.hacked=6",
    "{{constructor.constructor('window.hacked=7')()}}",
    "${window.hacked=8}",
    "<style>@import 'https://evil.example/x.css';body{display:none}</style>",
    '<math><mtext></form><mglyph><svg><textarea><a title="</textarea><img src=x onerror=window.hacked=9>">',
    "&lt;img src=x onerror=window.hacked=10&gt;",
    "data:text/html,<script>window.hacked=11</script>",
    "' onfocus='window.hacked=12' autofocus='",
    "\u202e<b>gnp.exe\u202c",
]
WATCH = """
window.broken = [];
document.addEventListener('securitypolicyviolation', (event) => window.broken.push(event.violatedDirective));
"""
PLANTED = "img[src='x'], iframe[srcdoc], svg[onload], [onerror], [onfocus], a[href^='javascript:'], math, mglyph"


@pytest.fixture
def watched(browser: Browser):  # type: ignore[no-untyped-def]
    """Pages that note what their policy refuses; the shopper's browser names itself in a hostile way, too."""
    contexts: list[BrowserContext] = []

    def open_page(user_agent: str | None = None) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN", user_agent=user_agent)
        context.add_init_script(WATCH)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("dialog", lambda dialog: pytest.fail(f"a script spoke: {dialog.message}"))
        return page

    yield open_page
    for context in contexts:
        context.close()


def identity_of(system: System, name: str) -> str:
    who = ShopperIdentity(shop_id="demo", shopper_id="S900", name=name, level="<b>gold")
    secret = system.environment["IDENTITY_SECRET"]
    return issue(who, Audience.IDENTITY, secret, now=datetime.now(UTC), lifetime=timedelta(minutes=10))


def require_clean(page: Page, origin: str) -> None:
    """Of the frames that are ours: no script ran, no element grew, nothing was refused."""
    ours = [frame for frame in page.frames if frame.url.startswith(origin)]
    assert ours
    for frame in ours:
        assert frame.evaluate("window.hacked") is None, frame.url
        assert frame.evaluate(f"document.querySelectorAll({json.dumps(PLANTED)}).length") == 0, frame.url
        assert frame.evaluate("window.broken") == [], frame.url


def as_somebody_hostile(page: Page, system: System) -> FrameLocator:
    """Name, page, order and user agent are all what an attacker would put there."""
    chat = visit_store(page, system)
    page.evaluate("(token) => window.Shouhou.identify(token)", identity_of(system, CORPUS[1]))
    page.evaluate("(order) => window.Shouhou.page({ order_number: order })", CORPUS[0])
    page.evaluate("location.hash = '<img src=x onerror=window.hacked=99>'")
    expect(chat.get_by_text("AI 智能客服").first).to_be_visible()
    return chat


def test_everything_a_shopper_writes_stays_text(watched, system: System) -> None:  # type: ignore[no-untyped-def]
    shopper, agent = watched(user_agent="Mozilla/5.0 <script>window.hacked=1</script>"), watched()
    chat = as_somebody_hostile(shopper, system)
    chat.get_by_role("button", name="转接人工客服").click()
    sign_in(agent, system)
    agent.get_by_role("button", name="接入").first.click()

    for words in CORPUS:
        say(chat, words)
    log = agent.get_by_role("log")
    expect(log.get_by_text("window.hacked=12", exact=False).last).to_be_visible()
    chat.get_by_role("textbox", name="输入消息").press_sequentially("<img src=x onerror=window.hacked=13>")
    expect(log.get_by_text("window.hacked=13", exact=False)).to_be_visible()  # the live preview of the draft
    for words in CORPUS[:3]:  # an agent who copies it sends it back
        box = agent.get_by_role("textbox", name="输入消息")
        box.fill(words)
        box.press("Enter")
    expect(chat.get_by_text("window.hacked=3", exact=False)).to_have_count(2)
    agent.get_by_role("combobox", name="+ 标签").fill("<img src=x>")
    agent.get_by_role("combobox", name="+ 标签").press("Enter")
    end_conversation(agent)
    chat.get_by_role("radio").last.check(force=True)
    chat.get_by_role("textbox", name="说说您的感受", exact=False).or_(chat.locator(".csat textarea")).first.fill(
        CORPUS[1]
    )
    chat.locator(".csat").get_by_role("button").click()
    expect(log.get_by_text("顾客评价 5 分")).to_be_visible()
    agent.get_by_role("searchbox").fill("onerror")
    expect(agent.get_by_role("listbox", name="搜索结果").get_by_role("option")).to_have_count(1)

    require_clean(agent, system.bridge)
    require_clean(shopper, system.bridge)
    assert shopper.evaluate("window.hacked") is None  # nor in the store's own page
    agent.reload()
    shopper.reload()
    shopper.get_by_role("button", name="打开在线客服").click()
    expect(shopper.frame_locator("iframe[title='在线客服']").get_by_text("window.hacked=12").last).to_be_visible()
    expect(agent.get_by_role("searchbox")).to_be_visible()
    require_clean(agent, system.bridge)
    require_clean(shopper, system.bridge)


def test_the_watch_itself_sees_what_the_policy_refuses(watched, system: System) -> None:  # type: ignore[no-untyped-def]
    page = watched()
    page.goto(system.bridge + "/workspace/")

    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), { text: 'window.hacked = 1' }))"
    )

    page.wait_for_function("window.broken.length > 0")
    assert page.evaluate("window.hacked") is None
