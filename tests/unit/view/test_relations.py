"""How traces stand to each other: by the labels of links, and without them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from traceutil import semconv
from traceutil.view.jaeger import from_answer
from traceutil.view.relations import Relation, relations
from traceutil.view.spans import LinkData, SpanData
from traceutil.view.tree import build

from .recorded import STORIES, answer, exported

A, B, C = "a" * 32, "b" * 32, "c" * 32


def _root(trace: str, start: int, *links: tuple[str, str], name: str = "web", **attributes: str) -> SpanData:
    """An object span, linked to the roots of other traces: (trace id, label)."""
    own = {semconv.SPAN_TYPE: "object", "k8s.deployment.name": name}
    told = {f"traceutil.{key}": value for key, value in attributes.items()}
    made = tuple(LinkData(to, to[:16], {semconv.LINK: why} if why else {}) for to, why in links)
    return SpanData(
        trace,
        trace[:16],
        None,
        "Deployment",
        "deployment",
        start,
        start + 5,
        attributes=own | told,
        links=made,
    )


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([_root(A, 0), _root(B, 9)], [], id="no links, no relation"),
        pytest.param(
            [_root(A, 0, (B, "superseded_by")), _root(B, 5, (A, "superseded"))],
            [Relation("superseded", A, B)],
            id="a link there and one back are one relation",
        ),
        pytest.param(
            [_root(B, 5, (A, "superseded"))],
            [Relation("superseded", A, B)],
            id="a trace that is not there",
        ),
        pytest.param([_root(A, 0, (B, "superseded_by"))], [Relation("superseded", A, B)], id="one to come"),
        pytest.param(
            [_root(A, 0), _root(B, 9, (A, "drift"), reason="recovered")],
            [Relation("recovered", A, B)],
            id="an episode after a failure",
        ),
        pytest.param(
            [
                _root(A, 0, (B, "overflow"), (C, "overflow")),
                _root(B, 0, (A, "overflow")),
                _root(C, 0, (A, "overflow")),
            ],
            [Relation("overflow", A, B), Relation("overflow", A, C)],
            id="overflow traces follow their parent, of which they link none but it",
        ),
        pytest.param([_root(A, 0, (B, "written_by"))], [], id="who wrote it is no relation of traces"),
        pytest.param([_root(A, 0, (B, "x\x1by"))], [Relation("x y", B, A)], id="a label of somebody else"),
        pytest.param(
            [_root(A, 0, reason="superseded"), _root(B, 5, (A, ""))],
            [Relation("superseded", A, B)],
            id="without label: the older one says that it was superseded",
        ),
        pytest.param(
            [_root(A, 0, (B, ""), reason="superseded"), _root(B, 5)],
            [Relation("superseded", A, B)],
            id="without label: that to the newer one",
        ),
        pytest.param(
            [_root(A, 0, reason="reached"), _root(B, 9, (A, ""))],
            [Relation("previous", A, B)],
            id="without label: the object's next change",
        ),
        pytest.param(
            [_root(A, 0), _root(B, 9, (A, ""), relation="drift")],
            [Relation("drift", A, B)],
            id="without label: an episode says so itself",
        ),
        pytest.param(
            [_root(A, 0), _root(B, 9, (A, ""), change="deletion")],
            [Relation("deletion", A, B)],
            id="without label: a deletion too",
        ),
        pytest.param(
            [_root(A, 0), _root(B, 9, (A, ""), name="other")],
            [Relation("", A, B)],
            id="without label: nothing is known between two objects",
        ),
    ],
)  # fmt: skip
def test_relations(spans: list[SpanData], expected: list[Relation]) -> None:
    """Each pair once, the older trace first."""
    assert expected == relations(build(spans))


def test_what_was_found_otherwise_stands_beside_the_links() -> None:
    """What a link says goes first."""
    spans = [_root(A, 0), _root(B, 9, (A, "drift"))]
    found = [Relation("foreign", A, B), Relation("foreign", A, C, "Pod web-1")]

    assert [Relation("drift", A, B), found[1]] == relations(build(spans), found)


def test_a_link_below_the_root_is_told_where_its_trace_is_drawn() -> None:
    """The deletion's object span stands in the deleter's trace; most derived traces are never exported."""
    below = replace(
        _root(A, 1, (B, "deletion"), name="pod", change="deletion"), span_id="1" * 16, parent_id=A[:16]
    )

    assert [] == relations(build([_root(A, 0), below]))
    assert [Relation("deletion", B, A)] == relations(build([_root(A, 0), below, _root(B, 2)]))


@pytest.mark.parametrize("story", STORIES)
def test_what_jaeger_loses_is_inferred(story: str) -> None:
    """Of real traces, the relations without labels are those with them."""
    assert relations(build(exported(story))) == relations(build(from_answer(answer(story))))


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        pytest.param(
            Relation("drift", A, B),
            "trace bbbbbbbb heals the drift of trace aaaaaaaa",
            id="a kind that we have",
        ),
        pytest.param(
            Relation("x", A, B), "trace bbbbbbbb is linked to trace aaaaaaaa", id="one that we do not"
        ),
        pytest.param(
            Relation("", A, B, "Pod web\n1"),
            "trace bbbbbbbb is linked to trace aaaaaaaa: Pod web 1",
            id="with the object at which they meet",
        ),
    ],
)
def test_words(relation: Relation, expected: str) -> None:
    """A sentence."""
    assert expected == relation.words()
