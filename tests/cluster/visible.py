"""How long until a trace can be looked at: from a root's end, which precedes the status write, to Jaeger.

`python -m tests.cluster.visible` prints the figure.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from demo.stories.objects import deployment
from tests.cluster.control_plane import ControlPlane
from tests.cluster.jaeger import Jaeger
from tests.conformance.http_client import ApiServer, Client
from tests.embedded.demo.command import started
from traceutil import record
from traceutil.sdk import setup
from traceutil.times import SECOND

DEPLOYMENTS = 5
REPLICAS = 3
#: Seconds that all of it may take on a busy machine.
PATIENCE = 120.0
#: Seconds between two looks at Jaeger; a figure is that much too large at most.
GLANCE = 0.02


def measure(cluster: ControlPlane, jaeger: Jaeger, directory: Path) -> list[float]:
    """Seconds for each of some Deployments, made so by the demo's controllers with default settings."""
    kubeconfig = cluster.write_kubeconfig(directory / "kubeconfig")
    client = Client(ApiServer(cluster.url, cluster.token, cluster.ca))
    made = client.post("/api/v1/namespaces", {"metadata": {"generateName": "visible-"}})
    namespace = made.body["metadata"]["name"]
    args = ("run", "workloads", "--kubeconfig", kubeconfig, "--namespace", namespace)
    with started(*args, "--otlp", jaeger.otlp_http):
        roots = _create(client, namespace, jaeger)
        seconds = _wait(jaeger, roots)
        _clean_up(client, namespace)
    client.close()
    return seconds


def _create(client: Client, namespace: str, jaeger: Jaeger) -> dict[str, str]:
    """Trace id → span id of the roots."""
    roots = {}
    with setup("user", jaeger.otlp_http, set_global=False, environ={}) as telemetry:
        for number in range(DEPLOYMENTS):
            wanted = deployment(f"web-{number}", REPLICAS)
            telemetry.tracer().trace_until_reached(wanted, closer="deployment")
            written = record.loads(wanted["metadata"]["annotations"][record.KEY])
            roots[f"{written.trace_id:032x}"] = f"{written.span_id:016x}"
            reply = client.post(f"/apis/apps/v1/namespaces/{namespace}/deployments", wanted)
            assert reply.code == 201, reply.body
    return roots


def _wait(jaeger: Jaeger, roots: dict[str, str]) -> list[float]:
    waiting, seconds = dict(roots), []
    give_up = time.monotonic() + PATIENCE
    while waiting:
        assert time.monotonic() < give_up, f"{len(waiting)} roots never came"
        for trace_id, span_id in list(waiting.items()):
            end = _end(jaeger, trace_id, span_id)
            if end is not None:
                seconds.append((time.time_ns() - end) / SECOND)
                del waiting[trace_id]
        time.sleep(GLANCE)
    return seconds


def _clean_up(client: Client, namespace: str) -> None:
    """While the kubelet is there to end its pods."""
    client.delete(f"/api/v1/namespaces/{namespace}")
    client.wait(f"/api/v1/namespaces/{namespace}/pods", lambda reply: reply.body["items"] == [])
    for node in client.get("/api/v1/nodes").body["items"]:
        client.delete(f"/api/v1/nodes/{node['metadata']['name']}")


def _end(jaeger: Jaeger, trace_id: str, span_id: str) -> int | None:
    """When the span ended (Unix ns); None where Jaeger does not have it yet."""
    trace = jaeger.trace(trace_id) or {"spans": ()}
    found = [span for span in trace["spans"] if span["spanID"] == span_id]
    return (found[0]["startTime"] + found[0]["duration"]) * 1000 if found else None


def told(seconds: list[float]) -> str:
    """The figure in a sentence."""
    middle, worst = statistics.median(seconds), max(seconds)
    return f"root in Jaeger {middle:.2f} s after its end (median of {len(seconds)}), at most {worst:.2f} s"


def main() -> int:
    with ExitStack() as stack:
        directories = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(3)]
        cluster = stack.enter_context(ControlPlane(directories[0]))
        jaeger = stack.enter_context(Jaeger(directories[1]))
        print(told(measure(cluster, jaeger, directories[2])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
