"""Pictures and documents between a shopper and an agent, in two real browsers."""

import base64
from io import BytesIO

from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.e2e.system import System
from tests.e2e.test_browser import OpenPage, end_conversation, picture
from tests.e2e.test_browser_desk import with_agent

HAND_OVER = """(element, { event, files }) => {
  const transfer = new DataTransfer();
  for (const { name, type, content } of files) {
    const bytes = Uint8Array.from(atob(content), (each) => each.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type }));
  }
  const options = { bubbles: true, cancelable: true };
  const made = event === "paste"
    ? new ClipboardEvent("paste", { ...options, clipboardData: transfer })
    : new DragEvent(event, { ...options, dataTransfer: transfer });
  element.dispatchEvent(made);
}"""
"""What the browser does when somebody pastes files or lets go of them over the page."""


def drawing(name: str, colour: str) -> FilePayload:
    kept = BytesIO()
    Image.new("RGB", (640, 420), colour).save(kept, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": kept.getvalue()}


def choose_files(page: Page, button: Locator, *files: FilePayload) -> None:
    with page.expect_file_chooser() as chooser:
        button.click()
    chooser.value.set_files(list(files))


def hand_over(element: Locator, event: str, *files: FilePayload) -> None:
    said = [
        {"name": each["name"], "type": each["mimeType"], "content": base64.b64encode(each["buffer"]).decode()}
        for each in files
    ]
    element.evaluate(HAND_OVER, {"event": event, "files": said})


def test_pictures_and_a_document_go_both_ways(page_of: OpenPage, system: System) -> None:
    shopper, agent = page_of(), page_of(1440, 900)
    chat, box = with_agent(shopper, agent, system, "吴江河", "锅盖的玻璃裂了一道")
    add = agent.get_by_role("button", name="图片/文件")
    tray = agent.get_by_role("list", name="要发送的图片和文件")

    choose_files(
        agent,
        add,
        drawing("配件.png", "#7a9e9f"),
        {"name": "须知.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 -"},
    )
    expect(tray.get_by_text("已就绪")).to_have_count(2)
    picture(agent, "workspace-files")
    box.fill("新锅盖是这一款，安装说明也发您")
    box.press("Enter")
    expect(chat.get_by_text("新锅盖是这一款")).to_be_visible()
    expect(tray).to_have_count(0)
    expect(agent.get_by_role("log").get_by_role("button", name="查看大图：配件.jpg")).to_be_visible()

    chat.get_by_role("button", name="查看大图：配件.jpg").click()
    large = chat.get_by_role("dialog", name="配件.jpg").get_by_role("button", name="放大图片")
    large.click()
    expect(large).to_have_attribute("aria-pressed", "true")
    shopper.keyboard.press("Escape")
    with shopper.expect_download() as document:
        chat.get_by_role("button", name="须知.pdf").click()
    assert document.value.path().read_bytes() == b"%PDF-1.4 -"

    choose_files(shopper, chat.get_by_role("button", name="发送图片或拍照"), drawing("裂纹.png", "#a65e2e"))
    agent.get_by_role("button", name="查看大图：裂纹.jpg").click()
    viewer = agent.get_by_role("dialog", name="裂纹.jpg")
    viewer.get_by_role("button", name="放大").click()
    expect(viewer.get_by_role("button", name="缩小")).to_be_enabled()
    picture(agent, "workspace-picture")
    viewer.get_by_role("button", name="关闭大图").click()
    end_conversation(agent)


def test_pasted_and_dropped_pictures_go_what_is_refused_says_why_and_a_broken_upload_goes_again(
    page_of: OpenPage, system: System
) -> None:
    shopper, agent = page_of(), page_of(1440, 900)
    chat, box = with_agent(shopper, agent, system, "罗青", "还没付款的订单想换个颜色")
    tray = agent.get_by_role("list", name="要发送的图片和文件")

    hand_over(
        box, "paste", drawing("截图.png", "#345"), {"name": "x.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"}
    )
    expect(tray.get_by_role("alert")).to_contain_text("只能发送")
    expect(agent.get_by_role("button", name="发送", exact=True)).to_be_disabled()
    tray.get_by_role("button", name="移除 x.svg").click()
    agent.route("**/files", lambda route: route.abort())
    hand_over(agent.get_by_role("log"), "dragover", drawing("色卡.png", "#963"))
    expect(agent.get_by_text("松开鼠标")).to_be_visible()
    hand_over(agent.get_by_role("log"), "drop", drawing("色卡.png", "#963"))
    expect(tray.get_by_role("alert")).to_contain_text("没有传上去")
    agent.unroute_all()
    tray.get_by_role("button", name="重试").click()
    expect(tray.get_by_text("已就绪")).to_have_count(2)
    box.press("Enter")

    expect(chat.get_by_role("button", name="查看大图：截图.jpg")).to_be_visible()
    expect(chat.get_by_role("button", name="查看大图：色卡.jpg")).to_be_visible()
    end_conversation(agent)
