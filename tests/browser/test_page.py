"""The HTML page, as a reader sees it, and hears it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.unit.view.asked import ASKED
from tests.unit.view.stories import STORIES, deployment, failure, rollout
from traceutil.view.critical import critical_path
from traceutil.view.fold import rows
from traceutil.view.rows import with_guides
from traceutil.view.spans import EventData
from traceutil.view.tree import build

from .conftest import Open, row

pytestmark = pytest.mark.slow

PULL = "kubelet.PullImage"


@pytest.mark.parametrize("story", sorted(STORIES))
def test_every_story_is_shown_as_the_terminal_tells_it(opened: Open, story: str) -> None:
    """One section for each trace; the rows that are open are the terminal's."""
    made = STORIES[story]()
    expected = [
        [drawn.label for _, drawn in with_guides(rows(trace.roots, critical_path(trace).span_ids))]
        for trace in build(made.spans)
    ]
    page = opened(made)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")  # rows below the screen, too
    trees = page.get_by_role("tree").all()

    assert expected == [
        [item.get_attribute("title") for item in tree.locator(".label").all()] for tree in trees
    ]


def test_a_click_shows_all_that_is_known(opened: Open) -> None:
    """Attributes, events, ids and links of the span; its parent is a step away."""
    made = deployment()
    pull = next(s for s in made.spans if s.name == PULL)
    event = EventData("retry", pull.start + 1_000_000, {"why": "503"})
    spans = [replace(s, events=(event,)) if s is pull else s for s in made.spans]
    page = opened(replace(made, spans=spans))
    row(page, "PullImage web:2.1").click()
    panel = page.locator("#panel")

    for text in ("registry.example/web:2.1", pull.span_id, pull.trace_id, "10.27 s", "Event: retry", "503"):
        expect(panel).to_contain_text(text)
    panel.get_by_role("button", name="kubelet.SyncPod  node-2").click()
    expect(row(page, "kubelet.SyncPod  node-2")).to_have_attribute("aria-selected", "true")


def test_an_address_names_a_span(opened: Open) -> None:
    """`trace.html#SPAN` opens with the span chosen, out of its fold."""
    made = deployment()
    hidden = next(s for s in made.spans if s.attributes.get("k8s.pod.name") == "web-6d4f-c")
    page = opened(made, address=f"#{hidden.span_id}")

    expect(page.locator("#panel")).to_contain_text(hidden.span_id)
    expect(page.locator("[aria-selected=true]")).to_be_in_viewport()


def test_a_screen_reader_hears_what_the_eye_sees(opened: Open) -> None:
    """Path, failure, waits and depth are words and roles, not colours and places."""
    page = opened(failure())
    root = page.get_by_role("treeitem").first

    assert (
        "Deployment default/web, deployment, on the critical path, failed, failed: ProgressDeadlineExceeded, "
        "took 10.05 s"
    ) == root.get_attribute("aria-label")
    assert ("1", "1", "1", "true") == tuple(
        root.get_attribute(f"aria-{name}") for name in ("level", "posinset", "setsize", "expanded")
    )


def test_linked_traces_are_sections_that_say_how(opened: Open) -> None:
    """The relation stands above the later one; its link leads to the earlier one's root."""
    page = opened(rollout())
    first, second = page.locator("section").all()
    old, new = (s for s in rollout().spans if s.parent_id is None)

    expect(first.locator(".relation")).to_have_count(0)
    relation = f"↳ trace {old.trace_id[:8]} was superseded by trace {new.trace_id[:8]}"
    expect(second.locator(".relation")).to_have_text(relation)
    second.get_by_role("treeitem").first.click()
    page.locator("#panel").get_by_role("button", name="Deployment default/web").click()
    expect(first.locator("[aria-selected=true]")).to_have_attribute("aria-level", "1")


def test_what_was_asked_for_is_chosen(opened: Open) -> None:
    """It stands out of its fold, and the trace's place in Jaeger is a link."""
    made = deployment()
    asked = next(s for s in made.spans if s.attributes.get("k8s.pod.name") == "web-6d4f-c")
    page = opened(replace(made, subject=asked.span_id, jaeger="http://jaeger.example:16686"))

    expect(page.locator("[aria-selected=true] .label")).to_have_attribute("title", "Pod web-6d4f-c")
    address = f"http://jaeger.example:16686/trace/{asked.trace_id}"
    expect(page.locator("a.jaeger")).to_have_attribute("href", address)


def test_what_was_asked_for_fills_the_window(opened: Open) -> None:
    """The page opens on the object, its sentence and its axis; the whole trace is one press away."""
    made = ASKED["quick-pod-under-release"]()
    page = opened(made)
    width = "document.querySelector('.ruler').clientWidth"
    bar = "document.querySelector('[aria-selected=true] .track i.object').getBoundingClientRect().width"

    expect(page.locator("[aria-selected=true] .label")).to_have_attribute("title", "Pod web-6d4f-b")
    expect(page.locator(".why")).to_contain_text("Most of it was waiting for readiness of Pod web-6d4f-b")
    assert 0.8 < page.evaluate(f"{bar} / {width}")
    page.get_by_role("button", name="Reset zoom").click()
    page.wait_for_function(f"{bar} / {width} < 0.2")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_legible_in_both_schemes(opened: Open, scheme: str) -> None:
    """Ink on its ground has a contrast of 4.5 at least (WCAG 2.2, 1.4.3), faint text and failures too."""
    page = opened(failure(), color_scheme=scheme)
    contrasts = page.evaluate(CONTRASTS)

    assert (scheme == "dark") == page.evaluate("getComputedStyle(document.body).color.includes('230')")
    assert {} == {name: ratio for name, ratio in contrasts.items() if ratio < 4.5}


CONTRASTS = """() => {
  const style = getComputedStyle(document.documentElement);
  const light = (name) => {
    const hex = style.getPropertyValue(name).trim();
    const parts = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
    const [r, g, b] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const pairs = [];
  for (const ink of ["--ink", "--faint", "--good", "--bad"]) pairs.push([ink, "--back"]);
  for (const ground of ["--raised", "--found", "--chosen"]) pairs.push(["--ink", ground]);
  return Object.fromEntries(pairs.map(([a, b]) => [`${a} on ${b}`, ratio(a, b)]));
}"""
