"""A deletion's derived trace moves under the deleter's object span."""

from __future__ import annotations

from dataclasses import replace

from traceutil import semconv
from traceutil.view.graft import grafted
from traceutil.view.spans import LinkData, SpanData
from traceutil.view.tree import build

DELETER, DERIVED = "a" * 32, "d" * 32
#: The same in both traces: derived from (uid, `deletion`).
DELETION = "5" * 16
_CHANGE = {semconv.SPAN_TYPE: "object", semconv.CHANGE: "deletion"}

ROOT = SpanData(DELETER, "1" * 16, None, "ReplicaSet", "replicaset", 0, 100)
HOST = SpanData(
    DELETER, DELETION, ROOT.span_id, "Pod", "kubelet", 10, 50, attributes=_CHANGE,
    links=(LinkData(DERIVED, DELETION, {semconv.LINK: "deletion"}),),
)  # fmt: skip
TWIN = replace(
    HOST, trace_id=DERIVED, parent_id=None, links=(LinkData(DELETER, DELETION, {semconv.LINK: "deletion"}),)
)
KILL = SpanData(DERIVED, "7" * 16, DELETION, "kubelet.KillPod", "kubelet", 20, 40)
STAGE = SpanData(DERIVED, "8" * 16, KILL.span_id, "kubelet.StopContainer", "kubelet", 21, 30)


def test_work_on_the_terminating_object_is_drawn_below_its_deletion() -> None:
    """One trace, no orphan, and the deletion once."""
    (trace,) = build(grafted([STAGE, TWIN, KILL, HOST, ROOT]))

    assert [] == trace.orphans
    assert [ROOT.span_id, DELETION, KILL.span_id, STAGE.span_id] == [
        node.span.span_id for node in trace.main.walk()
    ]
    assert HOST == trace.nodes[DELETION].span


def test_without_the_derived_root_its_work_is_grafted_too() -> None:
    """The root is exported last, and may be missing."""
    (trace,) = build(grafted([KILL, HOST, ROOT]))
    assert [] == trace.orphans


def test_a_deletion_that_nobody_traced_stays_a_trace_of_its_own() -> None:
    """`kubectl delete` writes no span: there is nothing to graft it to."""
    alone = [TWIN, KILL, STAGE]
    assert alone == grafted(alone)


def test_links_to_other_deletions_move_nothing() -> None:
    """Only the span that is the same in both traces is a host."""
    other = replace(HOST, span_id="9" * 16)
    assert [other, TWIN, KILL] == grafted([other, TWIN, KILL])


def test_a_ring_of_hosts_is_left_as_it_is() -> None:
    """Whoever writes spans by hand cannot make them vanish."""
    spans = [HOST, replace(TWIN, parent_id="6" * 16), KILL]
    assert spans == grafted(spans)
