"""What all controllers have in common: events enqueue keys, workers reconcile them."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from opentelemetry.trace import Span

from operators.workloads.client import ApiError, Client
from operators.workloads.clock import Clock
from operators.workloads.metrics import ReconcileMetrics
from operators.workloads.objects import Key, Object, key_of, metadata, uid, version
from operators.workloads.queue import Item, WorkQueue
from operators.workloads.store import Store
from operators.workloads.tracing import Tracer, Verdict
from traceutil.times import SECOND

EventType = Literal["ADDED", "MODIFIED", "DELETED"]


@dataclass(frozen=True)
class Surroundings:
    """All that a controller is given; nothing is global."""

    client: Client
    store: Store
    clock: Clock
    tracer: Tracer
    metrics: ReconcileMetrics


class Controller(ABC):
    """Level-triggered: `on_event` says what to look at, `reconcile` looks at how things are now."""

    name: ClassVar[str]
    kinds: ClassVar[tuple[str, ...]]  #: kinds whose events it wants
    workers: ClassVar[int] = 8  #: objects reconciled at the same time

    def __init__(self, around: Surroundings) -> None:
        self.client, self.store, self.clock = around.client, around.store, around.clock
        self.tracer, self.metrics = around.tracer, around.metrics
        self.queue = WorkQueue(self.name, around.clock, around.metrics)
        self._looked: dict[str, tuple[str, Verdict]] = {}
        self.log = logging.getLogger(f"operators.workloads.{self.name}")

    @abstractmethod
    def on_event(self, event: EventType, obj: Object) -> None:
        """Enqueue whatever this event concerns. The store holds the object already (or no longer)."""

    @abstractmethod
    async def reconcile(self, item: Item) -> None:
        """Move the object toward its desired state. An ApiError puts it back with back-off."""

    async def start(self) -> None:
        """Called once when the initial listing is complete, before the first reconcile."""
        self.log.debug("starts")

    async def stop(self) -> None:
        """Called once after the last reconcile."""
        self.log.debug("has ended")

    async def run(self) -> None:
        """Reconcile until cancelled; `start` was called before."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self.workers):
                    group.create_task(self._work())
        finally:
            self.queue.close()
            await self.stop()

    async def _work(self) -> None:
        while True:
            item = await self.queue.get()
            try:
                await self._reconcile(item)
            finally:
                self.queue.done(item.key)

    async def _reconcile(self, item: Item) -> None:
        began = self.clock.now()
        self.metrics.waited.labels(self.name).observe(max(0, began - item.due) / SECOND)
        try:
            await self.reconcile(item)
        except ApiError as error:
            result = "conflict" if error.status == 409 else "error"
            delay = self.queue.retry(item)
            level = logging.DEBUG if error.status == 409 else logging.WARNING
            self.log.log(level, "%s: put back for %.3f s: %s", _name(item), delay, error)
        except Exception:
            # One object that cannot be reconciled must not stop the others.
            result = "error"
            delay = self.queue.retry(item)
            self.log.exception("%s: failed, put back for %.3f s", _name(item), delay)
        else:
            result = "ok"
            self.queue.forget(item.key)
        self.metrics.reconciles.labels(self.name, result).inc()
        self.metrics.duration.labels(self.name).observe((self.clock.now() - began) / SECOND)

    def work_on(self, obj: Object, name: str, item: Item) -> AbstractContextManager[Span]:
        """The span `name` for work on the object that was due with the item; exported when work was done."""
        attributes = item.attributes(self.clock.now())
        return self.tracer.start_span_from_object(
            obj, name, only_if_work=True, since=item.since, attributes=attributes
        )

    async def write_status(self, obj: Object, change: Mapping[str, Any], **annotations: str) -> Object:
        """One request for status, annotations and the trace's record, guarded by the resource version.

        `change`: a merge patch of status. Returns the object as stored; raises ApiError (409 when stale).
        """
        namespace, name = key_of(obj)
        meta: dict[str, Any] = {"namespace": namespace, "name": name, "resourceVersion": version(obj)}
        if not namespace:
            del meta["namespace"]
        if annotations:
            meta["annotations"] = annotations
        body = {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "metadata": meta, "status": change}
        judged = self.tracer.end_if_reached(obj, patch=body, children=lambda: self.children_of(obj))
        stored = await self.client.patch(obj["kind"], namespace, name, body, "status")
        self.store.put(stored)
        if judged.due is not None:  # open, as it was judged: the answer has no news
            self._looked[uid(stored)] = version(stored), judged
        self.close_if_reached(stored)
        return stored

    def close_if_reached(self, obj: Object) -> None:
        """Where no status is written the stored one decides; looked at once, and when something is due."""
        known = self._looked.get(uid(obj))
        if known is None or known[0] != version(obj) or (known[1].due or 1 << 63) <= self.clock.now():
            verdict = self.tracer.end_if_reached(obj, children=lambda: self.children_of(obj))
            known = self._looked[uid(obj)] = version(obj), verdict
        self.look_again(obj, known[1])

    def close_as_deleted(self, obj: Object) -> None:
        """The object is gone, and its trace with it."""
        self._looked.pop(uid(obj), None)
        self.tracer.end_if_reached(obj, deleted=True)

    def look_again(self, obj: Object, verdict: Verdict) -> None:
        if verdict.due is not None:
            wait = (verdict.due - self.clock.now()) / SECOND
            self.queue.add_after(self.key_for(obj), max(wait, 0.001), "deadline")

    def children_of(self, obj: Object) -> Iterable[Object]:
        """What this controller has made for the object."""
        del obj
        return ()

    def key_for(self, obj: Object) -> Key:
        return key_of(obj)


def _name(item: Item) -> str:
    return "/".join(part for part in item.key if part)


def patch_of(obj: Object, *, annotations: Mapping[str, str] | None = None, **fields: Any) -> dict[str, Any]:
    """A merge patch that names its object and is refused when stale; annotations are always a dict."""
    meta = metadata(obj)
    return {
        "apiVersion": obj["apiVersion"],
        "kind": obj["kind"],
        "metadata": {
            "name": meta["name"],
            **({"namespace": meta["namespace"]} if meta.get("namespace") else {}),
            "resourceVersion": version(obj),
            "annotations": dict(annotations or {}),
        },
        **fields,
    }
