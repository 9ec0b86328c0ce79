"""Moving about in the HTML page: search, zoom, keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.unit.view.stories import deployment, drift

from .conftest import Open, row

pytestmark = pytest.mark.slow


def axis(page: Page, number: int = 0) -> list[str]:
    return page.locator(".ruler").nth(number).locator(".tick").all_inner_texts()


def test_search_finds_and_moves(opened: Open) -> None:
    """Also what is folded, by attribute, over all traces; forward, round, and back."""
    page = opened(drift())
    page.keyboard.press("/")
    page.keyboard.type("pullimage k8s.node.name=node-3")
    found, chosen = page.locator("#found"), page.locator("[aria-selected=true]")

    expect(found).to_have_text("2 found")
    expect(row(page, "2 more Pods").locator(".hides")).to_have_text("1 found")
    for said, heard in (("1 of 2", "took 20 ms"), ("2 of 2", "took 50 ms"), ("1 of 2", "took 20 ms")):
        page.keyboard.press("Enter")
        expect(found).to_have_text(said)
        expect(chosen).to_be_in_viewport()
        assert heard in str(chosen.get_attribute("aria-label"))
    page.keyboard.press("Shift+Enter")
    expect(found).to_have_text("2 of 2")
    page.locator("#search").fill("no such span")
    expect(found).to_have_text("0 found")
    expect(page.locator("#next")).to_be_disabled()


def test_zoom_changes_the_axis(opened: Open) -> None:
    """By button, key, wheel, drag and double click; and back to the whole trace."""
    page = opened(deployment())
    whole = axis(page)
    track = row(page, "Deployment default/web").locator(".track")
    box = track.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def zoomed_by(action: str) -> list[str]:
        if action == "button":
            page.locator("#in").click()
        elif action == "key":
            page.get_by_role("tree").focus()
            page.keyboard.press("+")
        elif action == "wheel":
            page.locator(".ruler").hover()
            page.mouse.wheel(0, -100)
        elif action == "drag":
            page.mouse.move(*middle)
            page.mouse.down()
            page.mouse.move(middle[0] + 60, middle[1], steps=3)
            page.mouse.up()
        else:
            row(page, "CreateContainer").dblclick()
        expect(page.locator(".ruler").first).not_to_contain_text("".join(whole))
        shown = axis(page)
        page.locator("#reset").click()
        expect(page.locator(".tick").first).to_have_text("0 s")
        expect(page.locator(".tick")).to_have_count(len(whole))
        return shown

    for action in ("button", "key", "wheel", "drag", "double click"):
        assert whole != zoomed_by(action), action
        assert whole == axis(page), action


def test_the_keyboard_alone_is_enough(opened: Open) -> None:
    """The keys of a tree (WAI-ARIA): up, down, open, close, first, last."""
    page = opened(deployment())
    page.get_by_role("tree").focus()
    chosen = page.locator("[aria-selected=true]")

    def press(*keys: str) -> str:
        for key in keys:
            page.keyboard.press(key)
        expect(chosen).to_have_count(1)
        active = page.get_by_role("tree").get_attribute("aria-activedescendant")
        assert active == chosen.get_attribute("id")
        return str(chosen.locator(".label").get_attribute("title"))

    assert "Deployment default/web" == press("ArrowDown")
    assert "deployment.CreateReplicaSet" == press("ArrowDown")
    assert "Deployment default/web" == press("ArrowLeft")
    press("ArrowLeft")
    expect(page.get_by_role("treeitem")).to_have_count(1)
    press("ArrowRight")
    assert "2 more Pods: median 1.62 s" == press("End")
    press("ArrowRight")
    assert "Pod web-6d4f-b" == press("ArrowRight")
    assert "2 more Pods: median 1.62 s" == press("ArrowLeft")
    assert "Deployment default/web" == press("Home")
    page.keyboard.press("Escape")
    expect(chosen).to_have_count(0)
