"""Requests: what is repeated, what is reported, where they go."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from operators.workloads.client import ApiError, Client, may_retry, path, retry_delay
from operators.workloads.connection import Connection, KubeconfigError
from operators.workloads.health import application, serving
from operators.workloads.metrics import ApiMetrics


@pytest.mark.parametrize(
    ("verb", "status", "expected"),
    [
        pytest.param("GET", 503, True, id="a read may be repeated"),
        pytest.param("PATCH", 500, True, id="a patch guarded by its version may be repeated"),
        pytest.param("DELETE", 0, True, id="a deletion by uid that got no answer may be repeated"),
        pytest.param("POST", 503, False, id="a create may have happened"),
        pytest.param("POST", 0, False, id="a create without an answer may have happened"),
        pytest.param("POST", 429, True, id="too many requests means that it did not happen"),
        pytest.param("PATCH", 409, False, id="a conflict stays one"),
        pytest.param("GET", 404, False, id="what is not there is not there"),
    ],
)
def test_may_retry(verb: str, status: int, expected: bool) -> None:
    assert expected is may_retry(verb, status)


@pytest.mark.parametrize(
    ("retry_after", "attempt", "expected"),
    [
        pytest.param("3", 1, 3.0, id="as long as the server says"),
        pytest.param("600", 1, 10.0, id="but never longer than ten seconds"),
        pytest.param(None, 1, 0.1, id="a tenth of a second at first"),
        pytest.param(None, 3, 0.4, id="then doubled"),
        pytest.param("soon", 2, 0.2, id="nonsense is ignored"),
    ],
)
def test_retry_delay(retry_after: str | None, attempt: int, expected: float) -> None:
    assert expected == pytest.approx(retry_delay(retry_after, attempt))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param(
            ("Pod", "default", "a", "binding"), "api/v1/namespaces/default/pods/a/binding", id="core"
        ),
        pytest.param(("ReplicaSet", "default"), "apis/apps/v1/namespaces/default/replicasets", id="group"),
        pytest.param(("Node", "", "n"), "api/v1/nodes/n", id="cluster-scoped"),
    ],
)
def test_path(parts: tuple[str, ...], expected: str) -> None:
    assert expected == path(*parts)


class Server:
    """Answers with what it was told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str], Any]] = []
        self.asked: list[tuple[str, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append((request.method, request.path))
        status, headers, body = self.answers.pop(0)
        return web.json_response(body, status=status, headers=headers)


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def client(server: Server, registry: CollectorRegistry) -> AsyncIterator[Client]:
    """A client of that server that does not really wait between attempts."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.answer)

    async def no_wait(_: float) -> None: ...

    metrics = ApiMetrics(ApiMetrics.counter(registry), "test")
    async with serving(app, 0, "127.0.0.1") as port:
        connection = Connection(f"http://127.0.0.1:{port}", token="t")
        async with Client(connection, "test", metrics, sleep=no_wait) as made:
            yield made


POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "default", "generateName": "a-"}}


async def test_a_busy_server_is_asked_again(
    server: Server, client: Client, registry: CollectorRegistry
) -> None:
    """429 and then 200 is a success, of two requests."""
    server.answers = [(429, {"Retry-After": "1"}, {}), (201, {}, {"kind": "Pod"})]
    assert await client.create(POD) == {"kind": "Pod"}
    assert [("POST", "/api/v1/namespaces/default/pods")] * 2 == server.asked
    labels = {"controller": "test", "verb": "POST", "kind": "Pod", "subresource": "", "code": "429"}
    assert registry.get_sample_value("workloads_api_requests_total", labels) == 1


async def test_a_create_that_broke_is_not_repeated(server: Server, client: Client) -> None:
    """Nobody knows whether the pod exists: the caller must."""
    server.answers = [(500, {}, {"reason": "InternalError", "message": "broken"})]
    with pytest.raises(ApiError) as caught:
        await client.create(POD)
    assert (500, "InternalError", "broken") == (
        caught.value.status,
        caught.value.reason,
        caught.value.message,
    )
    assert caught.value.unanswered
    assert 1 == len(server.asked)


async def test_a_read_is_given_up_after_five_times(server: Server, client: Client) -> None:
    """A server that stays broken is an error."""
    server.answers = [(503, {}, {})] * 5
    with pytest.raises(ApiError):
        await client.get("Pod", "default", "a")
    assert 5 == len(server.asked)


async def test_a_server_that_is_not_there() -> None:
    """No answer at all is status 0."""
    metrics = ApiMetrics(ApiMetrics.counter(CollectorRegistry()), "test")
    async with Client(Connection("http://127.0.0.1:1"), "test", metrics) as client:
        with pytest.raises(ApiError) as caught:
            await client.reach()
    assert 0 == caught.value.status


KUBECONFIG: dict[str, Any] = {
    "current-context": "here",
    "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
    "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:8001/"}}],
    "users": [{"name": "u", "user": {"token": "secret"}}],
}


def test_kubeconfig() -> None:
    """Server and token of the current context; a slash at the end is no part of the server."""
    found = Connection.from_kubeconfig(KUBECONFIG)
    assert Connection("http://127.0.0.1:8001", token="secret") == found
    assert {"Authorization": "Bearer secret"} == found.headers()


def test_kubeconfig_certificates() -> None:
    """Certificates come as data; they are decoded."""
    data = base64.b64encode(b"-----BEGIN-----").decode()
    user = {"client-certificate-data": data, "client-key-data": data}
    found = Connection.from_kubeconfig({**KUBECONFIG, "users": [{"name": "u", "user": user}]})
    assert ("-----BEGIN-----", "-----BEGIN-----", None) == (found.certificate, found.key, found.token)


@pytest.mark.parametrize(
    ("changed", "context", "message"),
    [
        pytest.param({}, "there", "no context named 'there'; there are: here", id="another context"),
        pytest.param({"clusters": []}, None, "no cluster named 'c'; there are: none", id="no cluster"),
        pytest.param({"clusters": [{"name": "c", "cluster": {}}]}, None, "has no server", id="no server"),
        pytest.param({"users": ["u"]}, None, "no user named 'u'", id="a user that is no mapping"),
    ],
)
def test_kubeconfig_errors(changed: dict[str, Any], context: str | None, message: str) -> None:
    with pytest.raises(KubeconfigError, match=message):
        Connection.from_kubeconfig({**KUBECONFIG, **changed}, context)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(None, "cannot read kubeconfig", id="no such file"),
        pytest.param("", "is empty or not a mapping", id="an empty file"),
        pytest.param("{", "is not YAML", id="no YAML"),
    ],
)
def test_kubeconfig_files(tmp_path: Path, content: str | None, message: str) -> None:
    file = tmp_path / "config"
    if content is not None:
        file.write_text(content)
    with pytest.raises(KubeconfigError, match=message):
        Connection.from_kubeconfig(file)


async def test_health(registry: CollectorRegistry) -> None:
    """/readyz follows `ready`, /healthz follows `stop`, /metrics shows the registry."""
    ready, stop = asyncio.Event(), asyncio.Event()
    ApiMetrics(ApiMetrics.counter(registry), "test").called("GET", "Pod", "", 200)
    async with (
        serving(application(registry, ready, stop), 0, "127.0.0.1") as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):

        async def status(path: str) -> int:
            async with session.get(path) as response:
                return response.status

        assert (503, 200) == (await status("/readyz"), await status("/healthz"))
        ready.set()
        assert 200 == await status("/readyz")
        async with session.get("/metrics") as response:
            assert "workloads_api_requests_total" in await response.text()
        stop.set()
        assert 503 == await status("/healthz")
