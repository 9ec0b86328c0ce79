"""Object spans: opened before the write of desired state, closed when it is reached."""

from __future__ import annotations

from opentelemetry.context import Context
from opentelemetry.trace import INVALID_SPAN_CONTEXT

from traceutil import encode
from traceutil.change import same_desired_state
from traceutil.desired import Convergence, State, desired_state_reached
from traceutil.episodes import Children
from traceutil.judging import Handled, overlaid
from traceutil.object_span import ObjectSpan
from traceutil.objects import Json, KubernetesObject, WritableObject, as_json, check_writable, section, text
from traceutil.opening import deletion_record, derived_record, opened
from traceutil.places import opted_out
from traceutil.reading import read_plain, read_record
from traceutil.record import Record, holds
from traceutil.verb_base import VerbBase
from traceutil.work import current_work


class ObjectVerbs(VerbBase):
    """`trace_until_reached`, `trace_deletion`, `object_span` and `end_if_reached`."""

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
            deadline: seconds after which it is overdue; None: its owner's, else the setting. So too where
                it is no number from 0 to 10^9, which is counted: it may stem from the object.
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
        children: Children = tuple,
    ) -> Convergence:
        """Close the object's span if its desired state is reached, or failed, superseded, gone or overdue.

        Level-triggered and idempotent: call it whenever you see the object.

        Args:
            patch: the status about to be written (with its resourceVersion), judged laid over `obj`. The end
                goes in; the span is exported when a later call sees it stored: pass the server's answer.
            deleted: the object is gone.
            handled: how the handler of this change ended, for custom resources whose status cannot tell
                (neither observedGeneration nor conditions): they are reached when it succeeded. "done": it
                will not run again; reached, unless it was said before that it failed.
            children: returns the objects that were made for this one. Asked once, of an object that was
                reached before this process began: a predecessor may have been killed while it healed it.

        Returns:
            The state; `.due` is the Unix ns at which to look again, if nothing happens until then.
        """
        body = as_json(obj)
        if not self.settings.enabled or opted_out(body, self.settings):
            return desired_state_reached(overlaid(body, patch), deleted=deleted)
        if deleted:
            self._closer.gone(body)
            return Convergence(State.GONE)
        return self._closer.look(body, patch, handled, children)
