"""What live objects say of their traces."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.core.objects import (
    TRACEPARENT,
    at,
    deployment,
    ns,
    owner_of_annotation,
    pod,
    reached,
    replica_set,
    with_record,
)
from traceutil import derive, semconv
from traceutil.change import change_id
from traceutil.record import Drift, Record, RecordLink
from traceutil.settings import Settings
from traceutil.view.live import below, controller_of, foreign, told, unexported
from traceutil.view.relations import Relation
from traceutil.view.spans import LinkData, SpanData

NOW = ns(30)
SETTINGS = Settings(clock=lambda: NOW)
TRACE, SPAN = 0xAA, 0x5
RECORD = Record(TRACE, SPAN, 0, 1, "/apps/Deployment/default/web", ns(0), generation=1)
THEIRS = "0" * 30 + "ff"
PLAIN = {TRACEPARENT: f"00-{THEIRS}-{'1' * 16}-01"}


def _hex(value: int) -> str:
    return f"{value:032x}"


def test_an_open_span_is_drawn_to_now() -> None:
    """Ids and start are the record's; status says what is missing; it is never called reached."""
    web = with_record(
        deployment(2), Record(TRACE, SPAN, 7, 1, RECORD.of, ns(1), 1, links=(RecordLink("previous", 3, 4),))
    )
    web["status"] = {"observedGeneration": 1, "replicas": 2, "updatedReplicas": 2}

    assert SpanData(
        _hex(TRACE),
        f"{SPAN:016x}",
        f"{7:016x}",
        "Deployment",
        "deployment",
        ns(1),
        NOW,
        attributes={
            "k8s.namespace.name": "default",
            "k8s.deployment.name": "web",
            "k8s.deployment.uid": web["metadata"]["uid"],
            semconv.SPAN_TYPE: "object",
            semconv.REASON: "in progress",
            semconv.OBJECT_GENERATION: 1,
            semconv.MESSAGE: "LessAvailable: 0 of 2 updated replicas available",
        },
        links=(LinkData(_hex(3), f"{4:016x}", {semconv.LINK: "previous"}),),
        resource={"service.name": "deployment"},
    ) == told(web, SETTINGS).span  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "status"),
    [pytest.param("reached", "unset", id="reached"), pytest.param("failed", "error", id="failed")],
)
def test_a_closed_span_ends_as_its_record_says(reason: str, status: str) -> None:
    """Its export may be on its way, or lost."""
    span = told(with_record(deployment(2), RECORD.closed(ns(9), reason)), SETTINGS).span

    assert span is not None
    assert (ns(9), reason, status) == (span.end, span.attributes[semconv.REASON], span.status)


@pytest.mark.parametrize(
    ("web", "reason", "end", "known"),
    [
        pytest.param(deployment(2), "in progress", 30, None, id="nothing is said"),
        pytest.param(reached(deployment(2), 20), "reached", 20, 20, id="status remembers when"),
        pytest.param(
            {**deployment(2), "spec": {**deployment(2)["spec"], "progressDeadlineSeconds": 12}},
            "failed",
            12,
            12,
            id="its deadline is over",
        ),
    ],
)
def test_where_no_end_is_recorded_status_tells(
    web: dict[str, Any], reason: str, end: int, known: int | None
) -> None:
    """As its closer will see it: on custom resources no end is ever recorded."""
    answer = told(with_record(web, RECORD), SETTINGS)
    assert answer.span is not None

    assert (reason, ns(end), None if known is None else ns(known)) == (
        answer.span.attributes[semconv.REASON],
        answer.span.end,
        answer.end,
    )


def _derived(obj: dict[str, Any]) -> str:
    return _hex(derive.object_ids(obj["metadata"]["uid"], change_id(obj)).trace_id)


def test_an_object_that_carries_nothing_has_a_derived_trace() -> None:
    """Everybody derives the same."""
    web = deployment(2)
    answer = told(web, SETTINGS)

    assert (_derived(web),) == answer.traces
    assert answer.span is not None
    assert _derived(web) == answer.span.trace_id


def test_where_to_look_for_a_trace() -> None:
    """The recorded one, the episode of drift, what everybody would derive, in this order, each once."""
    drifted = Record(
        TRACE, SPAN, 0, 1, RECORD.of, ns(0), 1, end=ns(5), reason="reached", drift=Drift(ns(9), ns(5))
    )
    web = with_record(deployment(2), drifted, **{TRACEPARENT: f"00-{_hex(TRACE)}-{SPAN:016x}-01"})
    episode = derive.episode_ids(SPAN, ns(5))

    assert (_hex(TRACE), _hex(episode.trace_id), _derived(web)) == told(web, SETTINGS).traces


