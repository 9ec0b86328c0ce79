"""Other people's tools, as small programs: none of them knows us, and all of them write the same objects."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from copy import deepcopy
from typing import Any

import aiohttp
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Link, SpanContext, SpanKind, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from operators.workloads import Connection

TRACEPARENT = "tracing.k8s.io/traceparent"
#: Of the Deployment controller, here as in Kubernetes; a tool that pruned it would fight any of the two.
REVISION = "deployment.kubernetes.io/revision"
APPLY = "application/apply-patch+yaml"
#: Seconds between two looks of a tool.
LOOK = 0.05


class Api:
    """A tool's own client: `answers` counts status codes by method."""

    def __init__(self, session: aiohttp.ClientSession, server: str) -> None:
        self.answers: Counter[tuple[str, int]] = Counter()
        self._session, self._server = session, server

    async def call(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> Any:
        data = None if body is None else json.dumps(body)
        async with self._session.request(
            method, f"{self._server}/{path}", data=data, headers={"Content-Type": kind}
        ) as answer:
            self.answers[method, answer.status] += 1
            return await answer.json(content_type=None) if answer.status < 300 else None

    @property
    def writes(self) -> int:
        return sum(count for (method, _), count in self.answers.items() if method != "GET")

    @property
    def refused(self) -> dict[tuple[str, int], int]:
        """Writes that were not accepted."""
        return {key: count for key, count in self.answers.items() if key[0] != "GET" and key[1] >= 300}


@asynccontextmanager
async def api(connection: Connection, agent: str) -> AsyncIterator[Api]:
    connector = aiohttp.TCPConnector(ssl=connection.ssl())
    headers = connection.headers() | {"User-Agent": agent}
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        yield Api(session, connection.server)


@asynccontextmanager
async def at_work(tool: Any) -> AsyncIterator[Any]:
    """The tool looks again and again until the block ends."""

    async def loop() -> None:
        while True:
            await tool.look()
            await asyncio.sleep(LOOK)

    task = asyncio.create_task(loop())
    try:
        yield tool
    finally:
        if task.done():
            task.result()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Pruner:
    """GitOps: whatever stands on the object and not in the manifest is removed, by PUT."""

    def __init__(self, api: Api, path: str, manifest: Mapping[str, Any]) -> None:
        self.api, self._path, self._manifest = api, path, manifest
        self.pruned = 0

    async def look(self) -> None:
        live = await self.api.call("GET", self._path)
        if live is None:
            return
        found = live["metadata"].get("annotations") or {}
        unknown = set(found) - {REVISION}
        if not unknown:
            return
        wanted = deepcopy(dict(self._manifest))
        wanted["metadata"]["resourceVersion"] = live["metadata"]["resourceVersion"]
        wanted["metadata"]["annotations"] = {key: found[key] for key in found if key == REVISION}
        if await self.api.call("PUT", self._path, wanted) is not None:
            self.pruned += 1


class Owner:
    """Server-side apply, by force: it owns our key and says each time what it has to be."""

    def __init__(self, api: Api, path: str, wanted: Mapping[str, Any]) -> None:
        self.api, self._wanted = api, wanted
        self._path = f"{path}?fieldManager=owner&force=true"

    async def look(self) -> None:
        await self.api.call("PATCH", self._path, self._wanted, APPLY)


class Kep5915:
    """Makes a Deployment for each App: a new root, linked to the carried context, goes into its child."""

    def __init__(self, api: Api, apps: str, deployments: str, provider: TracerProvider) -> None:
        self.api, self._apps, self._deployments = api, apps, deployments
        self._tracer = provider.get_tracer("app-operator")
        self.written: dict[str, str] = {}

    async def look(self) -> None:
        for app in (await self.api.call("GET", self._apps) or {}).get("items", ()):
            name = app["metadata"]["name"]
            if name not in self.written:
                await self._make(name, app)

    async def _make(self, name: str, app: Mapping[str, Any]) -> None:
        carried = _context((app["metadata"].get("annotations") or {}).get(TRACEPARENT, ""))
        links = [Link(carried)] if carried.is_valid else []
        with self._tracer.start_as_current_span("app.Reconcile", kind=SpanKind.CONSUMER, links=links):
            own: dict[str, str] = {}
            TraceContextTextMapPropagator().inject(own)
            child = deepcopy(app["spec"]["deployment"])
            child["metadata"] |= {
                "annotations": {TRACEPARENT: own["traceparent"]},
                "ownerReferences": [
                    {
                        "apiVersion": app["apiVersion"],
                        "kind": app["kind"],
                        "name": name,
                        "uid": app["metadata"]["uid"],
                        "controller": True,
                    }
                ],
            }
            if await self.api.call("POST", self._deployments, child) is not None:
                self.written[name] = own["traceparent"]


def _context(traceparent: str) -> SpanContext:
    found = TraceContextTextMapPropagator().extract({"traceparent": traceparent})
    return get_current_span(found).get_span_context()
