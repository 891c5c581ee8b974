"""The running system, the people who use it, and a browser to look at it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.people import Agent, Shopper
from tests.e2e.system import System

PATIENCE_MS = 60_000
"""For whatever a page waits for: a limit for slow machines, reached by none."""
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Started as `make run` starts it, once for each file, so that no file finds what another left behind."""
    running = System(tmp_path_factory.mktemp("system"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def shopper(system: System) -> Iterator[Callable[..., Shopper]]:
    """Makes shoppers: signed in as one of the demo shop's people, or anonymous."""
    made: list[Shopper] = []

    def arrive(shopper_id: str | None = None) -> Shopper:
        made.append(Shopper(system, shopper_id))
        return made[-1]

    yield arrive
    for person in made:
        person.leave()


@pytest.fixture
def agent(system: System) -> Iterator[Callable[..., Agent]]:
    """Makes agents who are online until the test ends; their open conversations are closed."""
    made: list[Agent] = []

    def come_online(username: str = "xiaolin") -> Agent:
        made.append(Agent(system, username))
        made[-1].turn("online")
        return made[-1]

    yield come_online
    for person in made:
        person.go_away()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or next(
            (name for name in ("/usr/bin/chromium", "/usr/bin/google-chrome") if Path(name).exists()), None
        )
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        expect.set_options(timeout=PATIENCE_MS)
        yield browser
        browser.close()


@pytest.fixture
def page_of(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Makes pages, each a browser of its own (cookies, storage), that fail the test on a script error."""
    contexts = []
    errors: list[str] = []

    def open_page(width: int = 1280, height: int = 800) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []
