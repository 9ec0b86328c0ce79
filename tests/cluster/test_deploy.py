"""What deploy/ holds works: on a real API server, and in a real Jaeger."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.cluster.binaries import binary
from tests.cluster.control_plane import ControlPlane
from tests.cluster.processes import Server, answers, free_ports
from tests.conformance.http_client import ApiServer, Client
from tests.embedded.demo.alone import eventually
from tests.embedded.demo.command import traceutil
from tests.unit.house.tree import ROOT

pytestmark = pytest.mark.slow

JAEGER = ROOT / "deploy" / "jaeger"


def test_a_real_jaeger_runs_with_our_configuration(tmp_path: Path) -> None:
    """It is healthy, takes OTLP, and gives the trace back. Its ports are the test's own."""
    query, query_grpc, grpc, http, health = free_ports(5)
    places = {
        "extensions.jaeger_query.http.endpoint": query,
        "extensions.jaeger_query.grpc.endpoint": query_grpc,
        "extensions.healthcheckv2.http.endpoint": health,
        "receivers.otlp.protocols.grpc.endpoint": grpc,
        "receivers.otlp.protocols.http.endpoint": http,
    }
    server = Server(
        "jaeger",
        [
            binary("jaeger"),
            f"--config={JAEGER / 'config.yaml'}",
            *(f"--set={key}=127.0.0.1:{port}" for key, port in places.items()),
        ],
        tmp_path,
        ready=lambda: answers(f"http://127.0.0.1:{health}/status"),
        environ=os.environ | {"OTEL_TRACES_SAMPLER": "always_off"},
    )
    url = f"http://127.0.0.1:{query}"
    server.start()
    try:
        told = traceutil("demo", "pod", "--otlp", f"http://127.0.0.1:{http}", "-o", "json")
        trace = told.document["traces"][0]["trace_id"]
        eventually("the trace", lambda: answers(f"{url}/api/traces/{trace}"), 10)
        eventually("the kubelet's spans", lambda: "kubelet" in _services(url), 10)
    finally:
        server.kill()


def _services(url: str) -> list[str]:
    with urlopen(f"{url}/api/services") as response:
        return list(json.load(response)["data"] or ())


def test_the_manifests_are_accepted(control_plane: ControlPlane, tmp_path: Path) -> None:
    """As a user applies them, and once more without a change."""
    kubeconfig = control_plane.write_kubeconfig(tmp_path / "kubeconfig", "user")
    apply = [str(binary("kubectl")), "--kubeconfig", str(kubeconfig), "apply", "-k", str(JAEGER)]
    first, again = (
        subprocess.run(apply, capture_output=True, text=True, timeout=60, check=True).stdout for _ in range(2)
    )

    assert ["created"] * 4 == [line.split()[-1] for line in first.splitlines()]
    assert ["unchanged"] * 4 == [line.split()[-1] for line in again.splitlines()]
    user = Client(ApiServer(control_plane.url, control_plane.token, control_plane.ca))
    stored = user.get("/apis/apps/v1/namespaces/jaeger/deployments/jaeger").body["spec"]["template"]["spec"]
    mounted = stored["volumes"][0]["configMap"]["name"]
    config = user.get(f"/api/v1/namespaces/jaeger/configmaps/{mounted}").body["data"]
    user.close()
    assert {"config.yaml": (JAEGER / "config.yaml").read_text()} == config
