"""A thousand pods, seven thousand spans: the page answers at once, and draws only what is on the screen."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from tests.lateness import Lateness
from tests.unit.view.stories import thousand
from traceutil.view.html import page as html

from .conftest import Open

pytestmark = pytest.mark.slow

#: Rows of 24 pixels on a screen of 900, and a few to spare on both sides.
MOST_ROWS = 900 // 24 + 2 + 2 * 8
#: Seconds, on a machine that is busy with other tests; alone it is a tenth of them.
READY, ANSWERED = 10.0, 2.0
#: Bytes for each span: an address to attach, not an archive.
MOST_BYTES = 700


def answered(page: Page, key: str) -> float:
    """Seconds from a key until the frame that shows what it did."""
    page.evaluate(
        """() => { window.shown = new Promise((resolve) => addEventListener("keydown", () => {
             const began = performance.now();
             requestAnimationFrame(() => setTimeout(() => resolve((performance.now() - began) / 1000)));
           }, { capture: true, once: true })); }"""
    )
    with Lateness() as late:
        page.keyboard.press(key)
        shown = float(page.evaluate("window.shown"))
    return shown - late.seconds


def test_a_thousand_pods(opened: Open) -> None:
    """Opened, unfolded, searched and walked through, with a screenful of elements."""
    made = thousand()
    written = html(made)
    assert len(written.encode()) < MOST_BYTES * len(made.spans)
    began = time.monotonic()
    with Lateness() as late:
        page = opened(written)
    assert time.monotonic() - began - late.seconds < READY
    items = page.get_by_role("treeitem")

    page.locator("#unfold").click()
    expect(page.get_by_role("treeitem").first).to_have_attribute("aria-expanded", "true")
    assert 0 < items.count() <= MOST_ROWS
    page.get_by_role("tree").focus()
    seconds = {key: answered(page, key) for key in ("End", "ArrowUp", "Home", "PageDown", "+", "0")}
    assert {} == {key: took for key, took in seconds.items() if took > ANSWERED}
    assert 0 < items.count() <= MOST_ROWS

    page.keyboard.press("/")
    page.keyboard.type("node-39 pullimage")
    expect(page.locator("#found")).to_have_text("25 found")
    assert answered(page, "Enter") < ANSWERED
    expect(page.locator("[aria-selected=true]")).to_be_in_viewport()
    assert 0 < items.count() <= MOST_ROWS
