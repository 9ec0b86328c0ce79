"""One or two sentences below a drawing: what took most of the time, and why. All figures are the spans'."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence

from traceutil import semconv
from traceutil.view import labels, units
from traceutil.view.critical import GIVEN_UP, CriticalPath, Share
from traceutil.view.focus import Focus, lost_above, waited_above
from traceutil.view.spans import SpanData
from traceutil.view.tree import Node, Trace

#: Below this share no stage is named alone.
_MOST = 0.5
#: From this share of the drawing on, what comes after the end of the root is told.
_SEEN = 0.02
#: From this share of the root on, it is told that its start was rounded.
_ROUNDED = 0.1


def summary(focus: Focus, path: CriticalPath) -> list[str]:
    """The sentences for what is looked at, of which `path` is; none where there is nothing to say."""
    trace = focus.trace
    sentences = [*_story(trace, path), *_rounded(trace.main.span)]
    sentences += [said for said in (waited_above(focus), lost_above(focus)) if said]
    if trace.orphans:
        sentences.append(_lost(len(trace.orphans)))
    return sentences


def _rounded(root: SpanData) -> list[str]:
    """That nobody opened the root's span, so its start is the server's whole second, where that matters."""
    resolution = labels.seconds(root, semconv.START_RESOLUTION)
    if resolution is None or resolution < _ROUNDED * root.duration:
        return []
    return [
        f"Its start is known to the second alone: up to {units.duration(resolution)} of this is rounding."
    ]


def _lost(count: int) -> str:
    if count == 1:
        return "1 span is an orphan: the span above it was never exported."
    return f"{count:,} spans are orphans: the spans above them were never exported."


def _story(trace: Trace, path: CriticalPath) -> list[str]:
    root = trace.main
    reason = root.span.attributes.get(semconv.REASON)
    if str(reason) in GIVEN_UP:
        missing = _missing_below(root) if reason == "overdue" else []
        return [_given_up(root.span), *missing, *_reached_before(root), *_after(trace), *_failures(trace)]
    if labels.is_open(root.span):
        said = labels.message(root.span)
        return [
            *_still_open(root),
            *_last_step(root),
            *_compared(root),
            *_reached_before(root),
            *_failures(trace, said),
        ]
    if labels.failed(root.span):
        return [*_why(trace), *_reached_before(root), *_after(trace)]
    if not path.shares or root.span.duration < units.MICRO:
        return _failures(trace)
    return [*_what(path), *_beside(trace, path.shares[0]), *_after(trace), *_failures(trace)]


def _given_up(span: SpanData) -> str:
    """Why nobody waits any longer; of what is overdue, what was missing."""
    reason = labels.clean(span.attributes.get(semconv.REASON))
    why = labels.message(span) if reason == "overdue" else ""
    told = f"It was {reason} after {units.duration(span.duration)}"
    return _sentence(f"{told}: {why}" if why else told)


def _what(path: CriticalPath) -> list[str]:
    top = path.shares[0]
    if top.share >= _MOST or len(path.shares) == 1:
        return [f"{units.share(top.share)} of it was {_named(top)} ({_details(top)})."]
    second = path.shares[1]
    parts = [f"{_named(s)} ({units.share(s.share)}, {units.duration(s.duration)})" for s in (top, second)]
    return [f"Most of it was {parts[0]} and {parts[1]}."]


def _named(share: Share) -> str:
    span = share.spans[0]
    if share.waiting == "queue":
        return f"waiting for the {labels.clean(span.service)}"
    if share.waiting == "turn":
        return f"waiting for a turn at {labels.clean(span.name)}{_on_node(share.spans)}"
    if share.waiting == "children":
        return f"waiting for its {labels.kinds(labels.kind_of(span))}"
    if share.waiting == "readiness":
        return f"waiting for readiness{_of_pod(share.spans)}"
    if share.waiting == "gap":
        return f"time in which nobody reported work on the {labels.kind_of(span)}"
    return f"{labels.clean(span.name)}{_on_node(share.spans)}"


def _on_node(spans: Sequence[SpanData]) -> str:
    nodes = {labels.clean(s.attributes.get(semconv.K8S_NODE_NAME) or "") for s in spans} - {""}
    return f" on {nodes.pop()}" if len(nodes) == 1 else ""


def _of_pod(spans: Sequence[SpanData]) -> str:
    pods = {labels.clean(s.attributes.get("k8s.pod.name") or "") for s in spans} - {""}
    return f" of Pod {pods.pop()}" if len(pods) == 1 else ""


def _details(share: Share) -> str:
    """`10.27 s, 1.9 GiB, image not in the node's cache`."""
    parts = [units.duration(share.duration)]
    if len(share.spans) > 1:
        parts.append(f"{len(share.spans):,} times")
    if share.waiting is None:
        sizes = {v for s in share.spans if isinstance(v := s.attributes.get(semconv.IMAGE_SIZE), int)}
        if len(sizes) == 1 and (size := sizes.pop()) > 0:
            parts.append(units.size(size))
        if all(s.attributes.get(semconv.IMAGE_CACHED) is False for s in share.spans):
            parts.append("image not in the node's cache")
    return ", ".join(parts)


def _beside(trace: Trace, top: Share) -> list[str]:
    """How the siblings of the slow object fared: `Pods -b and -c had it and took 2.91 s.`"""
    slow = _object_above(trace, top.spans[0])
    others = [] if slow is None else _siblings(slow)
    if slow is None or not others:
        return []
    if slow is not trace.main and max(n.span.duration for n in others) >= slow.span.duration:
        return []
    kind = labels.sort_of(slow.span)
    had = " had it and" if top.waiting is None and all(_had_image(n, top) for n in others) else ""
    return [f"{_named_objects(kind, [slow, *others])}{had} took {_took(others)}."]


def _compared(node: Node) -> list[str]:
    """How the siblings fared of what is still open, or failed."""
    others = _siblings(node)
    if not others:
        return []
    kind = labels.sort_of(node.span)
    return [f"{_named_objects(kind, [node, *others])} took {_took(others)}."]


def _siblings(node: Node) -> list[Node]:
    """What was made of the same template and was reached; parts of a release are not alike."""
    if node.parent is None or not node.parent.is_object:
        return []
    kind, name = labels.sort_of(node.span), labels.name_of(node.span)
    alike = [n for n in node.parent.children if n.is_object and labels.sort_of(n.span) == kind]
    reached = [n for n in alike if not labels.closing(n.span)]
    return [n for n in reached if labels.name_of(n.span) != name]


def _object_above(trace: Trace, span: SpanData) -> Node | None:
    node = trace.nodes.get(span.span_id)
    while node is not None and not node.is_object:
        node = node.parent
    return node


def _had_image(node: Node, top: Share) -> bool:
    """Whether the pod pulled the same image and found it in the node's cache: said, never guessed."""
    image = top.spans[0].attributes.get(semconv.CONTAINER_IMAGE_NAME)
    pulls = [n.span.attributes for n in node.walk() if n.span.name == top.spans[0].name]
    return image is not None and any(
        a.get(semconv.CONTAINER_IMAGE_NAME) == image and a.get(semconv.IMAGE_CACHED) is True for a in pulls
    )


