"""An empty cluster on a clock that runs fast."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from prometheus_client import CollectorRegistry

from demo.apiserver import EmbeddedCluster
from operators.workloads import Clock, Connection
from operators.workloads.client import Client
from operators.workloads.metrics import ApiMetrics
from tests.embedded.workloads.world import World

SPEED = 20.0


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """An empty cluster and its user; controllers are started by the test."""
    clock = Clock(speed=SPEED)
    async with EmbeddedCluster(now=clock.now, seed=1) as cluster:
        requests = ApiMetrics(ApiMetrics.counter(CollectorRegistry()), "user")
        connection = Connection.from_kubeconfig(cluster.kubeconfig("user"))
        async with Client(connection, "test", requests) as user:
            yield World(cluster, user, clock)
