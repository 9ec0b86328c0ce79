"""What a kill may cost, and what not: pure, over what arrived and what is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demo.stage import recorded_spans
from traceutil.desired import desired_state_reached
from traceutil.times import SECOND

#: After a start, what ended so long before is exported again (`Settings.window`).
WINDOW = 3 * SECOND


@dataclass(frozen=True)
class Delivery:
    """A span as it arrived, once. `end` in Unix ns; `pod`: uid of the pod that it is about, if it is;
    `data`: all its bytes, those of its resource too."""

    trace: str
    span: str
    parent: str
    name: str
    is_object: bool
    end: int
    pod: str = ""
    linked: tuple[str, ...] = ()
    data: bytes = b""


@dataclass(frozen=True)
class Evidence:
    """After all is over. `roots`: trace by root span of what users wrote; `starts`: of processes, `deaths`:
    of kubelets, Unix ns."""

    deliveries: Sequence[Delivery]
    objects: Sequence[Mapping[str, Any]]
    roots: Mapping[str, str]
    starts: Sequence[int]
    deaths: Sequence[int] = ()
    window: int = WINDOW


def broken(evidence: Evidence) -> list[str]:
    """The promises that were not kept, a line each; none is as it should be."""
    return [
        *_unreached(evidence.objects),
        *_missing(evidence),
        *_lost(evidence),
        *_strays(evidence),
        *_repeats(evidence),
    ]


def _unreached(objects: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for obj in objects:
        if not desired_state_reached(obj):
            yield f"{_name(obj)} is not reached"


def _missing(evidence: Evidence) -> Iterator[str]:
    arrived = {each.span for each in evidence.deliveries}
    for span, trace in evidence.roots.items():
        if span not in arrived:
            yield f"the root {span} of trace {trace} was not exported"
    for obj in evidence.objects:
        for span_id in recorded_spans(dict(obj)):
            if f"{span_id:016x}" not in arrived:
                yield f"the object span {span_id:016x} of {_name(obj)} was not exported"


def _lost(evidence: Evidence) -> Iterator[str]:
    excused = lost_with_their_object(evidence)
    for each in _orphans(evidence):
        if not (_hangs_below_a_pod(each) and each.pod in excused):
            yield f"{each.name} {each.span} has no parent {each.parent} in trace {each.trace}"


def _orphans(evidence: Evidence) -> Iterator[Delivery]:
    arrived = {(each.trace, each.span) for each in evidence.deliveries}
    for each in evidence.deliveries:
        if each.parent and (each.trace, each.parent) not in arrived:
            yield each


def lost_with_their_object(evidence: Evidence) -> set[str]:
    """The uids of pods that are gone, and their spans too: a kubelet died as it had just removed them.

    The object is the memory: what was not delivered when it goes is lost, and what hung below it is orphaned
    (docs/spec.md 6). A pod that is still there has no such excuse, nor has any other kind.
    """
    stored = {each["metadata"]["uid"] for each in evidence.objects}
    return {
        each.pod
        for each in _orphans(evidence)
        if _hangs_below_a_pod(each) and each.pod not in stored
        if any(each.end < death for death in evidence.deaths)
    }


def _hangs_below_a_pod(each: Delivery) -> bool:
    """The pod's own span hangs below another object's."""
    return bool(each.pod) and not each.is_object


def _strays(evidence: Evidence) -> Iterator[str]:
    """Every trace is one that a user began, or linked to one that is not stray, itself or by its root."""
    linked: dict[str, set[str]] = defaultdict(set)
    for each in evidence.deliveries:
        linked[each.trace].update(each.linked)
    known = set(evidence.roots.values())
    while joined := {trace for trace in linked if trace not in known and linked[trace] & known}:
        known |= joined
    for trace in sorted(linked.keys() - known):
        yield f"trace {trace} is joined to none that a user began"


def _repeats(evidence: Evidence) -> Iterator[str]:
    """Only object spans arrive again, the same, and once more at most for each start within the window."""
    copies: dict[str, list[Delivery]] = defaultdict(list)
    for each in evidence.deliveries:
        copies[each.span].append(each)
    for span, same in copies.items():
        first = same[0]
        if len({each.data for each in same}) > 1:
            yield f"{first.name} {span} arrived {len(same)} times, and not the same, with {_ends(same)}"
        allowed = (
            sum(start - evidence.window <= first.end for start in evidence.starts) if first.is_object else 1
        )
        if len(same) > max(allowed, 1):
            yield f"{first.name} {span} arrived {len(same)} times, {allowed} allowed"


def _ends(same: Sequence[Delivery]) -> str:
    """What most likely differs."""
    return f"ends {sorted({each.end for each in same})}, links to {sorted({each.linked for each in same})}"


def _name(obj: Mapping[str, Any]) -> str:
    return f"{obj.get('kind')} {obj['metadata']['name']}"
