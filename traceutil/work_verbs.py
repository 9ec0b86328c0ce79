"""Spans of work: started from an object, nested, kept only where there was work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind

from traceutil.causes import Causes
from traceutil.desired import desired_state_reached
from traceutil.listening import LISTENING
from traceutil.objects import Json, KubernetesObject, as_json, section
from traceutil.places import Place, object_key, opted_out, resolve
from traceutil.record import KEY
from traceutil.relation import Relation
from traceutil.semconv import ATTEMPT, LINKS_DROPPED
from traceutil.spans import NoScope, StageScope, WorkScope, bounded_links, parent_context, work_starter
from traceutil.verb_base import SCOPE, VerbBase
from traceutil.work import current_work


class WorkVerbs(VerbBase):
    """`start_span_from_object` and `work_done`."""

    def start_span_from_object(
        self,
        obj: KubernetesObject,
        name: str,
        *,
        relation: Relation | None = None,
        causes: Causes | Iterable[Link] = (),
        only_if_work: bool = False,
        since: int | None = None,
        context: Context | None = None,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Mapping[str, Any] | None = None,
    ) -> AbstractContextManager[Span]:
        """A span for work on `obj`, current inside; `with` works in `async def` too.

        It continues what the object carries. Inside work on the same object it is that work's child.

        Args:
            obj: the object whose actual state is moved.
            name: low-cardinality, `<component>.<Stage>`.
            relation: "auto", "parent" or "link"; the tracer's setting where None.
            causes: what made this due; links.
            only_if_work: export it only when work was seen (see `work_done`).
            since: Unix ns when the work became due; gives `traceutil.waited`.
            context: OpenTelemetry context to start in, instead of the current one.

        Raises:
            TypeError: `obj` is no Kubernetes object.
        """
        body = as_json(obj)
        if not self.settings.enabled or opted_out(body, self.settings):
            return NoScope()
        work = current_work() if context is None else None
        nested = work is not None and work.place.key == object_key(body)
        place = work.place if nested and work else self._place(body, relation or self.settings.relation)
        own = dict(place.stage_attributes) if nested else dict(place.attributes)
        if attributes:
            own.update(attributes)
        links = [] if nested else list(place.links)
        if causes:
            links.extend(causes.links() if isinstance(causes, Causes) else causes)
            if isinstance(causes, Causes) and causes.dropped:
                own[LINKS_DROPPED] = causes.dropped
        if links:
            links = bounded_links(links, self.settings.max_links, own)
        tracer = self._tracer or self._get_provider().get_tracer(SCOPE)
        start = work_starter(
            tracer,
            name,
            kind=kind,
            links=links,
            attributes=own,
            base=None if nested else parent_context(place, context),
            since=since if since is not None or nested else place.since,
        )
        if nested and work and not only_if_work:
            return StageScope(start, work, name, self.settings.clock, self._attempts, ATTEMPT in own)
        return WorkScope(
            start,
            place,
            name,
            clock=self.settings.clock,
            attempts=self._attempts,
            numbered=ATTEMPT in own,
            only_if_work=only_if_work,
            holds_reads=self._holds_reads,
            on_finish=self._closer.note_work if place.placement == "drift" else None,
            before=desired_state_reached(body).state if LISTENING.to_any else None,
        )

    def work_done(self) -> None:
        """Say that the current reconcile did work: its span will be exported."""
        work = current_work()
        if work is not None:
            work.listen()
            work.mark_done()

    def _place(self, body: Json, relation: Relation) -> Place:
        metadata = section(body, "metadata")
        annotations = section(metadata, "annotations")
        version = metadata.get("resourceVersion")
        key = (metadata.get("uid"), version, relation, annotations.get(KEY), annotations.get(self._first_key))
        try:
            place = self._places.get(key) if version else None
        except TypeError:  # cluster data may have a list where text belongs
            version, place = None, None
        if not version:
            return resolve(body, self.settings, relation, self._closer.closed_at)
        if place is None or self._is_outdated(place):
            place = resolve(body, self.settings, relation, self._closer.closed_at)
            self._places.set(key, place)
        return place

    def _is_outdated(self, place: Place) -> bool:
        parent = place.parent
        if place.fresh_until is not None and self.settings.clock() >= place.fresh_until:
            return True
        return parent is not None and self._closer.closed_at(parent.span_id) is not None
