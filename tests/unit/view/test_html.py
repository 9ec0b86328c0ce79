"""The HTML page as a text: nothing missing, nothing loaded, nothing that ends an element too early."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traceutil.view.html import SCRIPTS, asset, content_hash, embedded, filled, page
from traceutil.view.page_data import page_data, visible
from traceutil.view.result import Result
from traceutil.view.spans import SpanData
from traceutil.view.tree import build

from .stories import STORIES, deployment, failure
from .test_any_input import SPANS


class Document(HTMLParser):
    """What a parser sees: the elements in order, and the text of each kind of element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = str(dict(attrs).get("type", tag))

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        self.texts[self._open] = self.texts.get(self._open, "") + data

    @property
    def data(self) -> Any:
        return json.loads(self.texts["application/json"])


def spans_in(data: Any) -> list[tuple[str, str]]:
    return sorted((t["id"], r["span"]["id"]) for t in data["traces"] for r in t["rows"] if "span" in r)


@pytest.mark.parametrize("story", sorted(STORIES))
def test_every_span_has_one_row(story: str) -> None:
    """Folded or not, none is lost and none is there twice; parents stand before their children."""
    made = STORIES[story]()
    data = page_data(made)

    assert sorted({(s.trace_id, s.span_id) for s in made.spans}) == spans_in(data)
    for trace in data["traces"]:
        assert all(row["parent"] < index for index, row in enumerate(trace["rows"]))


@settings(max_examples=150, deadline=None)
@given(st.lists(SPANS, max_size=8))
def test_anything_becomes_a_page(spans: list[SpanData]) -> None:
    """Whatever spans hold: the page can be written, and its data read."""
    data = Document(page(Result("x", True, "reached", 1.0, spans))).data

    assert sorted((t.trace_id, i) for t in build(spans) for i in t.nodes) == spans_in(data)


def test_equal_results_give_equal_pages() -> None:
    """Byte for byte, in whatever order the spans came."""
    made = deployment()

    assert page(made) == page(replace(deployment(), spans=made.spans[::-1]))


def test_the_policy_allows_what_is_there_and_nothing_else() -> None:
    """Its hashes are those of the one style and the one script as a parser sees them."""
    document = Document(page(deployment()))
    (policy,) = (a["content"] for tag, a in document.tags if "http-equiv" in a)

    assert (
        f"default-src 'none'; img-src data:; style-src '{content_hash(document.texts['style'])}'; "
        f"script-src '{content_hash(document.texts['module'])}'; base-uri 'none'; form-action 'none'"
    ) == policy


def test_nothing_is_loaded() -> None:
    """No element points out of the file, no style or script does."""
    document = Document(page(deployment()))
    pointing = [
        (tag, k, v) for tag, a in document.tags for k, v in a.items() if k in ("src", "href", "srcset")
    ]

    assert [("link", "href", "data:,")] == pointing
    for name in ("page.css", *SCRIPTS):
        assert not re.search(r"https?:|url\(|@import|fetch\(|import\(|innerHTML|eval\(", asset(name)), name


HOSTILE = [
    pytest.param("</script><script>alert(1)</script>", id="the end of the script"),
    pytest.param("<!--<script>", id="a comment that swallows the end of the script"),
    pytest.param("]]>{{script}}", id="a place of the template"),
    pytest.param("\" onload='alert(1)' x=\"", id="quotes"),
    pytest.param("&lt;img src=x&gt;", id="entities"),
    pytest.param("\ud800 \x00 \u2028", id="half a surrogate pair, a zero, a line separator"),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_cluster_becomes_markup(text: str) -> None:
    """Wherever it stands, the document has the elements that it has without it."""
    made = failure()
    expected = [tag for tag, _ in Document(page(replace(made, notes=["note"]))).tags]
    spans = [
        replace(
            s,
            service=f"{s.service}{text}",
            status_message=text,
            attributes={**s.attributes, text: text, "k8s.deployment.name": text, "traceutil.message": text},
            resource={text: text},
        )
        for s in made.spans
    ]
    document = Document(page(replace(made, scenario=text, state=text, spans=spans, notes=[text])))

    assert expected == [tag for tag, _ in document.tags]
    assert visible(text) == document.data["traces"][0]["rows"][0]["span"]["attributes"][visible(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("web-1 \u00e9 \u6f22", "web-1 \u00e9 \u6f22", id="what is seen stays"),
        pytest.param("a\n\tb", "a\n\tb", id="so do lines and tabs"),
        pytest.param("a\u202eb", "a\\u202eb", id="a turn of direction is spelled out"),
        pytest.param("a\x1b[2Jb", "a\\u001b[2Jb", id="an escape is spelled out"),
        pytest.param("a\u200bb\ufeff", "a\\u200bb\\ufeff", id="what has no width is spelled out"),
    ],
)
def test_what_cannot_be_seen_is_spelled_out(text: str, expected: str) -> None:
    """Names that look alike are told apart, and nothing turns around."""
    assert expected == visible(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(2**53 - 1, 2**53 - 1, id="a number that JavaScript holds"),
        pytest.param(2**53, "9007199254740992", id="one that it does not hold is text"),
        pytest.param(float("nan"), "nan", id="no number is text, since JSON has none"),
        pytest.param((True, 1.5, "x"), [True, 1.5, "x"], id="a sequence"),
    ],
)
def test_values(value: object, expected: object) -> None:
    """What the panel shows is what the span holds."""
    made = deployment()
    spans = [replace(s, attributes={**s.attributes, "k": value}) for s in made.spans]

    assert (
        expected == page_data(replace(made, spans=spans))["traces"][0]["rows"][0]["span"]["attributes"]["k"]
    )


def test_the_template_is_filled_once() -> None:
    """What a part says is no place of the template."""
    assert "<{{b}}|2>" == filled("<{{a}}|{{b}}>", {"a": "{{b}}", "b": "2"})


def test_embedded_data_reads_back() -> None:
    """Escapes belong to JSON: the data is the same."""
    data = {"a": "</script>&<!--", "rows": [{"parent": -1}]}

    assert data == json.loads(embedded(data))
    assert not set("<>&") & set(embedded(data))
