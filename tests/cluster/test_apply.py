"""`traceutil apply` on a real API server: the same tests as on the embedded one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.control_plane import ControlPlane
from tests.conformance.http_client import ApiServer, Client
from tests.embedded.cli.anywhere import *  # noqa: F403
from tests.embedded.cli.applying import Place
from tests.embedded.demo.collector import OtlpCollector

pytestmark = pytest.mark.slow

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def collector() -> Iterator[OtlpCollector]:
    with OtlpCollector() as collector:
        yield collector


@pytest.fixture
def place(control_plane: ControlPlane, collector: OtlpCollector, tmp_path: Path) -> Iterator[Place]:
    """A namespace of the test's own."""
    namespace = f"apply-{next(NUMBERS)}"
    kubeconfig = control_plane.write_kubeconfig(tmp_path / "kubeconfig", "user")
    user = Client(ApiServer(control_plane.url, control_plane.token, control_plane.ca))
    assert 201 == user.post("/api/v1/namespaces", {"metadata": {"name": namespace}}).code
    yield Place(tmp_path, kubeconfig, namespace, collector, user)
    user.close()
