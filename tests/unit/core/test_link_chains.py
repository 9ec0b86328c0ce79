"""Chains of supersession: a sampled change has its direct successor sampled for its sake, not the third."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import Sampler, TraceIdRatioBased
from opentelemetry.trace import Link

from tests.unit.core.objects import (
    Object,
    at,
    database,
    deployment,
    ns,
    owner_of_annotation,
    owner_of_spec,
    record_of,
    unreached,
    with_record,
)
from tests.unit.core.writing import accepted, patch_to, record_in
from traceutil import derive
from traceutil.change import change_id
from traceutil.ids import IdSource, RandomIds
from traceutil.sampling import LinkAware
from traceutil.testing import CapturedSpans, FixedClock, capture_spans

TAKEN, LEFT = 0x1, 0xFFFF_FFFF_FFFF_FFFF
RATIO = 0.1


def told(trace_ids: Sequence[int], ratio: float) -> list[str]:
    """The rule, told a second time: by the ratio, else for the sake of a change that the ratio took."""
    out: list[str] = []
    for trace_id in trace_ids:
        if derive.sampled(trace_id, ratio):
            out.append("ratio")
        else:
            out.append("link" if out and out[-1] == "ratio" else "no")
    return out


class Ids(RandomIds):
    """The trace ids that are given, one after the other."""

    def __init__(self, trace_ids: Sequence[int]) -> None:
        super().__init__(0)
        self._trace_ids = iter(trace_ids)

    def trace_id(self) -> int:
        return next(self._trace_ids)


def said(flags: int, state: str) -> str:
    return {(1, ""): "ratio", (1, "traceutil=l:1"): "link", (0, ""): "no"}[flags, state]


def written_over(spans: CapturedSpans, changes: int) -> tuple[list[int], list[str]]:
    """A user writes a Deployment and changes it before it is reached: (trace ids, decisions)."""
    traces, decisions = [], []
    live: Object | None = None
    for replicas in range(1, changes + 1):
        sent = deployment(replicas=replicas, generation=replicas)
        spans.tracer.trace_until_reached(sent, live=live)
        live = unreached(sent)
        record = record_in(live)
        traces.append(record.trace_id)
        decisions.append(said(record.flags, record.state))
    return traces, decisions


def arrived(spans: CapturedSpans, changes: int, uid: str, *, rides: bool) -> tuple[list[int], list[str]]:
    """The first change is written with a context, later ones arrive with none: (trace ids, decisions).

    `rides`: whether the owner of status is there, and its record rides on the status that it writes.
    """
    sent = deployment(uid=uid) if rides else database(uid=uid)
    spans.tracer.trace_until_reached(sent)
    live, traces, decisions = sent, [], []
    for generation in range(1, changes + 1):
        live = copy.deepcopy(live)
        managers = [owner_of_spec(20 * (generation - 1)), owner_of_annotation(0)]
        version = str(int(live["metadata"]["resourceVersion"]) + 1)
        live["metadata"] |= {"generation": generation, "managedFields": managers, "resourceVersion": version}
        live["spec"]["replicas" if rides else "size"] = generation
        with spans.tracer.start_span_from_object(live, "test.Work") as work:
            context = work.get_span_context()
        if rides:
            patch = patch_to(unreached(live), live["metadata"]["resourceVersion"])
            spans.tracer.end_if_reached(live, patch=patch)
            live = accepted(live, patch)
        traces.append(context.trace_id)
        decisions.append(said(context.trace_flags & 1, context.trace_state.to_header()))
        spans.advance(20)
    return traces, decisions


@pytest.mark.parametrize(
    ("trace_ids", "expected"),
    [
        pytest.param(
            [TAKEN, LEFT, LEFT, LEFT],
            ["ratio", "link", "no", "no"],
            id="the first is taken: so is its direct successor, not the third",
        ),
        pytest.param([LEFT, LEFT, LEFT, LEFT], ["no"] * 4, id="none taken: none sampled"),
        pytest.param(
            [LEFT, TAKEN, LEFT, LEFT],
            ["no", "ratio", "link", "no"],
            id="what came before is not sampled after the fact",
        ),
        pytest.param(
            [TAKEN, TAKEN, LEFT, LEFT],
            ["ratio", "ratio", "link", "no"],
            id="each that the ratio takes has its successor",
        ),
        pytest.param(
            [TAKEN, LEFT, TAKEN, LEFT],
            ["ratio", "link", "ratio", "link"],
            id="what was sampled for a link may be followed by one that the ratio takes",
        ),
    ],
)
def test_changes_written_over_each_other(trace_ids: list[int], expected: list[str]) -> None:
    with capture_spans(ratio=0.5, ids=Ids(trace_ids)) as spans:
        assert expected == written_over(spans, 4)[1] == told(trace_ids, 0.5)


def linked_spans(sampler: Sampler, ids: IdSource, changes: int) -> tuple[list[int], list[str]]:
    """Roots of a plain provider, each linked to the one before."""
    provider = TracerProvider(sampler=sampler, shutdown_on_exit=False)
    provider.id_generator.generate_trace_id = ids.trace_id  # type: ignore[method-assign]
    tracer = provider.get_tracer("t")
    traces, decisions, links = [], [], list[Link]()
    for _ in range(changes):
        context = tracer.start_span("change", links=links).get_span_context()
        links = [Link(context)]
        traces.append(context.trace_id)
        decisions.append(said(context.trace_flags & 1, context.trace_state.to_header()))
    return traces, decisions


def by_verbs(seed: int) -> tuple[list[int], list[str]]:
    with capture_spans(ratio=RATIO, ids=RandomIds(seed)) as spans:
        return written_over(spans, 4)


def by_status(seed: int) -> tuple[list[int], list[str]]:
    with capture_spans(ratio=RATIO, ids=RandomIds(seed)) as spans:
        return arrived(spans, 4, f"u{seed}", rides=True)


def by_sampler(seed: int) -> tuple[list[int], list[str]]:
    return linked_spans(LinkAware(TraceIdRatioBased(RATIO)), RandomIds(seed), 4)


@pytest.mark.parametrize(
    "chain",
    [
        pytest.param(by_verbs, id="written by a user, over the span that is open"),
        pytest.param(by_status, id="without context, the record riding on status"),
        pytest.param(by_sampler, id="linked roots of a plain provider under LinkAware"),
    ],
)
def test_four_changes_at_a_ratio_of_a_tenth(chain: Callable[[int], tuple[list[int], list[str]]]) -> None:
    """500 chains: each as the rule says, the first sampled by the ratio, no later one beyond twice of it.

    The seeds are fixed, and so are the decisions; the bounds are four standard deviations of what the rule
    gives: r for the first, 2r − r² for the others.
    """
    chains = [chain(seed) for seed in range(500)]

    assert [told(traces, RATIO) for traces, _ in chains] == [decisions for _, decisions in chains]
    shares = [sum(decisions[n] != "no" for _, decisions in chains) / len(chains) for n in range(4)]
    expected = [RATIO, *[2 * RATIO - RATIO**2] * 3]
    assert all(abs(share - mean) < 0.07 for share, mean in zip(shares, expected, strict=True)), shares


def test_a_record_that_nobody_brings_up_to_date_is_followed_by_one_change_only() -> None:
    """A custom resource keeps its first record: the second change is linked to it, the third is too late."""
    for n in range(50):
        with capture_spans(ratio=0.5, ids=Ids([TAKEN])) as spans:
            traces, decisions = arrived(spans, 4, f"u{n}", rides=False)
        assert 4 == len(set(traces))
        expected = ["ratio" if derive.sampled(each, 0.5) else "no" for each in traces]
        expected[1] = "link" if expected[1] == "no" else "ratio"
        assert expected == decisions


@pytest.mark.parametrize("first", [TAKEN, LEFT])
def test_closers_in_different_processes_agree(first: int) -> None:
    """Whoever works, whoever closes, whoever comes after a kill: the same flags for 100 derived changes."""
    for n in range(100):
        sent = database(uid=f"u{n}")
        with capture_spans(ratio=0.5, ids=Ids([first])) as writer:
            writer.tracer.trace_until_reached(sent)
        sent["metadata"] |= {"generation": 2, "managedFields": [owner_of_spec(20)], "resourceVersion": "2"}
        sent["spec"]["size"] = 2
        trace = derive.object_ids(f"u{n}", change_id(sent)).trace_id
        exported = []
        for _ in range(2):
            with capture_spans(clock=FixedClock(ns(30)), ratio=0.5) as spans:
                with spans.tracer.start_span_from_object(sent, "test.Work"):
                    spans.tracer.end_if_reached(unreached(sent))
                spans.tracer.end_if_reached(ready(sent))
            here = {span.name for span in spans if span.context and span.context.trace_id == trace}
            exported.append(here)
        whole = {"test.Work", "Database"}
        expected = whole if first == TAKEN or derive.sampled(trace, 0.5) else set()
        assert [expected, expected] == exported


def ready(obj: Object) -> Object:
    condition = {"type": "Ready", "status": "True", "lastTransitionTime": at(30)}
    status = {"observedGeneration": 2, "conditions": [condition]}
    return {**obj, "metadata": {**obj["metadata"], "resourceVersion": "9"}, "status": status}


@pytest.mark.parametrize(
    ("flags", "exported"), [pytest.param(1, 2, id="sampled: both"), pytest.param(0, 0, id="not: neither")]
)
def test_the_deletion_of_a_sampled_object_is_sampled(flags: int, exported: int) -> None:
    """The derived trace of its deletion is the end of its story."""
    live = database(uid="u1")
    terminating = with_record(live, record_of(live, flags=flags))
    terminating["metadata"] |= {"deletionTimestamp": at(1), "resourceVersion": "7"}
    with capture_spans(ratio=0.0) as spans:
        with spans.tracer.start_span_from_object(terminating, "test.Kill"):
            pass
        spans.tracer.end_if_reached(terminating, deleted=True)
        trace = derive.object_ids("u1", "deletion").trace_id
        assert exported == len([span for span in spans if span.context and span.context.trace_id == trace])
