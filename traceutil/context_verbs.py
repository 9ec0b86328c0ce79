"""Context into objects and out of them."""

from __future__ import annotations

from typing import Any

from opentelemetry.context import Context, get_current
from opentelemetry.trace import NonRecordingSpan, set_span_in_context

from traceutil import encode
from traceutil.carriers.baggage import Baggage
from traceutil.change import same_desired_state
from traceutil.objects import (
    KubernetesObject,
    WritableObject,
    annotations_for_writing,
    as_json,
    check_writable,
    section,
)
from traceutil.places import opted_out
from traceutil.reading import classify, read_plain, read_record
from traceutil.verb_base import VerbBase
from traceutil.work import current_work


class ContextVerbs(VerbBase):
    """`encode_context_into_object`, `context_json_patch` and `context_from_object`."""

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
