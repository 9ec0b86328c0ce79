"""The HTML page where it is not meant to shine: hostile names, paper, no scripts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.unit.view.stories import STORIES, deployment, failure
from traceutil.view import units
from traceutil.view.html import asset
from traceutil.view.html import page as html
from traceutil.view.result import Result
from traceutil.view.spans import EventData
from traceutil.view.terminal import waterfall

from .conftest import Open, row

pytestmark = pytest.mark.slow


def test_paper_has_every_open_row(opened: Open) -> None:
    """Nothing is left to scroll to, and neither search nor panel is printed."""
    page = opened(STORIES["thousand"]())
    page.locator("#unfold").click()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    rows = page.evaluate("JSON.parse(document.getElementById('data').textContent).traces[0].rows.length")
    assert rows == page.get_by_role("treeitem", include_hidden=True).count()
    expect(page.locator("#search")).to_be_hidden()
    expect(page.locator("#panel")).to_be_hidden()


def test_durations_read_as_in_the_terminal(opened: Open) -> None:
    """The page's own words for a duration are those of `traceutil.view.units`."""
    page = opened(deployment())
    moments = [0, 412_000, 999_400, 999_600, 41_000_000, 999_600_000, 12_360_000_000, 59_996_000_000]
    moments += [125 * units.SECOND, 3_599_700_000_000, 12_000 * units.SECOND, 2**57, 10**17, -5_000_000]
    said = page.evaluate(f"(moments) => {{ {asset('time.js')}; return moments.map(duration); }}", moments)

    assert [units.duration(moment) for moment in moments] == said


HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"


def test_names_and_messages_of_a_cluster_stay_text(opened: Open) -> None:
    """Neither markup, nor quotes, nor direction marks in any field do anything."""
    made = failure()
    evil = HOSTILE + "' \" & \u202e"
    spans = [
        replace(
            s,
            name=s.name + evil if "." in s.name else s.name,
            service=s.service + evil,
            status_message=evil,
            attributes={**s.attributes, "k8s.deployment.name": evil, "traceutil.message": evil, evil: evil},
            events=(EventData(evil, s.start, {evil: evil}),),
        )
        for s in made.spans
    ]
    page = opened(Result(evil, False, evil, 1.0, spans, notes=[evil]))
    row(page, "Deployment").first.click()

    expect(page.locator("#panel")).to_contain_text(HOSTILE)
    expect(page.locator("#panel")).to_contain_text("\\u202e")
    assert page.title() != "owned"
    assert 0 == page.locator("img").count()
    assert "\u202e" not in page.inner_text("body")


def test_without_scripts_the_drawing_is_there(browser: Browser, tmp_path: Path) -> None:
    """A mail program that runs nothing still tells the story."""
    file = tmp_path / "trace.html"
    file.write_text(html(deployment()), encoding="utf-8")
    page = browser.new_page(java_script_enabled=False)
    page.goto(file.as_uri())

    assert waterfall(deployment()) == page.locator("pre").inner_text()
    page.close()