def _named_objects(kind: str, nodes: Sequence[Node]) -> str:
    """All but the first: by the ends of their names when they are two at most."""
    names = [labels.name_of(n.span) for n in nodes]
    others = names[1:]
    if len(others) > 2:
        return f"The other {labels.plural(kind, len(others))}"
    prefix = _common(names).rpartition("-")[0] if all(names) else ""
    ends = [name.removeprefix(prefix) for name in others]
    return f"{kind if len(ends) == 1 else labels.plural(kind, 2)[2:]} {' and '.join(ends)}"


def _common(names: Sequence[str]) -> str:
    """The longest start that all names share."""
    first, last = min(names), max(names)
    same = 0
    while same < len(first) and first[same] == last[same]:
        same += 1
    return first[:same]


def _took(nodes: Sequence[Node]) -> str:
    """Each duration in the order of the names; of three and more the range and the median."""
    durations = [n.span.duration for n in nodes]
    if len(nodes) <= 2:
        return " and ".join(dict.fromkeys(map(units.duration, durations)))
    low, high = units.duration(min(durations)), units.duration(max(durations))
    return f"{low} to {high}, median {units.duration(round(statistics.median(durations)))}"


def _why(trace: Trace) -> list[str]:
    """Why the root failed, and which work below failed most."""
    root = trace.main.span
    why = labels.message(root)
    return [_sentence(f"Failed: {why}" if why else f"{labels.object_label(root)} failed"), *_failures(trace)]


