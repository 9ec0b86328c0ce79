"""Where crashes happen: the embedded cluster, empty; with `--api-server real`, a corner of a real one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from demo.target import current
from operators.workloads import node_specs
from tests.crashes.ward import Place

NODES = 3


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """On this machine's clock; nothing of it outlives the test."""
    if request.config.getoption("--api-server") == "real":
        yield from _corner(request, tmp_path)
    else:
        cluster = request.getfixturevalue("embedded_cluster")
        yield Place(cluster.kubeconfig, "default", tuple(node_specs(NODES)))


def _corner(request: pytest.FixtureRequest, directory: Path) -> Iterator[Place]:
    """A namespace, and names of Nodes, of our own in the cluster that the session shares."""
    plane = request.getfixturevalue("control_plane")
    corner = current(plane.write_kubeconfig(directory / "kubeconfig"), None)
    with asyncio.Runner() as runner:
        target = runner.run(corner.__aenter__())
        nodes = node_specs(NODES, prefix=target.node_prefix)
        labelled = tuple(replace(node, labels=target.node_labels) for node in nodes)
        try:
            yield Place(plane.kubeconfig, target.namespace, labelled)
        finally:
            runner.run(corner.__aexit__(None, None, None))
