"""A page in a real browser, which may neither complain nor ask the network for anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from traceutil.view.html import page as html
from traceutil.view.result import Result

from .chromium import FLAGS, REMEDY, found

Open = Callable[..., Page]


def row(page: Page, name: str) -> Locator:
    """The row that is heard as something with `name` in it."""
    return page.get_by_role("treeitem", name=name)


# For one module: while it lives, asyncio believes that a loop runs in this thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = found()
    assert path is not None, REMEDY
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens a result's page from a file; at the end nothing was complained of, nothing else was loaded."""
    file = tmp_path / "trace.html"
    complaints: list[str] = []
    requests: list[str] = []
    pages: list[Page] = []

    def open_page(result: Result | str, *, address: str = "", **context: Any) -> Page:
        file.write_text(result if isinstance(result, str) else html(result), encoding="utf-8")
        page = browser.new_page(viewport={"width": 1440, "height": 900}, **context)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url.partition("#")[0]))
        page.goto(file.as_uri() + address)
        page.locator("html[data-ready]").wait_for()
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert [] == complaints
    assert [file.as_uri()] * len(pages) == [url for url in requests if not url.startswith("data:")]