def _still_open(root: Node) -> list[str]:
    """What is missing, in status's words; and what is missing below."""
    why = labels.message(root.span)
    return [_sentence(f"Still open: {why}" if why else "Still open"), *_missing_below(root)]


def _last_step(root: Node) -> list[str]:
    """What was done last, and when, on an object that has none below it: what comes next takes so long."""
    done = [n.span for n in root.walk() if not n.is_object]
    if not done or any(n.is_object for n in root.walk() if n is not root):
        return []
    last = max(done, key=lambda span: (span.end, span.start))
    ago = units.duration(max(root.span.end - last.end, 0))
    return [f"Its last step was {labels.clean(last.name)}, {ago} ago."]


def _missing_below(root: Node) -> list[str]:
    """What most of those objects at the bottom miss that are not reached: `2 Pods: Unschedulable: …`."""
    waiting = [n for n in root.walk() if n is not root and _is_missed(n)]
    bottom = [n.span for n in waiting if not any(map(_is_missed, n.children))]
    counted = Counter((labels.kind_of(s), labels.message(s)) for s in bottom if labels.message(s))
    return [
        _sentence(f"{labels.plural(kind, count)}: {message}")
        for (kind, message), count in counted.most_common(1)
    ]


def _is_missed(node: Node) -> bool:
    overdue = node.span.attributes.get(semconv.REASON) == "overdue"
    return node.is_object and (labels.is_open(node.span) or overdue)


def _failures(trace: Trace, said: str = "") -> list[str]:
    """The failure that work met most often: `kubelet.PullImage on node-1 failed 4 times: ErrImagePull: …`.

    `said`: words that stand above it; a reason in them is not said again.
    """
    failed = [n for n in trace.nodes.values() if labels.failed(n.span) and not n.is_object]
    inner = [n.span for n in failed if not any(labels.failed(c.span) for c in n.children)]
    if not inner:
        return []
    counted = Counter((labels.clean(s.name), labels.message(s)) for s in inner)
    (name, why), _ = counted.most_common(1)[0]
    same = [s for s in inner if labels.clean(s.name) == name and labels.message(s) == why]
    times = sum(_attempts(s) for s in same)
    nodes = {labels.clean(s.attributes.get(semconv.K8S_NODE_NAME) or "") for s in same} - {""}
    where = f" on {nodes.pop()}" if len(nodes) == 1 else f" on {len(nodes)} nodes" if nodes else ""
    often = f" {times:,} times" if times > 1 else ""
    return [_sentence(f"{name}{where} failed{often}" + (f": {why}" if why and why not in said else ""))]


def _attempts(span: SpanData) -> int:
    folded = span.attributes.get(semconv.ATTEMPTS_FOLDED)
    return folded if isinstance(folded, int) and folded > 0 else 1


def _reached_before(root: Node) -> list[str]:
    """How far it came: `1 of 3 Pods had become ready.`"""
    pods = {labels.name_of(n.span): n for n in root.walk() if n.is_object and labels.sort_of(n.span) == "Pod"}
    pods.pop(labels.name_of(root.span), None)
    if not pods:
        return []
    end = root.span.end
    ready = sum(
        n.span.end <= end and n.span.attributes.get(semconv.REASON) == "reached" for n in pods.values()
    )
    return [f"{ready:,} of {labels.plural('Pod', len(pods))} had become ready."]


def _after(trace: Trace) -> list[str]:
    """Why the axis is longer than the root took, where that can be seen."""
    late = trace.end - trace.main.span.end
    if late <= _SEEN * (trace.end - trace.start):
        return []
    return [f"The last span of the trace ended {units.duration(late)} later."]


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."
