"""A client of each kind, and the cluster that it speaks to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.embedded.clients.drivers import DRIVERS
from traceutil.testing import CapturedSpans, capture_spans


class Cluster(Protocol):
    """The embedded API server, or a real one."""

    def write_kubeconfig(self, path: Path) -> Path: ...


@pytest.fixture
async def driver(
    request: pytest.FixtureRequest, shared_cluster: Cluster, tmp_path: Path
) -> AsyncIterator[Any]:
    """The client that the test is parametrized with."""
    made = DRIVERS[request.param](shared_cluster.write_kubeconfig(tmp_path / "kubeconfig"))
    if hasattr(made, "start"):
        await made.start()
    yield made
    for name in await made.names():
        await made.patch(name, {"metadata": {"finalizers": None}})
        if name in await made.names():
            await made.delete(name)
    await made.close()


@pytest.fixture
def captured() -> Iterator[CapturedSpans]:
    with capture_spans() as spans:
        yield spans
