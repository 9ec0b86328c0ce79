"""The command line's cluster client, against the embedded API server."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
import trustme

from demo.apiserver import ClusterThread
from traceutil.cli.cluster import Cluster, Target
from traceutil.cli.connection import Refused, Unreachable
from traceutil.cli.errors import BadInput

pytestmark = pytest.mark.slow

CONFIG: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "a"},
    "data": {"x": "1"},
}


@pytest.fixture
def kubeconfig(embedded_cluster: ClusterThread, tmp_path: Path) -> Path:
    return embedded_cluster.write_kubeconfig(tmp_path / "kubeconfig")


async def made(cluster: Cluster, obj: dict[str, Any]) -> Target:
    target = await cluster.resolve((obj["kind"], obj["metadata"]["name"]))
    await cluster.create(target, obj)
    return target


async def test_an_object_that_is_not_there_is_none(kubeconfig: Path) -> None:
    """A target may name what does not exist, in the namespace of the context."""
    async with Cluster(kubeconfig) as cluster:
        target = await cluster.resolve(("deploy/web",))

        assert ("Deployment/web", "default", None) == (
            str(target),
            target.namespace,
            await cluster.get(target),
        )


async def test_it_creates_patches_applies_and_lists(kubeconfig: Path) -> None:
    """Each kind of write is answered with the object as it is stored."""
    async with Cluster(kubeconfig) as cluster:
        target = await made(cluster, CONFIG)
        await cluster.merge_patch(target, {"metadata": {"labels": {"app": "web"}}})
        applied = {**CONFIG, "data": {"y": "2"}}
        dry = await cluster.server_side_apply(target, applied, dry_run=True)
        stored = await cluster.get(target)
        await cluster.server_side_apply(target, applied)
        found = await cluster.list(target.resource, "default", selector="app=web")

    assert {"x": "1", "y": "2"} == dry["data"]
    assert {"x": "1"} == (stored or {})["data"]
    assert [("ConfigMap", {"x": "1", "y": "2"})] == [(each["kind"], each["data"]) for each in found]


async def test_a_list_of_what_somebody_owns(kubeconfig: Path) -> None:
    """Owners are told apart by uid."""
    async with Cluster(kubeconfig) as cluster:
        owner = await cluster.get(await made(cluster, CONFIG))
        uid = (owner or {})["metadata"]["uid"]
        reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "a", "uid": uid}
        child = {**CONFIG, "metadata": {"name": "b", "ownerReferences": [reference]}}
        target = await made(cluster, child)

        assert ["b"] == [
            each["metadata"]["name"] for each in await cluster.list(target.resource, owner_uid=uid)
        ]


async def test_a_watch_sees_each_version_though_it_is_cut(
    embedded_cluster: ClusterThread, kubeconfig: Path
) -> None:
    """It begins with what is there, and goes on after a broken connection."""
    async with Cluster(kubeconfig) as cluster, asyncio.timeout(20):
        target = await cluster.resolve(("cm/a",))
        seen: list[Any] = []
        async with aclosing(cluster.watch(target)) as versions:
            async for version in versions:
                data = version and version["data"]["x"]
                if data in seen:
                    continue  # the object is read again after a cut
                seen.append(data)
                if data is None:
                    await cluster.create(target, CONFIG)
                elif data == "1":
                    embedded_cluster.call(embedded_cluster.cluster.cut_watches)
                    await cluster.merge_patch(target, {"data": {"x": "2"}})
                else:
                    break

    assert [None, "1", "2"] == seen


async def test_a_custom_resource_is_found_once_its_definition_is_there(kubeconfig: Path) -> None:
    """Discovery is asked again for a kind that was not known."""
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.org"},
        "spec": {
            "group": "example.org",
            "scope": "Namespaced",
            "names": {"plural": "widgets", "singular": "widget", "kind": "Widget", "shortNames": ["wd"]},
            "versions": [
                {"name": "v1", "served": True, "storage": True,
                 "schema": {"openAPIV3Schema": {"type": "object"}}}
            ],
        },
    }  # fmt: skip
    async with Cluster(kubeconfig) as cluster:
        before = await cluster.resource("example.org/v1", "Widget")
        await made(cluster, definition)
        after = await cluster.resource("example.org/v1", "Widget")
        word = await cluster.resolve(("wd/a",))

    assert (None, "widgets.example.org") == (before, after and after.full_name)
    assert after == word.resource


async def test_a_refusal_is_one_line(kubeconfig: Path) -> None:
    """It names the request, the server's reason and a remedy."""
    async with Cluster(kubeconfig) as cluster:
        target = await made(cluster, CONFIG)
        with pytest.raises(Refused) as raised:
            await cluster.create(target, CONFIG)

    assert (409, "AlreadyExists") == (raised.value.status, raised.value.reason)
    assert (
        "the API server refused POST /api/v1/namespaces/default/configmaps: "
        'configmaps "a" already exists; change what is sent' == str(raised.value)
    )


async def test_nobody_at_the_address(embedded_cluster: ClusterThread, tmp_path: Path) -> None:
    """A cluster that is not running is told by its address."""
    config = embedded_cluster.kubeconfig()
    config["clusters"][0]["cluster"]["server"] = "http://127.0.0.1:9"
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(config))

    with pytest.raises(
        Unreachable, match=r"no answer from http://127\.0\.0\.1:9 .*--kubeconfig and --context"
    ):
        async with Cluster(path):
            pass


@pytest.mark.parametrize(
    ("content", "context"),
    [
        pytest.param("", None, id="nothing"),
        pytest.param("{", None, id="no YAML"),
        pytest.param("[]", None, id="no mapping"),
        pytest.param("{}", None, id="no contexts"),
        pytest.param(None, "elsewhere", id="a context that it does not have"),
    ],
)
def test_a_kubeconfig_of_no_use(content: str | None, context: str | None, kubeconfig: Path) -> None:
    """The file and the options that choose another are named."""
    if content is not None:
        kubeconfig.write_text(content)

    async def opened() -> None:
        async with Cluster(kubeconfig, context):
            pass

    with pytest.raises(
        BadInput, match=rf"no cluster by kubeconfig {kubeconfig} .*--kubeconfig and --context"
    ):
        asyncio.run(opened())


async def test_no_copy_of_a_key_is_left_behind(
    embedded_cluster: ClusterThread, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kr8s writes certificates that stand in the kubeconfig to temporary files: they are removed."""
    copies = tmp_path / "copies"
    copies.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(copies))
    authority = trustme.CA()
    pem = authority.issue_cert("user")
    encoded = {
        "client-key-data": pem.private_key_pem.bytes(),
        "client-certificate-data": pem.cert_chain_pems[0].bytes(),
    }
    config = embedded_cluster.kubeconfig()
    config["users"][0]["user"] |= {key: b64encode(value).decode() for key, value in encoded.items()}
    config["clusters"][0]["cluster"]["certificate-authority-data"] = b64encode(
        authority.cert_pem.bytes()
    ).decode()
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(config))

    async with Cluster(path):
        during = len(list(copies.iterdir()))

    assert (3, []) == (during, list(copies.iterdir()))


async def test_the_namespace_is_that_of_the_chosen_context(
    embedded_cluster: ClusterThread, tmp_path: Path
) -> None:
    """Not that of the current one."""
    config = embedded_cluster.kubeconfig(namespace="here")
    there = {**config["contexts"][0]["context"], "namespace": "there"}
    config["contexts"].append({"name": "other", "context": there})
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(config))

    async with Cluster(path) as here, Cluster(path, "other") as other:
        assert ("here", "there") == (here.namespace, other.namespace)
