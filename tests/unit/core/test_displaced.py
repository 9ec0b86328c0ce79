"""A context of an earlier change stays on the object: later changes do not hang in its trace."""

from __future__ import annotations

import copy

from tests.unit.core.objects import TRACEPARENT, deployment, ns, owner_of_spec, unreached
from tests.unit.core.resolving import resolved
from tests.unit.core.writing import accepted, patch_to, record_in
from traceutil import derive
from traceutil.change import change_id
from traceutil.record import RecordLink
from traceutil.testing import FixedClock, capture_spans


def test_a_manager_that_writes_again_without_context() -> None:
    """One entry of managedFields owns spec and annotation, so its time says nothing: the record does."""
    live = deployment()
    with capture_spans(clock=FixedClock(ns(1))) as spans:
        first = spans.tracer.trace_until_reached(live)
        for generation in (2, 3, 4):
            spans.advance(20)
            live = copy.deepcopy(live)
            entry = owner_of_spec(20 * (generation - 1))
            entry["fieldsV1"]["f:metadata"] = {"f:annotations": {f"f:{TRACEPARENT}": {}}}
            live["metadata"] |= {"generation": generation, "managedFields": [entry]}
            live["spec"]["replicas"] = generation
            place = resolved(live, clock=spans.clock)
            expected = derive.object_ids(live["metadata"]["uid"], change_id(live))
            assert place.parent is not None
            assert ("derived", expected.span_id) == (place.placement, place.parent.span_id)
            patch = patch_to(unreached(live), live["metadata"]["resourceVersion"])
            spans.tracer.end_if_reached(live, patch=patch)
            live = accepted(live, patch)
            links = record_in(live).links
            assert first.context.span_id in {link.span_id for link in links}
            assert len(links) == len({link.span_id for link in links})
    assert RecordLink("stale", first.context.trace_id, first.context.span_id) in links
