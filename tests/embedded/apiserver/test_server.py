"""What only the embedded server offers: a clock, a compaction, middlewares, a quick start."""

from __future__ import annotations

import asyncio
import json
import stat
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from demo.apiserver import ClusterThread, EmbeddedCluster
from tests.conformance.http_client import ApiServer, Client
from tests.conformance.objects import bind, config, core, pod

CONFIGS = core("default", "configmaps")
#: Seconds: less than a watch lasts, by far.
LONGEST = 20.0
NEW_YEAR = 1_767_225_600_000_000_000
"""2026-01-01T00:00:00Z in Unix nanoseconds."""


def _client(cluster: ClusterThread) -> Client:
    return Client(ApiServer(cluster.url, "", None))


def test_starts_quickly() -> None:
    """From nothing to the first answer takes less than a second of CPU; the best of three."""

    def seconds() -> float:
        began = time.process_time()
        with ClusterThread() as cluster:
            assert 200 == _client(cluster).get("/readyz").code
        return time.process_time() - began

    assert 1 > min(seconds() for _ in range(3))


def test_clock() -> None:
    """All times come from the clock that is passed in: creation, managed fields, deletion plus grace."""
    with ClusterThread(now=lambda: NEW_YEAR + 999_999_999) as cluster:
        client = _client(cluster)
        made = client.post(core("default", "pods"), pod()).body["metadata"]
        bind(client, "default", "web")
        gone = client.delete(core("default", "pods", "web")).body["metadata"]
    assert "2026-01-01T00:00:00Z" == made["creationTimestamp"] == made["managedFields"][0]["time"]
    assert "2026-01-01T00:00:30Z" == gone["deletionTimestamp"]


def test_seed() -> None:
    """The same seed gives the same uids and generated names."""
    made = []
    for _ in range(2):
        with ClusterThread(seed=7, now=lambda: NEW_YEAR) as cluster:
            made.append(_client(cluster).post(CONFIGS, {"metadata": {"generateName": "a-"}}).body)
    assert made[0] == made[1]


def test_watch_from_before_a_compaction() -> None:
    """Whoever resumes a watch from a version that is forgotten gets 410 in an ERROR event."""
    with ClusterThread() as cluster:
        client = _client(cluster)
        old = client.post(CONFIGS, config("a")).version
        client.post(CONFIGS, config("b"))
        cluster.call(cluster.cluster.compact)
        with client.watch(CONFIGS, resourceVersion=old) as events:
            kind, status = events.next()
            ended = events.next()
    assert ("ERROR", 410, "Expired") == (kind, status["code"], status["reason"])
    assert ("", None) == ended


def test_list_from_before_a_compaction() -> None:
    """An old continue token and an old exact version are 410 as HTTP status."""
    with ClusterThread() as cluster:
        client = _client(cluster)
        for name in ("a", "b", "c"):
            client.post(CONFIGS, config(name))
        page = client.get(CONFIGS, limit=1)
        client.post(CONFIGS, config("d"))
        cluster.call(cluster.cluster.compact)
        replies = [
            client.get(CONFIGS, **{"continue": page.body["metadata"]["continue"]}),
            client.get(CONFIGS, resourceVersion=page.version, resourceVersionMatch="Exact"),
        ]
    assert [(410, "Expired")] * 2 == [(reply.code, reply.reason) for reply in replies]


def test_version_of_the_future() -> None:
    """A version that is not reached yet is 504 for lists and watches alike."""
    with ClusterThread() as cluster:
        client = _client(cluster)
        replies = [
            client.get(CONFIGS, resourceVersion="999"),
            client.get(CONFIGS, resourceVersion="999", watch="1"),
        ]
    assert [(504, "Timeout")] * 2 == [(reply.code, reply.reason) for reply in replies]


def test_bookmarks() -> None:
    """Bookmarks come by themselves, with the version of the whole cluster."""
    with ClusterThread(bookmark_interval=0.02) as cluster:
        client = _client(cluster)
        start = client.get(CONFIGS).version
        with client.watch(CONFIGS, resourceVersion=start, allowWatchBookmarks="true") as events:
            elsewhere = client.post(core("default", "secrets"), {"metadata": {"name": "a"}}).version
            kind, obj = events.next()
            while obj["metadata"]["resourceVersion"] != elsewhere:
                kind, obj = events.next()
    assert ("BOOKMARK", "ConfigMap") == (kind, obj["kind"])


def test_cut_watches() -> None:
    """Watches can be cut, and are resumed where they were."""
    with ClusterThread() as cluster:
        client = _client(cluster)
        start = client.get(CONFIGS).version
        with client.watch(CONFIGS, resourceVersion=start) as events:
            client.post(CONFIGS, config("a"))
            assert [("ADDED", "a")] == events.names(1)
            cluster.call(cluster.cluster.cut_watches)
            assert ("", None) == events.next()


async def test_middleware() -> None:
    """A middleware sees every request first, and may answer in the server's place."""

    @web.middleware
    async def busy(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        return web.Response(status=429) if request.method == "POST" else await handler(request)

    async with EmbeddedCluster(middlewares=[busy]) as cluster, aiohttp.ClientSession(cluster.url) as session:
        posted = await session.post(CONFIGS, json=config("a"))
        listed = await session.get(CONFIGS)
    assert (429, 200) == (posted.status, listed.status)


async def test_a_client_that_is_gone_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    """Its connection breaks before the first event can be sent."""

    @web.middleware
    async def broken(request: web.Request, handler: Handler) -> web.StreamResponse:
        if "watch" in request.query and request.transport is not None:
            request.transport.abort()
        return await handler(request)

    async with (
        EmbeddedCluster(middlewares=[broken]) as cluster,
        aiohttp.ClientSession(cluster.url) as session,
    ):
        await session.post(CONFIGS, json=config("some"))
        with pytest.raises(aiohttp.ClientError):
            await session.get(CONFIGS, params={"watch": "1"})
    assert [] == [each.message for each in caplog.records if each.levelname == "ERROR"]


async def test_stops_with_open_watches() -> None:
    """A cluster with open watches stops without waiting for them, and ends them."""
    async with aiohttp.ClientSession() as session:
        async with EmbeddedCluster() as cluster:
            response = await session.get(f"{cluster.url}{CONFIGS}?watch=1")
            began = time.perf_counter()
        async with asyncio.timeout(LONGEST):
            assert b"" == await response.content.read()
    assert time.perf_counter() - began < LONGEST


def test_kubeconfig_file(tmp_path: Path) -> None:
    """The kubeconfig can be read by its owner alone, and names server, user and namespace."""
    with ClusterThread() as cluster:
        path = cluster.write_kubeconfig(tmp_path / "kubeconfig", "me", "somewhere")
        url = cluster.url
    found = json.loads(path.read_text())
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert url == found["clusters"][0]["cluster"]["server"]
    assert {"cluster": "embedded", "user": "me", "namespace": "somewhere"} == found["contexts"][0]["context"]


def test_large_bodies() -> None:
    """A body of more than 3 MiB is 413, with a Status."""
    with ClusterThread() as cluster:
        refused = _client(cluster).post(CONFIGS, config("a", big="x" * (3 * 1024 * 1024)))
    assert (413, "RequestEntityTooLarge") == (refused.code, refused.reason)
