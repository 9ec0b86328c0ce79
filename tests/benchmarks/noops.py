"""1,000 reconciles of an unchanged child: nothing may change, whichever way it is written."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import aiohttp

from demo.apiserver import EmbeddedCluster
from demo.stories.objects import deployment
from tests.benchmarks.requests import Claim
from traceutil.testing import CapturedSpans

RECONCILES = 1_000
_PATH = "apis/apps/v1/namespaces/default/deployments"

Write = Callable[[aiohttp.ClientSession, str, dict[str, Any]], Any]


async def _merge(session: aiohttp.ClientSession, url: str, child: dict[str, Any]) -> Any:
    kind = {"Content-Type": "application/merge-patch+json"}
    return await _answer(session.patch(f"{url}/web", data=json.dumps(child), headers=kind))


async def _put(session: aiohttp.ClientSession, url: str, child: dict[str, Any]) -> Any:
    return await _answer(session.put(f"{url}/web", json=child))


async def _apply(session: aiohttp.ClientSession, url: str, child: dict[str, Any]) -> Any:
    kind = {"Content-Type": "application/apply-patch+yaml"}
    manager = "?fieldManager=bench&force=true"
    return await _answer(session.patch(f"{url}/web{manager}", data=json.dumps(child), headers=kind))


async def _answer(request: Any) -> Any:
    async with request as response:
        body = await response.json()
        if response.status >= 300:
            raise RuntimeError(body)
        return body


async def bumps(write: Write, reconciles: int = RECONCILES) -> int:
    """How many resourceVersions `reconciles` of an unchanged child cost, each in a trace of its own."""
    spans = CapturedSpans("bench")
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "owner", "uid": "owner-uid"}}
    async with EmbeddedCluster() as cluster, aiohttp.ClientSession() as session:
        url = f"{cluster.url}/{_PATH}"
        child = deployment("web", 3)
        child["metadata"]["namespace"] = "default"
        first = copy.deepcopy(child)
        spans.tracer.trace_until_reached(first, closer="deployment")
        if write is _apply:
            live = await _apply(session, url, first)
        else:
            live = await _answer(session.post(url, json=first))
        before = live["metadata"]["resourceVersion"]
        for number in range(reconciles):
            owner["metadata"] = {"name": "owner", "uid": f"owner-{number}"}
            with spans.tracer.start_span_from_object(owner, "bench.Reconcile", only_if_work=True):
                again = copy.deepcopy(child)
                spans.tracer.trace_until_reached(again, live=live, closer="deployment")
                live = await write(session, url, again)
        return int(live["metadata"]["resourceVersion"]) - int(before)


async def run() -> list[Claim]:
    """A claim for each way of writing."""
    claims = []
    for name, write in (("merge patch", _merge), ("PUT", _put), ("server-side apply", _apply)):
        found = await bumps(write)
        text = f"{RECONCILES:,} reconciles of an unchanged child by {name}: 0 resourceVersion bumps"
        claims.append(Claim(text, found == 0, f"{found} bumps"))
    return claims
