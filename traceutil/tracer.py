"""One set of settings, all verbs. No verb does I/O, so there are no async twins."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from opentelemetry.context import Context, get_current
from opentelemetry.trace import (
    INVALID_SPAN_CONTEXT,
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    TracerProvider,
    get_current_span,
    set_span_in_context,
)

from traceutil import encode
from traceutil.attempts import Attempts
from traceutil.carriers.baggage import Baggage
from traceutil.carriers.w3c import W3C
from traceutil.causes import Causes
from traceutil.change import same_desired_state
from traceutil.closing import Closer
from traceutil.craft import Crafter, global_provider
from traceutil.desired import Convergence, State, desired_state_reached
from traceutil.health import Health
from traceutil.judging import Handled, overlaid
from traceutil.memory import Bounded, is_hashable
from traceutil.object_span import ObjectSpan
from traceutil.objects import (
    Json,
    KubernetesObject,
    WritableObject,
    annotations_for_writing,
    as_json,
    check_writable,
    section,
    text,
)
from traceutil.opening import deletion_record, derived_record, opened
from traceutil.places import Place, classify, object_key, opted_out, read_plain, read_record, resolve
from traceutil.record import KEY, Record, holds
from traceutil.relation import Relation
from traceutil.semconv import LINKS_DROPPED
from traceutil.settings import Settings
from traceutil.spans import NoScope, WorkScope, bounded_links, parent_context, stage_attributes, work_starter
from traceutil.work import ProvisionalSpan, Work, current_work

SCOPE = "traceutil"


class ObjectTracer:
    """Carries trace context through Kubernetes objects, by one set of settings.

    Args:
        provider: where spans go; None: OpenTelemetry's global provider, looked up at each use.
        settings: any field of `Settings` by name.
        prefix: of the W3C annotations that are read and written.

    Raises:
        TypeError: a setting that does not exist.
    """

    def __init__(
        self, provider: TracerProvider | None = None, *, prefix: str | None = None, **settings: Any
    ) -> None:
        if prefix is not None:
            w3c = W3C(prefix)
            settings.setdefault("write", (w3c,))
            settings.setdefault("read", (w3c, *Settings().read))
        self.settings = Settings(**settings)
        self._provider = provider
        self._tracer = None if provider is None else provider.get_tracer(SCOPE)
        #: Set by `integrations.kopf.configure`: it sees when the last of several handlers has succeeded.
        self.waits_for_all_handlers = False
        self._attempts = Attempts()
        self._places: Bounded[tuple[Any, ...], Place] = Bounded(8_192)
        self._closer = Closer(self.settings, Crafter(self._get_provider, self.settings.health))

    @classmethod
    def from_env(
        cls, environ: Mapping[str, str] = os.environ, provider: TracerProvider | None = None
    ) -> ObjectTracer:
        """Settings from `TRACEUTIL_*`; what is not set keeps its default.

        Raises:
            ValueError: a variable has a value that cannot be used; the message names both.
        """
        from traceutil.environment import settings_from

        return cls(provider, **settings_from(environ))

    @property
    def health(self) -> Health:
        """What was lost, refused or could not be read."""
        return self.settings.health

    def _get_provider(self) -> TracerProvider:
        return self._provider if self._provider is not None else global_provider()

    # --- spans of work ---------------------------------------------------------------------------------

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
        own = stage_attributes(place) if nested else dict(place.attributes)
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
        return WorkScope(
            start,
            place,
            name,
            clock=self.settings.clock,
            attempts=self._attempts,
            only_if_work=only_if_work,
            holds_reads=only_if_work and bool(getattr(self._get_provider(), "traceutil_holds_reads", False)),
            on_finish=self._closer.note_work if place.placement == "drift" else None,
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
        if not version or not is_hashable(key):
            return resolve(body, self.settings, relation, self._closer.closed_at)
        place = self._places.get(key)
        if place is None or self._is_outdated(place):
            place = resolve(body, self.settings, relation, self._closer.closed_at)
            self._places.set(key, place)
        return place

    @property
    def _first_key(self) -> str:
        return self.settings.read[0].keys[0]

    def _is_outdated(self, place: Place) -> bool:
        parent = place.parent
        if place.fresh_until is not None and self.settings.clock() >= place.fresh_until:
            return True
        return parent is not None and self._closer.closed_at(parent.span_id) is not None

    # --- context into objects --------------------------------------------------------------------------

    def encode_context_into_object(
        self, obj: WritableObject, *, live: KubernetesObject | None = None, context: Context | None = None
    ) -> None:
        """Write the trace context into what is about to be sent, in place.

        Inside a work span that is the object span of the object that the work moves; else the current span;
        with neither, nothing. Into a Binding goes only the time of scheduling.

        Args:
            obj: object, merge patch, kopf `patch`, apply configuration or Binding.
            live: the object as it is in the cluster. Where its desired state equals `obj`'s, its carriers are
                kept, so that a no-op stays a no-op; where it differs, that is evidence of work.
            context: OpenTelemetry context to write, instead of the current one.

        Raises:
            TypeError: `obj` is read-only (kopf's `body`: pass `patch`) or no Kubernetes object.
        """
        check_writable(obj)
        body = as_json(obj)
        if not encode.may_write(body, self.settings):
            return
        stored = None if live is None else as_json(live)
        if stored is not None and opted_out(stored, self.settings):
            return
        if body.get("kind") == "Binding":
            annotations_for_writing(obj)[encode.SCHEDULED_AT] = str(self.settings.clock())
            return
        work = current_work() if context is None else None
        if stored is not None:
            if work is not None:
                work.listen()
            if same_desired_state(body, stored):
                encode.carry_over(stored, obj, body, self.settings)
                return
            if work is not None:
                work.mark_done()
        span = self._context_to_write(work, context)
        if span.is_valid:
            encode.write_context(span, obj, body, self.settings, live=stored, otel=context)

    def _context_to_write(self, work: Work | None, context: Context | None) -> SpanContext:
        if work is not None:
            return work.object_context
        span = get_current_span(context)
        return span.object_context if isinstance(span, ProvisionalSpan) else span.get_span_context()

    def context_json_patch(
        self, live: KubernetesObject, *, context: Context | None = None
    ) -> list[dict[str, Any]]:
        """RFC 6902 operations that write the context into `live`, and lose none of its annotations.

        Where `live` has no annotations map the patch adds one, guarded by a test of the resourceVersion: for
        callers that retry on conflict. Others use the merge form.
        """
        stored = as_json(live)
        work = current_work() if context is None else None
        span = self._context_to_write(work, context)
        form: dict[str, Any] = {}
        if span.is_valid and encode.may_write(stored, self.settings):
            shape = {"kind": stored.get("kind")}
            encode.write_context(span, form, shape, self.settings, live=stored, otel=context)
        return encode.json_patch(stored, section(section(form, "metadata"), "annotations"))

    def context_from_object(self, obj: KubernetesObject, context: Context | None = None) -> Context:
        """The context that work on the object continues, as OpenTelemetry's `extract` would give it.

        Nothing carried, or only what is malformed: the given (or current) context, unchanged.
        """
        body = as_json(obj)
        record, plain = read_record(body, self.settings), read_plain(body, self.settings)
        base = get_current() if context is None else context
        if self.settings.baggage:
            stored = section(section(body, "metadata"), "annotations")
            base = Baggage(self.settings.baggage).extract(stored, base) or base
        if record is not None and classify(body, record, plain, self.settings) in ("open", "closed", "owner"):
            return set_span_in_context(NonRecordingSpan(record.context), base)
        return base if plain is None else set_span_in_context(NonRecordingSpan(plain), base)

    # --- object spans ----------------------------------------------------------------------------------

    def trace_until_reached(
        self,
        obj: WritableObject,
        *,
        live: KubernetesObject | None = None,
        deadline: float | None = None,
        closer: str | None = None,
        context: Context | None = None,
    ) -> ObjectSpan:
        """Open the object span of `obj`, before its desired state is written; includes encoding.

        With no current span it is the root of a new trace. Where `live` equals `obj` in desired state, its
        carriers are kept and its span is returned.

        Args:
            obj: what is about to be sent, changed in place.
            live: the object as it is in the cluster; None for a creation.
            deadline: seconds after which it is overdue; None: its owner's, else the setting.
            closer: the component that will close it; None: this one.
            context: OpenTelemetry context to open it in, instead of the current one.

        Raises:
            TypeError: `obj` is read-only or no Kubernetes object.
        """
        check_writable(obj)
        body = as_json(obj)
        stored = None if live is None else as_json(live)
        if not encode.may_write(body, self.settings) or (
            stored is not None and opted_out(stored, self.settings)
        ):
            return self.object_span(body if stored is None else stored)
        work = current_work() if context is None else None
        if work is not None:
            work.listen()
        if stored is not None and same_desired_state(body, stored):
            encode.carry_over(stored, obj, body, self.settings)
            return self.object_span(stored)
        creator = self._context_to_write(work, context)
        record = opened(
            body,
            stored,
            creator if creator.is_valid else None,
            work,
            settings=self.settings,
            closer=self.settings.component if closer is None else closer,
            deadline=deadline,
            live_open=None if stored is None else self._open_record(stored),
        )
        before = None if stored is None else read_record(stored, self.settings)
        if stored is not None and before is not None and before.span_id == record.span_id:
            # The same intent was written before; the server stores it otherwise than it is sent.
            encode.carry_over(stored, obj, body, self.settings)
            return ObjectSpan(before.context, before)
        if work is not None:
            work.mark_done()
        if encode.write_context(
            record.context, obj, body, self.settings, live=stored, record=record.dumps(), otel=context
        ):
            return ObjectSpan(record.context, record)
        return self.object_span(body if stored is None else stored)

    def _open_record(self, stored: Json) -> Record | None:
        """The span that is open on a live object, which a new change supersedes."""
        record = read_record(stored, self.settings)
        if record is not None and not holds(record, stored, cluster=self.settings.cluster):
            record = None
        if record is None and not desired_state_reached(stored).final:
            record = derived_record(stored, self.settings)
        if record is None or record.end is not None or self._closer.closed_at(record.span_id) is not None:
            return None
        return record

    def trace_deletion(self, obj: KubernetesObject) -> ObjectSpan:
        """Open the object span of a deletion, before the DELETE that this process is about to make.

        A delete request carries no metadata, so the span is this process's own to close: when it calls
        `end_if_reached(obj, deleted=True)`.
        """
        body = as_json(obj)
        work = current_work()
        creator = self._context_to_write(work, None)
        if not self.settings.enabled or not creator.is_valid or opted_out(body, self.settings):
            return ObjectSpan(INVALID_SPAN_CONTEXT)
        record = deletion_record(body, creator, work, self.settings)
        self._closer.note_deletion(text(section(body, "metadata"), "uid"), record)
        return ObjectSpan(record.context, record)

    def object_span(self, obj: KubernetesObject) -> ObjectSpan:
        """The object span that is recorded on the object, else the one that everybody derives."""
        body = as_json(obj)
        record = read_record(body, self.settings)
        if record is not None and holds(record, body, cluster=self.settings.cluster):
            return ObjectSpan(record.context, record)
        derived = derived_record(body, self.settings)
        if derived is None:
            return ObjectSpan(read_plain(body, self.settings) or INVALID_SPAN_CONTEXT)
        return ObjectSpan(derived.context)

    def end_if_reached(
        self,
        obj: KubernetesObject,
        *,
        patch: WritableObject | None = None,
        deleted: bool = False,
        handled: Handled | None = None,
    ) -> Convergence:
        """Close the object's span if its desired state is reached, or failed, superseded, gone or overdue.

        Level-triggered and idempotent: call it whenever you see the object.

        Args:
            patch: the status about to be written (with its resourceVersion), judged laid over `obj`. The end
                goes in; the span is exported when a later call sees it stored: pass the server's answer.
            deleted: the object is gone.
            handled: how the handler of this change ended, for custom resources whose status cannot tell
                (neither observedGeneration nor conditions): they are reached when it succeeded.

        Returns:
            The state; `.due` is the Unix ns at which to look again, if nothing happens until then.
        """
        body = as_json(obj)
        if not self.settings.enabled or opted_out(body, self.settings):
            return desired_state_reached(overlaid(body, patch), deleted=deleted)
        if deleted:
            self._closer.gone(body)
            return Convergence(State.GONE)
        return self._closer.look(body, patch, handled)

    def desired_state_reached(self, obj: KubernetesObject) -> Convergence:
        """Whether status reports actual == desired for the current change. Pure."""
        return desired_state_reached(as_json(obj))

    def flush(self) -> None:
        """Export what is held back to be folded: repeated failures."""
        self._attempts.release_all()
