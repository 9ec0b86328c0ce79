"""A place to apply things to: an embedded cluster for a file of tests, a namespace for each of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.apiserver import ClusterThread
from tests.conformance.http_client import ApiServer, Client
from tests.embedded.cli.applying import Place
from tests.embedded.demo.collector import OtlpCollector

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def shared_cluster() -> Iterator[ClusterThread]:
    with ClusterThread() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def collector() -> Iterator[OtlpCollector]:
    with OtlpCollector() as collector:
        yield collector


@pytest.fixture
def place(shared_cluster: ClusterThread, collector: OtlpCollector, tmp_path: Path) -> Iterator[Place]:
    """A namespace of the test's own."""
    namespace = f"test-{next(NUMBERS)}"
    kubeconfig = shared_cluster.write_kubeconfig(tmp_path / "kubeconfig", "user")
    token = shared_cluster.kubeconfig("user")["users"][0]["user"]["token"]
    user = Client(ApiServer(shared_cluster.url, token, None))
    user.post("/api/v1/namespaces", {"metadata": {"name": namespace}})
    yield Place(tmp_path, kubeconfig, namespace, collector, user)
    user.close()
