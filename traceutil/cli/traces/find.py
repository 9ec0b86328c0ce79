"""An object's trace, found: by what the object carries, else by its name; and made into one answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from traceutil import semconv
from traceutil.cli.errors import BadInput
from traceutil.cli.traces.follow import follow
from traceutil.cli.traces.live import Seen
from traceutil.cli.traces.source import Source
from traceutil.settings import Settings
from traceutil.times import SECOND
from traceutil.view import labels
from traceutil.view.graft import grafted
from traceutil.view.labels import IN_PROGRESS
from traceutil.view.live import Told, foreign, pruned, told, unexported
from traceutil.view.result import Result
from traceutil.view.spans import SpanData
from traceutil.view.tree import build
from traceutil.view.wanted import Wanted

#: So long after its end (ns) a span may be on its way yet: queues of exporters and of Jaeger.
_ON_ITS_WAY = 10 * SECOND


class NoTrace(Exception):
    """Nothing was found. The message's lines: what was looked for, where, and what to try."""


@dataclass(frozen=True, slots=True)
class _Start:
    """The trace to begin with; `notes`: how it was come by, where that is worth saying."""

    spans: list[SpanData]
    notes: tuple[str, ...] = ()


async def find(source: Source, seen: Seen, settings: Settings, generation: int | None = None) -> Result:
    """The object's trace and those around it.

    Args:
        generation: of the object, whose change is meant; None: the newest.

    Raises:
        NoTrace: there is none.
        BadInput: several objects are meant.
    """
    own = None if seen.obj is None else told(seen.obj, settings)
    start = await _start(source, seen, own, generation, settings.clock())
    ours = start.spans[0].trace_id
    also = list(foreign(seen.owned, ours, settings))
    if seen.obj is not None:
        also += pruned(seen.obj, seen.owned, ours, settings)
    followed = await follow(source, start.spans, also)
    around = (told(obj, settings) for obj in (*seen.owned, *seen.owners))
    everyone = [each for each in (own, *around) if each is not None]
    open_spans = unexported(everyone, followed.spans)
    spans = grafted([*followed.spans, *open_spans])
    subject = _subject(seen.wanted, spans, generation, ours)
    shown = str(seen.wanted) if subject is None else labels.object_label(subject, root=True)
    notes = [f"{shown} in {source.place}", *seen.notes, *start.notes, *_told_of(open_spans, followed.left)]
    state = IN_PROGRESS if subject is None else str(subject.attributes.get(semconv.REASON) or IN_PROGRESS)
    whole = next(trace for trace in build(spans) if trace.trace_id == ours)
    took = whole.end - whole.start if subject is None else subject.duration
    return Result(
        scenario=shown,
        reached=state in ("reached", "recovered"),
        state=state,
        duration_seconds=took / SECOND,
        spans=spans,
        dropped=None,
        notes=notes,
        relations=also,
        subject=None if subject is None else subject.span_id,
        earlier=[each.span_id for each in seen.wanted.object_spans(spans) if each is not subject],
        jaeger=source.links,
    )


async def _start(source: Source, seen: Seen, own: Told | None, generation: int | None, now: int) -> _Start:
    current = own is not None and (generation is None or _generation(own.span) == generation)
    if own is not None and current:
        for trace_id in own.traces:
            if spans := await source.trace(trace_id):
                return _Start(spans)
        if own.span is not None and own.sampled and _on_its_way(own, now):
            return _Start([own.span], ("nothing of it has been exported yet",))
    found = await source.naming(seen.wanted)
    chosen = _chosen(seen.wanted, found, generation)
    if chosen is None:
        raise NoTrace("\n  ".join(_what_to_try(source, seen, own, generation)))
    exact = await source.trace(chosen) or [span for span in found if span.trace_id == chosen]
    missing = (f"trace {own.traces[0]} of its newest change is not there",) if own and current else ()
    return _Start(exact, missing)


def _on_its_way(own: Told, now: int) -> bool:
    """Whether somebody opened the span, and it is open, or closed a moment ago."""
    if own.span is None or not own.carried:
        return False
    return labels.is_open(own.span) or (own.end is not None and now - own.end < _ON_ITS_WAY)


def _chosen(wanted: Wanted, spans: Sequence[SpanData], generation: int | None) -> str | None:
    """The trace of the newest object span that is meant; where it is not exported yet, of the newest work."""
    objects = wanted.object_spans(spans)
    namespaces = {str(span.attributes.get(semconv.K8S_NAMESPACE_NAME) or "") for span in objects}
    if len(namespaces) > 1:
        raise BadInput(f"{wanted} is in several namespaces: say -n {' or -n '.join(sorted(namespaces))}")
    if generation is not None:
        objects = _of_generation(objects, generation)
    if objects:
        return objects[-1].trace_id
    work = [] if generation is not None else [span for span in spans if wanted.is_named_by(span)]
    return max(work, key=lambda span: span.start).trace_id if work else None


def _subject(wanted: Wanted, spans: Sequence[SpanData], generation: int | None, ours: str) -> SpanData | None:
    """The newest object span that is meant; of a trace that has none yet, none."""
    objects = wanted.object_spans(spans)
    if generation is not None:
        return next(reversed(_of_generation(objects, generation)), None)
    if not any(span.trace_id == ours for span in objects):
        return None
    return objects[-1]


def _of_generation(objects: Sequence[SpanData], generation: int) -> list[SpanData]:
    """Those of one change; a deletion is the next, although it moves the generation of few kinds."""
    changes = [span for span in objects if span.attributes.get(semconv.CHANGE) != "deletion"]
    return [span for span in changes if _generation(span) == generation]


def _generation(span: SpanData | None) -> object:
    return None if span is None else span.attributes.get(semconv.OBJECT_GENERATION)


def _told_of(open_spans: Sequence[SpanData], left: int) -> list[str]:
    notes = []
    lost = [span for span in open_spans if not labels.is_open(span)]
    if lost:
        count = f"{len(lost):,} object span" + ("s are" if len(lost) > 1 else " is")
        notes.append(f"{count} drawn from live objects: not exported yet, or lost")
    if left:
        notes.append(f"{left:,} more linked trace{'s are' if left > 1 else ' is'} not drawn")
    return notes


def _what_to_try(source: Source, seen: Seen, own: Told | None, generation: int | None) -> list[str]:
    which = "" if generation is None else f", generation {generation},"
    lines = [f"no trace of {seen.wanted}{which} in {source.place}", *seen.notes]
    if own is not None and own.traces:
        lines.append(f"looked for trace {own.traces[0]}, which the object names, and for spans of its name")
    else:
        lines.append(
            f"looked for spans with {' and '.join(f'{k}={v}' for k, v in seen.wanted.attributes.items())}"
        )
    if own is not None and not own.sampled:
        lines.append("its record says that the trace is not sampled: see TRACEUTIL_RATIO of who wrote it")
    lines.append("are its controllers traced, and do they export? OTEL_EXPORTER_OTLP_ENDPOINT says where to")
    lines.append("elsewhere? --jaeger URL, --from FILE, -n NAMESPACE, --context NAME")
    return lines
