"""What listening costs a client: the same requests in a work span, with its integration and without."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import kubernetes
import lightkube
from lightkube.resources.core_v1 import ConfigMap
from lightkube.types import PatchType

from demo.apiserver import ClusterThread
from tests.benchmarks.measure import Ratio, compare
from traceutil.integrations import kubernetes as for_kubernetes
from traceutil.integrations import lightkube as for_lightkube
from traceutil.testing import CapturedSpans

OBJECTS = 500
OWNER = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "owner", "uid": "owner-uid"}}
#: What a request may become. The server is in this process and memory: no network hides anything.
LIMIT = 1.25

Call = Callable[[Any], Any]


def run() -> Iterator[Ratio]:
    """A row for each client and kind of request."""
    with ClusterThread() as cluster, tempfile.TemporaryDirectory() as directory:
        kubeconfig = str(cluster.write_kubeconfig(Path(directory) / "kubeconfig"))
        yield from _of_kubernetes(kubeconfig)
        yield from _of_lightkube(kubeconfig)


def _of_kubernetes(kubeconfig: str) -> Iterator[Ratio]:
    bare, ours = (
        kubernetes.client.CoreV1Api(kubernetes.config.new_client_from_config(kubeconfig)) for _ in range(2)
    )
    for number in range(OBJECTS):
        bare.create_namespaced_config_map(
            "default", {"metadata": {"name": f"a-{number}"}, "data": {"a": "b"}}
        )
    calls: dict[str, tuple[Call, int]] = {
        "a patch": (lambda api: api.patch_namespaced_config_map("a-1", "default", {"data": {"a": "b"}}), 20),
        f"a list of {OBJECTS}": (lambda api: api.list_namespaced_config_map("default"), 2),
    }
    with for_kubernetes.instrument(ours, encode=True):
        for name, (call, times) in calls.items():
            yield _compared(f"kubernetes: {name}", call, bare, ours, times)


def _of_lightkube(kubeconfig: str) -> Iterator[Ratio]:
    config = lightkube.KubeConfig.from_file(kubeconfig).get()
    bare, ours = (lightkube.Client(config, namespace="default", field_manager="bench") for _ in range(2))
    merge = PatchType.MERGE
    calls: dict[str, tuple[Call, int]] = {
        "a patch": (lambda api: api.patch(ConfigMap, "a-1", {"data": {"a": "b"}}, patch_type=merge), 20),
        f"a list of {OBJECTS}": (lambda api: list(api.list(ConfigMap)), 4),
    }
    with for_lightkube.instrument(ours, encode=True):
        for name, (call, times) in calls.items():
            yield _compared(f"lightkube: {name}", call, bare, ours, times)


def _compared(name: str, call: Call, bare: Any, ours: Any, times: int) -> Ratio:
    spans = CapturedSpans("bench")

    def in_work(client: Any) -> Callable[[], None]:
        def several() -> None:
            for _ in range(times):
                with spans.tracer.start_span_from_object(OWNER, "bench.Reconcile", only_if_work=True):
                    call(client)

        return several

    return compare(name, in_work(bare), in_work(ours), calls=times, limit=LIMIT)
