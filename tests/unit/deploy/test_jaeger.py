"""deploy/jaeger: its files agree with each other, and the embedded API server takes the manifests."""

from __future__ import annotations

from typing import Any

import yaml

from demo.apiserver import ClusterThread
from tests.conformance.http_client import ApiServer, Client
from tests.unit.house.tree import ROOT

FOLDER = ROOT / "deploy" / "jaeger"


def _read(name: str) -> Any:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text())


def _ports(config: dict[str, Any]) -> set[int]:
    """The ports that Jaeger listens on, but for the query API over gRPC, which nobody needs."""
    otlp, query = config["receivers"]["otlp"]["protocols"], config["extensions"]["jaeger_query"]
    places = (otlp["grpc"], otlp["http"], query["http"])
    return {int(place["endpoint"].rpartition(":")[2]) for place in places}


def test_compose_and_manifests_run_the_same_jaeger() -> None:
    """One image, named by its version; one configuration."""
    composed = _read("compose")["services"]["jaeger"]
    (container,) = _read("deployment")["spec"]["template"]["spec"]["containers"]

    assert container["image"] == composed["image"]
    assert composed["image"].startswith("jaegertracing/jaeger:2.")
    assert container["args"] == composed["command"]
    assert ["./config.yaml:/etc/jaeger/config.yaml:ro"] == composed["volumes"]
    assert [{"name": "jaeger", "files": ["config.yaml"]}] == _read("kustomization")["configMapGenerator"]


def test_every_port_that_it_listens_on_can_be_reached() -> None:
    """By the Service in a cluster, by the loopback interface on this machine."""
    ports = _ports(_read("config"))
    named = {
        port["name"] for port in _read("deployment")["spec"]["template"]["spec"]["containers"][0]["ports"]
    }
    service = _read("service")["spec"]["ports"]

    assert {16686, 4317, 4318} == ports == {each["port"] for each in service}
    assert {each["targetPort"] for each in service} <= named
    assert {f"127.0.0.1:{port}:{port}" for port in ports} == set(
        _read("compose")["services"]["jaeger"]["ports"]
    )


def test_storage_has_a_bound() -> None:
    """So many traces, and less memory than the container may have."""
    config = _read("config")
    assert 0 < config["extensions"]["jaeger_storage"]["backends"]["traces"]["memory"]["max_traces"]
    assert "memory_limiter" == config["service"]["pipelines"]["traces"]["processors"][0]


def test_the_embedded_api_server_takes_the_manifests() -> None:
    """All that the kustomization lists, in its order."""
    places = {
        "Namespace": "/api/v1/namespaces",
        "Deployment": "/apis/apps/v1/namespaces/jaeger/deployments",
        "Service": "/api/v1/namespaces/jaeger/services",
    }
    with ClusterThread() as cluster:
        token = cluster.kubeconfig("user")["users"][0]["user"]["token"]
        user = Client(ApiServer(cluster.url, token, None))
        replies = {}
        for name in _read("kustomization")["resources"]:
            manifest = _read(name.removesuffix(".yaml"))
            replies[manifest["kind"]] = user.post(places[manifest["kind"]], manifest).code
        user.close()

    assert dict.fromkeys(places, 201) == replies
