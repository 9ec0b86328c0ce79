"""Span sets made by hand, one per story that a drawing must tell. Times are given in seconds from the start.

`python stories.py [STORY] [WIDTH]` prints them.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from traceutil import semconv
from traceutil.view.relations import Relation
from traceutil.view.result import Result
from traceutil.view.spans import LinkData, SpanData

EPOCH = 1_790_000_000_000_000_000


def ns(seconds: float) -> int:
    return EPOCH + round(seconds * 1_000_000_000)


def hexid(text: str, digits: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


@dataclass
class Story:
    """Collects the spans of one trace; ids follow from the names, so that drawings never change."""

    trace: str
    namespace: str = "default"
    spans: list[SpanData] = field(default_factory=list)

    @property
    def trace_id(self) -> str:
        return hexid(self.trace, 32)

    def _add(
        self,
        parent: SpanData | None,
        name: str,
        service: str,
        start: float,
        end: float,
        key: str,
        **rest: Any,
    ) -> SpanData:
        span = SpanData(
            trace_id=self.trace_id,
            span_id=hexid(f"{self.trace}/{key}", 16),
            parent_id=parent.span_id if parent else None,
            name=name,
            service=service,
            start=ns(start),
            end=ns(end),
            **rest,
        )
        self.spans.append(span)
        return span

    def object(
        self,
        parent: SpanData | None,
        kind: str,
        name: str,
        start: float,
        end: float,
        reason: str = "reached",
        message: str = "",
        links: tuple[LinkData, ...] = (),
    ) -> SpanData:
        attributes: dict[str, Any] = {
            semconv.SPAN_TYPE: "object",
            semconv.REASON: reason,
            semconv.K8S_NAMESPACE_NAME: self.namespace,
            f"k8s.{kind.lower()}.name": name,
        }
        if message:
            attributes[semconv.MESSAGE] = message
        service = "kubelet" if kind == "Pod" else kind.lower()
        status = "error" if reason == "failed" else "unset"
        rest: dict[str, Any] = {"attributes": attributes, "status": status, "links": links}
        return self._add(parent, kind, service, start, end, f"{kind}/{name}/{start}", **rest)

    def work(
        self, parent: SpanData | None, name: str, start: float, end: float, waited: float = 0, **rest: Any
    ) -> SpanData:
        attributes = {semconv.SPAN_TYPE: "work", **rest.pop("attributes", {})}
        if waited:
            attributes[semconv.WAITED] = waited
        key = f"{parent.span_id if parent else ''}/{name}/{start}"
        return self._add(parent, name, name.partition(".")[0], start, end, key, attributes=attributes, **rest)

    def stage(self, parent: SpanData, name: str, start: float, end: float, **rest: Any) -> SpanData:
        key = f"{parent.span_id}/{name}/{start}"
        return self._add(parent, name, name.partition(".")[0], start, end, key, **rest)

    def pod(
        self,
        parent: SpanData | None,
        name: str,
        start: float,
        node: str,
        pull: float,
        *,
        image: str = "registry.example/web:2.1",
        ready: float = 0.61,
        reason: str = "reached",
    ) -> SpanData:
        """A pod as the demo kubelet starts it; `pull` under 0.5 s means that the node had the image."""
        sync, sandbox = start + 0.51, start + 0.83
        pulled = sandbox + pull
        end = pulled + 0.11 + 0.02 + ready
        pod = self.object(parent, "Pod", name, start, end + 0.02, reason)
        self.work(pod, "scheduler.SchedulePod", start + 0.42, start + 0.423, 0.42)
        on_node = {semconv.K8S_NODE_NAME: node, "k8s.pod.name": name}
        attributes = {**on_node, **({semconv.READINESS_WAIT: ready} if ready else {})}
        worker = self.work(pod, "kubelet.SyncPod", sync, end, 0.087, attributes=attributes)
        self.stage(worker, "kubelet.RunPodSandbox", sync, sandbox, attributes=on_node)
        pull_attributes = {
            **on_node,
            semconv.CONTAINER_IMAGE_NAME: image,
            semconv.IMAGE_SIZE: 482_344_960,
            semconv.IMAGE_CACHED: pull < 0.5,
        }
        self.stage(worker, "kubelet.PullImage", sandbox, pulled, attributes=pull_attributes)
        self.stage(worker, "kubelet.CreateContainer", pulled, pulled + 0.11, attributes=on_node)
        self.stage(worker, "kubelet.StartContainer", pulled + 0.11, pulled + 0.13, attributes=on_node)
        return pod


def result(
    scenario: str, *stories: Story, state: str = "reached", seconds: float | None = None, **rest: Any
) -> Result:
    spans = [span for story in stories for span in story.spans]
    took = seconds if seconds is not None else (spans[0].end - spans[0].start) / 1e9
    return Result(scenario, state in ("reached", "recovered"), state, took, spans, **rest)


def deployment(pulls: tuple[float, ...] = (10.27, 0.02, 0.05), seed: int = 1) -> Result:
    """Three pods; the node of one does not have the image."""
    story = Story("deployment")
    ends = 0.1 + 0.83 + max(pulls) + 0.76
    root = story.object(None, "Deployment", "web", 0, ends + 0.11)
    story.work(root, "deployment.CreateReplicaSet", 0.041, 0.052, 0.041)
    owner = story.object(root, "ReplicaSet", "web-6d4f", 0.049, ends + 0.05)
    for batch in range(3):
        start = 0.087 + batch * 0.02
        story.work(owner, "replicaset.CreatePods", start, start + 0.013, 0 if batch else 0.038)
    for index, (pull, name) in enumerate(zip(pulls, "abc", strict=False)):
        story.pod(owner, f"web-6d4f-{name}", 0.09 + 0.012 * index, f"node-{2 + index}", pull)
    return result("deployment", story, requests_added=0)


def rollout() -> Result:
    """A second change before the first is done: two traces, the new one linked to the old."""
    first, second = Story("rollout-1"), Story("rollout-2")
    message = "generation 2 is desired now"
    root = first.object(None, "Deployment", "web", 0, 3.2, "superseded", message)
    first.work(root, "deployment.CreateReplicaSet", 0.041, 0.052, 0.041)
    owner = first.object(root, "ReplicaSet", "web-6d4f", 0.049, 3.31, "superseded")
    first.work(owner, "replicaset.CreatePods", 0.087, 0.1, 0.038)
    first.pod(owner, "web-6d4f-a", 0.09, "node-1", 0.3)
    first.object(owner, "Pod", "web-6d4f-b", 0.1, 3.4, "deleted")
    first.object(owner, "Pod", "web-6d4f-c", 0.11, 3.5, "deleted")
    link = LinkData(root.trace_id, root.span_id, {semconv.LINK: "superseded"})
    new = second.object(None, "Deployment", "web", 3.2, 11.9, links=(link,))
    second.work(new, "deployment.CreateReplicaSet", 3.23, 3.25, 0.03)
    for step, (start, end) in enumerate(((3.24, 6.1), (6.3, 9.0), (9.1, 11.8))):
        old = second.object(new, "ReplicaSet", "web-59c8", start, end)
        second.work(old, "replicaset.CreatePods", start + 0.03, start + 0.05, 0.03)
        second.pod(old, f"web-59c8-{'xyz'[step]}", start + 0.04, f"node-{step + 1}", 1.1 if not step else 0.9)
        second.work(new, "deployment.ScaleReplicaSet", end + 0.05, end + 0.06, 0.05)
    return result("rollout", first, second, seconds=11.9)


def failure() -> Result:
    """An image that does not exist: the Deployment fails at its progress deadline."""
    story = Story("failure")
    message = 'ProgressDeadlineExceeded: ReplicaSet "web-77b" has timed out progressing.'
    root = story.object(None, "Deployment", "web", 0, 10.05, "failed", message)
    story.work(root, "deployment.CreateReplicaSet", 0.041, 0.052, 0.041)
    owner = story.object(root, "ReplicaSet", "web-77b", 0.049, 10.3, "overdue")
    story.work(owner, "replicaset.CreatePods", 0.087, 0.1, 0.038)
    pod = story.object(owner, "Pod", "web-77b-a", 0.09, 10.6, "overdue")
    story.work(pod, "scheduler.SchedulePod", 0.31, 0.313, 0.22)
    start = 0.4
    why = 'ErrImagePull: "web:nope": manifest unknown'
    for wait in (0.08, 1.0, 2.0, 4.0):
        start += wait
        node = {semconv.K8S_NODE_NAME: "node-1"}
        rest: dict[str, Any] = {"status": "error", "status_message": why}
        worker = story.work(pod, "kubelet.SyncPod", start, start + 0.4, wait, attributes=node, **rest)
        story.stage(worker, "kubelet.RunPodSandbox", start, start + 0.1, attributes=node)
        image = {**node, semconv.CONTAINER_IMAGE_NAME: "registry.example/web:nope"}
        story.stage(worker, "kubelet.PullImage", start + 0.1, start + 0.4, attributes=image, **rest)
        start += 0.4
    return result("failure", story, state="failed")


def drift() -> Result:
    """A pod is deleted after convergence: healing has a trace of its own, linked."""
    first = Story("deployment")
    first.spans = list(deployment((0.3, 0.02, 0.05)).spans)
    root = first.spans[0]
    heal = Story("drift")
    link = LinkData(root.trace_id, root.span_id, {semconv.LINK: "drift"})
    again = heal.object(None, "ReplicaSet", "web-6d4f", 20.0, 22.3, "reached", links=(link,))
    heal.work(again, "replicaset.CreatePods", 20.03, 20.05, 0.03)
    heal.pod(again, "web-6d4f-d", 20.04, "node-3", 0.05)
    return result("drift", first, heal)


def thousand(count: int = 1000) -> Result:
    """A thousand pods, one trace."""
    chance = random.Random(7)
    story = Story("thousand")
    pulls = [0.05 + chance.random() * 4 for _ in range(count)]
    starts = [0.1 + 0.02 * i for i in range(count)]
    last = max(s + 0.83 + p + 0.76 for s, p in zip(starts, pulls, strict=True))
    root = story.object(None, "Deployment", "big", 0, last + 0.2)
    story.work(root, "deployment.CreateReplicaSet", 0.02, 0.03, 0.02)
    owner = story.object(root, "ReplicaSet", "big-5f7c9d", 0.025, last + 0.1)
    for batch in range(10):
        story.work(owner, "replicaset.CreatePods", 0.05 + batch * 2, 2.04 + batch * 2, 0.01)
    for index in range(count):
        name = f"big-5f7c9d-{hexid(str(index), 5)}"
        story.pod(owner, name, starts[index], f"node-{index % 40}", pulls[index])
    return result("thousand", story)


def bare_pod() -> Result:
    """One pod and nothing else."""
    story = Story("pod")
    story.pod(None, "hello", 0, "node-1", 0.44)
    return result("pod", story)


def slow_pull() -> Result:
    """A pod that takes fifty seconds and more, told at a tenth of the time."""
    notes = ("time compressed 10 times: a second of this drawing took 0.1 s",)
    made = deployment((63.4, 1.2, 1.4))
    return Result("slow-pull", True, "reached", made.duration_seconds, made.spans, notes=notes)


def orphaned() -> Result:
    """A span whose parent was never exported."""
    made = deployment((1.0, 0.02, 0.05))
    spans = [s for s in made.spans if s.name != "ReplicaSet"]
    return Result("orphaned", True, "reached", made.duration_seconds, spans, dropped=1)


def crash_loop() -> Result:
    """One of many pods fails, beside the path."""
    made = deployment((4.0, 1.0, 1.2))
    story = Story("deployment")
    owner = next(s for s in made.spans if s.name == "ReplicaSet")
    message = "CrashLoopBackOff: back-off 10s restarting container"
    story.object(owner, "Pod", "web-6d4f-z", 0.12, 2.2, "failed", message)
    return Result("crash-loop", True, "reached", made.duration_seconds, [*made.spans, *story.spans])


def in_progress() -> Result:
    """Still open, seen on the live object; a controller in the middle has a trace of its own."""
    story = Story("in-progress")
    why = "Unschedulable: 0/3 nodes are available: 3 Insufficient cpu"
    root = story.object(
        None, "Deployment", "web", 0, 95.4, "in progress", "LessAvailable: 1 of 4 updated replicas available"
    )
    story.work(root, "deployment.CreateReplicaSet", 0.02, 0.05, 0.02)
    owner = story.object(root, "ReplicaSet", "web-6d4f", 0.05, 95.4, "in progress")
    story.work(owner, "replicaset.CreatePods", 0.09, 0.13, 0.04)
    story.pod(owner, "web-6d4f-a", 0.1, "node-1", 0.3)
    for name in "bcd":
        story.object(owner, "Pod", f"web-6d4f-{name}", 0.1, 95.4, "in progress", why)
    other = Story("theirs")
    other.work(None, "injector.AddSidecar", 0.2, 0.3)
    edge = Relation("foreign", story.trace_id, other.trace_id, "Pod web-6d4f-a")
    return result(
        "Deployment default/web",
        story,
        other,
        state="in progress",
        dropped=None,
        relations=[edge],
        subject=root.span_id,
        jaeger="http://localhost:16686",
        notes=["Deployment default/web in Jaeger at http://localhost:16686"],
    )


STORIES: dict[str, Callable[[], Result]] = {
    "pod": bare_pod,
    "deployment": deployment,
    "slow-pull": slow_pull,
    "rollout": rollout,
    "failure": failure,
    "drift": drift,
    "thousand": thousand,
    "orphaned": orphaned,
    "crash-loop": crash_loop,
    "in-progress": in_progress,
}

if __name__ == "__main__":
    from traceutil.view.terminal import waterfall

    chosen = [sys.argv[1]] if len(sys.argv) > 1 else list(STORIES)
    for story_name in chosen:
        print(waterfall(STORIES[story_name](), width=int(sys.argv[2]) if len(sys.argv) > 2 else 100), "\n")
