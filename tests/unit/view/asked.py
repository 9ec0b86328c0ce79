"""Stories in which an object was asked for that is not the root: its own answer, in its context.

`python -m tests.unit.view.asked [STORY]` prints them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

from traceutil import semconv
from traceutil.view.labels import object_label
from traceutil.view.result import Result
from traceutil.view.spans import SpanData
from traceutil.view.terminal import waterfall

from .stories import deployment, drift, failure, hexid, in_progress, ns, rollout


def released(made: Result, before: float = 2.7) -> Result:
    """The same below a release of two Deployments, which began so many seconds earlier."""
    root = made.spans[0]
    release = SpanData(
        root.trace_id, hexid("release", 16), None, "Release", "traceutil-apply", ns(-before),
        root.end + 10**8, attributes={semconv.SPAN_TYPE: "release"},
    )  # fmt: skip
    api = replace(
        root, span_id=hexid("api", 16), start=ns(-before), end=ns(1.2), parent_id=release.span_id,
        attributes={**root.attributes, "k8s.deployment.name": "api"},
    )  # fmt: skip
    below = replace(root, parent_id=release.span_id)
    return replace(made, spans=[release, api, below, *made.spans[1:]])


def span(made: Result, kind: str, name: str = "") -> SpanData:
    """The last object span of that kind whose name ends so."""
    key = f"k8s.{kind.lower()}.name"
    return [s for s in made.spans if s.name == kind and str(s.attributes.get(key)).endswith(name)][-1]


def asked(made: Result, kind: str, name: str = "") -> Result:
    """What `traceutil show` makes of it, for that object."""
    subject = span(made, kind, name)
    state = str(subject.attributes[semconv.REASON])
    label = object_label(subject, root=True)
    return replace(
        made, scenario=label, subject=subject.span_id, state=state, reached=state == "reached",
        duration_seconds=subject.duration / 1e9, dropped=None, requests_added=None,
        notes=[f"{label} in spans.jsonl"],
    )  # fmt: skip


ASKED: dict[str, Callable[[], Result]] = {
    "pod-under-release": lambda: asked(released(deployment()), "Pod", "-a"),
    "quick-pod-under-release": lambda: asked(released(deployment()), "Pod", "-b"),
    "replicaset-under-release": lambda: asked(released(deployment()), "ReplicaSet"),
    "deployment-under-release": lambda: asked(released(deployment()), "Deployment", "web"),
    "pod-of-rollout": lambda: asked(rollout(), "Pod", "-z"),
    "pod-of-drift": lambda: asked(drift(), "Pod", "-d"),
    "pod-whose-pull-fails": lambda: asked(failure(), "Pod"),
    "pod-in-progress": lambda: asked(in_progress(), "Pod", "-b"),
}

if __name__ == "__main__":
    for story in sys.argv[1:] or ASKED:
        print(waterfall(ASKED[story]()), "\n")
