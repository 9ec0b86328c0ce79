"""Context into what a client is about to send, on a copy, where a no-op stays a no-op."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from traceutil import encode
from traceutil.change import desired_state
from traceutil.integrations.clients.seen import Write, moves_state
from traceutil.objects import Json, section
from traceutil.tracer import ObjectTracer


@dataclass(frozen=True, slots=True)
class Read:
    """What a GET of this object told within the same work span; `live` None: it does not exist."""

    live: Json | None


def carries(write: Write) -> bool:
    """Whether context may travel with this request at all: with desired state, and on a Binding its time."""
    target = write.target
    return (
        write.method in ("POST", "PUT", "PATCH")
        and not write.dry_run
        and not write.status_only
        and moves_state(target)
        and (target.subresource == "" or (target.subresource == "binding" and write.method == "POST"))
    )


def with_context(
    tracer: ObjectTracer, write: Write, body: Json, read: Read | None, *, manager: str = ""
) -> Json:
    """The body as it is to be sent: a copy with the context among its annotations, or the body itself.

    A creation takes the context. Any other write takes it only where the object was read in this work span:
    else nobody knows whether it is a no-op, or whether the next process would leave it out again.

    Args:
        manager: the field manager of a server-side apply; '' for any other write.
    """
    sent = section(section(body, "metadata"), "annotations")
    if any(key in sent for key in encode.own_keys(tracer.settings)):
        return body  # its writer has encoded by hand
    if write.method == "POST":
        return _encoded(tracer, write, body, None)
    if read is None or not desired_state(body):
        return body
    if read.live is None:
        return _encoded(tracer, write, body, None) if manager else body
    if manager and encode.foreign_keys(read.live, body, replace(tracer.settings, field_manager=manager)):
        return body
    return _encoded(tracer, write, body, read.live)


def _encoded(tracer: ObjectTracer, write: Write, body: Json, live: Json | None) -> Json:
    metadata = dict(section(body, "metadata"))
    annotations = metadata.get("annotations")
    if isinstance(annotations, Mapping):
        metadata["annotations"] = dict(annotations)
    form: dict[str, Any] = {**body, "metadata": metadata}
    if write.target.subresource == "binding":
        form["kind"] = "Binding"  # typed clients need not say so
    tracer.encode_context_into_object(form, live=live)
    if not form["metadata"].get("annotations") or form["metadata"] == section(body, "metadata"):
        return body
    return {**body, "metadata": form["metadata"]}