def test_a_context_of_another_tool_names_the_trace() -> None:
    """There is no record: nothing is known of an object span, and none is drawn."""
    web = deployment(2, annotations=PLAIN)
    answer = told(web, SETTINGS)

    assert (None, (THEIRS, _derived(web))) == (answer.span, answer.traces)


def test_a_record_that_is_not_sampled() -> None:
    """Nothing of it is exported: whoever looks must be told."""
    unsampled = Record(TRACE, SPAN, 0, 0, RECORD.of, ns(0), generation=1)

    assert (True, False) == tuple(
        told(with_record(deployment(2), each), SETTINGS).sampled for each in (RECORD, unsampled)
    )


def test_only_what_belongs_to_a_trace_and_was_not_exported_is_drawn_from_records() -> None:
    """What was exported is drawn as exported, other traces are left alone."""
    said = told(with_record(deployment(2), RECORD), SETTINGS)
    work = SpanData(_hex(TRACE), "9" * 16, f"{SPAN:016x}", "deployment.CreateReplicaSet", "deployment", 0, 1)
    assert said.span is not None

    assert [said.span] == unexported([said], [work])
    assert [] == unexported([said], [work, said.span])
    assert [] == unexported([said], [])


def _owned(obj: dict[str, Any], owner: str, uid: str) -> dict[str, Any]:
    obj["metadata"] |= {"uid": uid, "ownerReferences": [{"uid": owner, "controller": True}]}
    return obj


def test_what_is_below_an_object() -> None:
    """Owned by it, or by what it owns; a ring of owners ends."""
    web = deployment(2)
    rs = _owned(replica_set(2), web["metadata"]["uid"], "rs")
    one, other = _owned(pod(), "rs", "pod"), _owned(pod(), "elsewhere", "other")

    assert [rs, one] == below(web, [one, other, rs])
    assert [one] == below({"metadata": {"uid": "rs"}}, [one, _owned(replica_set(2), "pod", "rs")])[:1]
    assert [] == below({}, [pod()])


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        pytest.param(
            {"annotations": PLAIN, "managedFields": [owner_of_annotation(2)]},
            [Relation("foreign", _hex(TRACE), THEIRS, "Pod web-6d4-a")],
            id="a fresh context without our record, of another trace",
        ),
        pytest.param(
            {"annotations": {TRACEPARENT: f"00-{_hex(TRACE)}-{'1' * 16}-01"}}, [], id="one of this very trace"
        ),
        pytest.param({}, [], id="no context"),
        pytest.param(
            {"annotations": PLAIN, "managedFields": [owner_of_annotation(-900)]},
            [],
            id="a context that was left behind long ago",
        ),
        pytest.param({"annotations": {TRACEPARENT: "garbage"}}, [], id="a malformed one"),
    ],
)
def test_traces_of_other_controllers(metadata: dict[str, Any], expected: list[Relation]) -> None:
    """A controller in the middle began a trace of its own: what it wrote carries its context."""
    assert expected == list(foreign([pod(creationTimestamp=at(-1000), **metadata)], _hex(TRACE), SETTINGS))


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        pytest.param([], None, id="of nobody"),
        pytest.param([{"kind": "Node"}], None, id="an owner that is no controller"),
        pytest.param(
            [{"kind": "Node"}, {"kind": "ReplicaSet", "controller": True}],
            {"kind": "ReplicaSet", "controller": True},
            id="its controller among its owners",
        ),
    ],
)
def test_the_controller_of_an_object(references: list[Any], expected: dict[str, Any] | None) -> None:
    """One owner at most is the controller (Kubernetes: ownerReferences)."""
    assert expected == controller_of({"metadata": {"ownerReferences": references}})


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        pytest.param(
            "overdue", "NotObserved: no controller has looked at it yet", id="overdue: what is missing still"
        ),
        pytest.param("superseded", None, id="superseded: nothing of it is waited for"),
    ],
)
def test_what_a_closed_object_misses(reason: Any, expected: str | None) -> None:
    """Status says it, where the record remembers the end alone."""
    span = told(with_record(deployment(2), RECORD.closed(ns(9), reason)), SETTINGS).span

    assert span is not None
    assert expected == span.attributes.get(semconv.MESSAGE)
