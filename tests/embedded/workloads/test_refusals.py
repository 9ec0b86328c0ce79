"""An API server that refuses, breaks, or loses an answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from demo.apiserver import EmbeddedCluster
from operators.workloads import Clock, Connection
from operators.workloads.client import Client
from operators.workloads.metrics import ApiMetrics
from operators.workloads.relist import Sweeps
from operators.workloads.store import Store
from tests.embedded.workloads.manifests import condition, deployment
from tests.embedded.workloads.world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
REFUSED = {
    "kind": "Status",
    "status": "Failure",
    "reason": "Forbidden",
    "code": 403,
    "message": 'pods "web" is forbidden: exceeded quota',
}


class Trouble:
    """A middleware: says no to pods, or makes them and loses the answer."""

    def __init__(self) -> None:
        self.refuse = False
        self.lose = 0
        self.creates = 0
        self.at_once = self.most_at_once = 0

    def middleware(self) -> Any:
        @web.middleware
        async def trouble(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.method != "POST" or not request.path.endswith("/pods"):
                return await handler(request)
            self.creates += 1
            if self.refuse:
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
                await asyncio.sleep(0.02)
                self.at_once -= 1
                return web.json_response(REFUSED, status=403)
            answer = await handler(request)
            if self.lose:
                self.lose -= 1
                return web.json_response({}, status=500)
            return answer

        return trouble


@pytest.fixture
def trouble() -> Trouble:
    return Trouble()


@pytest.fixture
async def world(trouble: Trouble) -> AsyncIterator[World]:
    clock = Clock(speed=20.0)
    async with EmbeddedCluster(now=clock.now, seed=1, middlewares=[trouble.middleware()]) as cluster:
        requests = ApiMetrics(ApiMetrics.counter(CollectorRegistry()), "user")
        async with Client(Connection.from_kubeconfig(cluster.kubeconfig("user")), "test", requests) as user:
            yield World(cluster, user, clock)


async def test_refused_pods_are_reported_and_made_later(world: World, trouble: Trouble) -> None:
    """The first refusal ends the batch; the ReplicaSet and the Deployment say why; then it heals."""
    trouble.refuse = True
    async with world.controllers():
        await world.user.create(deployment(8))

        async def reported() -> Any:
            return condition(await world.get("Deployment", "web"), "ReplicaFailure")

        failure = await world.until(reported)
        trouble.refuse = False
        found = await world.reached(replicas=8)
    assert ("FailedCreate", REFUSED["message"]) == (failure["reason"], failure["message"])
    assert trouble.most_at_once == 1
    assert {} == condition(found, "ReplicaFailure")


async def test_a_lost_answer_makes_no_pod_twice(world: World, trouble: Trouble) -> None:
    """A pod was made but the answer said 500: its event counts, and there are three, not four."""
    trouble.lose = 1
    async with world.controllers():
        await world.user.create(deployment())
        await world.reached()
        await asyncio.sleep(0.2)
        assert 3 == len(await world.items("Pod"))
    assert 3 == trouble.creates


async def test_what_vanished_unseen_is_found(world: World) -> None:
    """After a watch was broken, what is in the store but not in the cluster counts as deleted."""
    stored = await world.user.create(deployment(0))
    store, gone = Store(), asyncio.Queue[Any]()
    ghost = {**stored, "metadata": {**stored["metadata"], "name": "ghost", "uid": "ghost"}}
    store.put(stored)
    store.put(ghost)
    sweeps = Sweeps(world.user, store, None, gone.put_nowait)
    sweeps.request("Deployment")
    assert ghost == await asyncio.wait_for(gone.get(), 5)
    assert [stored] == list(store.all("Deployment"))
    await sweeps.close()
