"""What the cluster does by itself cannot be stopped by what it is refused."""

from __future__ import annotations

from demo.apiserver import ClusterThread
from tests.conformance.http_client import ApiServer, Client
from tests.conformance.objects import config, core, owner

GHOST = {"metadata": {"name": "ghost", "uid": "00000000-0000-4000-8000-000000000000"}}


def test_refused_collection() -> None:
    """A namespace that may not be deleted stays without its owner; the next object is still collected."""
    with ClusterThread() as cluster:
        client = Client(ApiServer(cluster.url, "", None))
        orphaned = {"metadata": {"ownerReferences": [owner("ConfigMap", "v1", GHOST)]}}
        assert 200 == client.merge("/api/v1/namespaces/default", orphaned).code
        client.post(
            core("default", "configmaps"),
            config("leaf") | {"metadata": {"name": "leaf"} | orphaned["metadata"]},
        )
        client.wait_gone(core("default", "configmaps", "leaf"))
        assert 200 == client.get("/api/v1/namespaces/default").code


def test_owner_of_an_unknown_kind() -> None:
    """An owner of a kind that is not served holds: nobody can say that it is gone."""
    with ClusterThread() as cluster:
        client = Client(ApiServer(cluster.url, "", None))
        sent = config("leaf")
        sent["metadata"]["ownerReferences"] = [owner("Mystery", "example.com/v1", GHOST)]
        client.post(core("default", "configmaps"), sent)
        sent = config("collected")
        sent["metadata"]["ownerReferences"] = [owner("ConfigMap", "v1", GHOST)]
        client.post(core("default", "configmaps"), sent)
        client.wait_gone(core("default", "configmaps", "collected"))
        assert 200 == client.get(core("default", "configmaps", "leaf")).code


def test_full_namespace() -> None:
    """A namespace of some hundred objects is emptied in one go."""
    with ClusterThread() as cluster:
        client = Client(ApiServer(cluster.url, "", None))
        client.post("/api/v1/namespaces", {"metadata": {"name": "full"}})
        for number in range(300):
            client.post(core("full", "configmaps"), config(f"c-{number}"))
        client.delete("/api/v1/namespaces/full")
        client.wait_gone("/api/v1/namespaces/full")
        assert [] == client.get("/api/v1/configmaps").body["items"]
