"""After its end: where work on an object hangs then."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.core.objects import (
    Object,
    at,
    deployment,
    ns,
    pod,
    record_of,
    replica_set,
    with_record,
)
from tests.unit.core.resolving import DERIVED, OWNER, ids, links, resolved
from traceutil import derive
from traceutil.record import Drift, Record

WEB = record_of(deployment())


ENDED = replace(WEB, end=ns(9), reason="reached")


@pytest.mark.parametrize(
    ("record", "closed", "latch"),
    [
        pytest.param(ENDED, {}, ns(9), id="the first episode starts from the recorded end"),
        pytest.param(
            replace(ENDED, drift=Drift(ns(20), ns(9))),
            {},
            ns(9),
            id="an open episode is joined, not begun again",
        ),
        pytest.param(
            replace(ENDED, drift=Drift(ns(20), ns(9), ns(30))),
            {},
            ns(30),
            id="the next starts from the last's end",
        ),
        pytest.param(WEB, {WEB.span_id: ns(12)}, ns(12), id="an end that only this process knows"),
    ],
)
def test_drift_goes_into_one_linked_trace(record: Record, closed: dict[int, int], latch: int) -> None:
    place = resolved(with_record(deployment(), record), closed=closed)
    expected = tuple(derive.episode_ids(WEB.span_id, latch))
    assert ("drift", expected, [("drift", WEB.span_id)]) == (place.placement, ids(place.parent), links(place))


def test_drift_of_a_derived_object_span() -> None:
    """A change without context has episodes too, once this process has closed it."""
    place = resolved(pod(), closed={DERIVED.span_id: ns(9)})
    expected = tuple(derive.episode_ids(DERIVED.span_id, ns(9)))
    assert ("drift", expected) == (place.placement, ids(place.parent))
    assert [("drift", DERIVED.span_id)] == links(place)


def test_drift_whose_span_somebody_else_closes_is_a_new_linked_trace() -> None:
    """The episode's root would be exported by nobody here."""
    place = resolved(with_record(deployment(), replace(ENDED, closer="deployment")))
    assert (place.placement, ids(place.parent), links(place)) == ("root", None, [("drift", 0xB1)])


def test_an_owners_span_that_this_process_has_closed_is_no_parent() -> None:
    """The copy on the child does not know."""
    child = with_record(replica_set(ownerReferences=[OWNER]), WEB)
    place = resolved(child, closed={WEB.span_id: ns(12)})
    assert (place.placement, links(place)) == ("derived", [("stale", 0xB1)])


@pytest.mark.parametrize(
    ("flags", "state", "ratio", "sampled"),
    [
        pytest.param(1, "", 1.0, True, id="a sampled span, all derived traces sampled"),
        pytest.param(
            0, "", 1.0, False, id="an unsampled span has no sampled episode: it would be a loose end"
        ),
        pytest.param(1, "", 0.0, True, id="a sampled span's, for its sake"),
        pytest.param(1, "traceutil=l:1", 0.0, False, id="not that of a span sampled for a link's sake"),
        pytest.param(1, "traceutil=l:1", 1.0, True, id="unless the ratio takes it"),
    ],
)
def test_an_episode_is_sampled(flags: int, state: str, ratio: float, sampled: bool) -> None:
    place = resolved(with_record(deployment(), replace(ENDED, flags=flags, state=state)), ratio=ratio)
    assert place.parent is not None
    assert sampled == place.parent.trace_flags.sampled


@pytest.mark.parametrize(
    ("owners", "setting", "sampled"),
    [
        pytest.param([], False, True, id="of an object on its own: yes"),
        pytest.param([OWNER], False, False, id="of an object with a controlling owner: not unless asked"),
        pytest.param([OWNER], True, True, id="of an owned object, where that is set"),
    ],
)
def test_the_small_trace_of_a_deletion_is_exported(
    owners: list[Object], setting: bool, sampled: bool
) -> None:
    obj = pod(deletionTimestamp=at(50), ownerReferences=owners)
    place = resolved(obj, export_owned_deletions=setting)
    assert place.parent is not None
    assert sampled == place.parent.trace_flags.sampled
