"""What a span is called in a drawing or a sentence. Names come from a cluster: control characters go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from traceutil import semconv
from traceutil.view.spans import SpanData

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+")
_REASON = re.compile(r"^\s*([A-Z][A-Za-z]+)\s*(?::|$)")

#: `traceutil.reason` of an object span that is drawn although it has not closed.
IN_PROGRESS = "in progress"


def clean(text: object) -> str:
    """One line without control or direction characters: nothing from a cluster steers the terminal."""
    return _CONTROL.sub(" ", str(text)).strip()


def shorten(text: str, width: int) -> str:
    """`text` in `width` columns; the middle goes first, since names differ at their ends."""
    if len(text) <= width:
        return text
    if width < 8:
        return text[: max(width - 1, 0)] + "…"
    tail = (width - 1) // 2
    return f"{text[: width - 1 - tail]}…{text[-tail:]}"


def seconds(span: SpanData, key: str) -> int | None:
    """An attribute in seconds as ns; None where it is absent, not a number, or not above zero."""
    value: Any = span.attributes.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e9:
        return None
    return round(value * 1_000_000_000)


def kind_of(span: SpanData) -> str:
    """The kind of the object that the span belongs to."""
    kind = span.attributes.get(semconv.OBJECT_KIND)
    if kind:
        return clean(kind)
    if span.attributes.get(semconv.SPAN_TYPE) == "object":
        return clean(span.name)
    return clean(span.name.partition(".")[0])


def sort_of(span: SpanData) -> str:
    """What siblings are grouped by: `Pod`, and apart from it `Pod deletion`."""
    return f"{kind_of(span)} deletion" if _is_deletion(span) else kind_of(span)


def _is_deletion(span: SpanData) -> bool:
    return span.attributes.get(semconv.CHANGE) == "deletion"


def name_of(span: SpanData) -> str:
    """The name of the object that the span belongs to, without namespace; empty where nothing says it."""
    conventional = f"k8s.{kind_of(span).lower()}.name"
    return clean(span.attributes.get(conventional) or span.attributes.get(semconv.OBJECT_NAME) or "")


def object_label(span: SpanData, *, root: bool = False) -> str:
    """`Deployment default/web` for a root, `ReplicaSet web-6d4f` below."""
    name = name_of(span)
    namespace = span.attributes.get(semconv.K8S_NAMESPACE_NAME)
    if root and namespace and name:
        name = f"{clean(namespace)}/{name}"
    label = f"{kind_of(span)} {name}".rstrip()
    return f"{label}  deletion" if _is_deletion(span) else label


def work_label(span: SpanData, parent: SpanData | None, siblings: Sequence[SpanData] = ()) -> str:
    """`kubelet.SyncPod  node-2`; a stage nested in work of the same component loses the component."""
    name = clean(span.name)
    component = name.partition(".")[0]
    nested = parent is not None and parent.name.partition(".")[0] == component and "." in parent.name
    if not nested:
        node = span.attributes.get(semconv.K8S_NODE_NAME) if component == "kubelet" else None
        return f"{name}  {clean(node)}" if node else name
    stage = name.partition(".")[2] or name
    detail = _detail(span, siblings)
    return f"{stage} {detail}" if detail else stage


def _detail(span: SpanData, siblings: Sequence[SpanData]) -> str:
    """The image that a stage pulls; else its container, where the pod has more than one."""
    image = span.attributes.get(semconv.CONTAINER_IMAGE_NAME)
    if image and span.name.endswith("PullImage"):
        return clean(image).rpartition("/")[2]
    containers = {clean(s.attributes.get(semconv.K8S_CONTAINER_NAME) or "") for s in siblings} - {""}
    container = span.attributes.get(semconv.K8S_CONTAINER_NAME)
    return clean(container) if container and len(containers) > 1 else ""


def closing(span: SpanData) -> tuple[str, ...]:
    """How an object span closed, if not by being reached: the fuller wording first, then the shorter."""
    reason = clean(span.attributes.get(semconv.REASON) or "")
    if reason in ("", "reached"):
        return ("failed",) if span.status == "error" else ()
    why = _REASON.match(clean(span.attributes.get(semconv.MESSAGE) or span.status_message or ""))
    if reason == "failed" and why:
        return (f"failed: {why[1]}", "failed")
    return (reason,)


def is_open(span: SpanData) -> bool:
    """Whether the span has not closed: drawn from its object, to now, and never exported so."""
    return span.attributes.get(semconv.REASON) == IN_PROGRESS


def failed(span: SpanData) -> bool:
    """Whether the span ended in failure: its status, or the reason that it closed with."""
    return span.status == "error" or span.attributes.get(semconv.REASON) == "failed"


def message(span: SpanData) -> str:
    """Why it failed, in the words of whoever failed: attribute, status, then the recorded exception."""
    found = span.attributes.get(semconv.MESSAGE) or span.status_message
    for event in span.events:
        found = found or event.attributes.get("exception.message")
    return clean(found or span.attributes.get(semconv.ERROR_TYPE) or "")


def plural(kind: str, count: int) -> str:
    """`2 Pods`, `1 Pod`, `3 NetworkPolicies`, `2 Ingresses`."""
    return f"1 {kind}" if count == 1 else f"{count:,} {kinds(kind)}"


def kinds(kind: str) -> str:
    """`Pods`, `NetworkPolicies`, `Ingresses`."""
    if kind.endswith("y") and kind[-2:-1] not in "aeiou":
        return f"{kind[:-1]}ies"
    return f"{kind}es" if kind.endswith(("s", "x", "ch")) else f"{kind}s"
