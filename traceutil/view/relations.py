"""How traces stand to each other: which of two came first, and what the newer is to the older.

Links say it in an attribute. Jaeger's page and its first query API lose the attributes of links; there it is
inferred from what both spans say of themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from traceutil import semconv
from traceutil.view import labels
from traceutil.view.spans import LinkData, SpanData
from traceutil.view.tree import Trace

#: How it is said, by the kind of the link; {old} and {new} are traces.
_WORDS = {
    "superseded": "{old} was superseded by {new}",
    "drift": "{new} heals the drift of {old}",
    "recovered": "{new} is the recovery of {old}",
    "previous": "{new} is the change after {old}",
    "deletion": "{new} is the deletion after {old}",
    "overflow": "{new} continues {old}, which had too many children for one trace",
    "stale": "{new} began from a context left by {old}",
    "cause": "{new} was caused by {old}",
    "foreign": "{new} is that of another controller below {old}",
    "pruned": "{new} goes on from {old}, whose record was taken off the object",
    "": "{new} is linked to {old}",
}
#: What belongs to the story of one change, and is drawn with it. The others are told, and left there.
FOLLOWED = frozenset({"superseded", "drift", "recovered", "deletion", "overflow", "foreign", "pruned", ""})
#: A link within one user action, or one that says who wrote: no other story.
_UNTOLD = frozenset({"written_by"})


@dataclass(frozen=True, slots=True)
class Relation:
    """`new` (a trace id) stands to `old` as `why` says; `about`: the object at which both meet, if one."""

    why: str
    old: str
    new: str
    about: str = ""

    def words(self) -> str:
        """The sentence, with the traces' short ids."""
        said = _WORDS.get(self.why, _WORDS[""])
        told = said.format(old=f"trace {self.old[:8]}", new=f"trace {self.new[:8]}")
        return f"{told}: {labels.clean(self.about)}" if self.about else told


def relations(traces: Sequence[Trace], found: Iterable[Relation] = ()) -> list[Relation]:
    """Each pair of traces of which at least one is given, once: by their links, then as found otherwise."""
    known = {trace.trace_id: trace for trace in traces}
    said: dict[frozenset[str], Relation] = {}
    for trace in traces:
        for relation in _of(trace, known):
            pair = frozenset((relation.old, relation.new))
            if pair not in said or (said[pair].why == "" != relation.why):
                said[pair] = relation
    for relation in found:
        said.setdefault(frozenset((relation.old, relation.new)), relation)
    return list(said.values())


def _of(trace: Trace, known: Mapping[str, Trace]) -> Iterator[Relation]:
    roots = {root.span.span_id for root in trace.roots}
    for node in trace.nodes.values():
        if not (node.is_object or node.span.span_id in roots):
            continue
        for link in node.span.links:
            why = link_kind(node.span, link, known.get(link.trace_id))
            if link.trace_id == trace.trace_id or why in _UNTOLD:
                continue
            if node.span.span_id in roots or link.trace_id in known:
                yield _relation(why, trace.trace_id, node.span, link)


def _relation(why: str, trace_id: str, span: SpanData, link: LinkData) -> Relation:
    """All links point to what was before, but for `superseded_by`, and for those to overflow traces.

    There are at least two of the latter, and each links back.
    """
    if why == "superseded_by":
        return Relation("superseded", trace_id, link.trace_id)
    if why == "overflow" and len(span.links) > 1:
        return Relation(why, trace_id, link.trace_id)
    if why == "drift" and span.attributes.get(semconv.REASON) == "recovered":
        why = "recovered"
    return Relation(why, link.trace_id, trace_id)


def link_kind(span: SpanData, link: LinkData, linked: Trace | None) -> str:
    """`traceutil.link` of a link; where its attributes were lost, what the two spans say; '' if nothing."""
    told = link.attributes.get(semconv.LINK)
    if told:
        return labels.clean(told)
    if span.attributes.get(semconv.RELATION) == "drift":
        return "drift"
    if span.attributes.get(semconv.CHANGE) == "deletion":
        return "deletion"
    node = None if linked is None else linked.nodes.get(link.span_id)
    if node is None or not _same_object(span, node.span):
        return ""
    return _between(span, node.span)


def _between(span: SpanData, other: SpanData) -> str:
    """How two object spans of one object stand to each other."""
    if (span.start, span.end) == (other.start, other.end):
        return "overflow"
    older, newer = sorted((span, other), key=lambda each: each.start)
    if older.attributes.get(semconv.REASON) == "superseded":
        return "superseded" if newer is span else "superseded_by"
    return "previous" if newer is span else ""


def _same_object(span: SpanData, other: SpanData) -> bool:
    return _named(span) == _named(other)


def _named(span: SpanData) -> tuple[str, object, str]:
    return labels.kind_of(span), span.attributes.get(semconv.K8S_NAMESPACE_NAME), labels.name_of(span)
