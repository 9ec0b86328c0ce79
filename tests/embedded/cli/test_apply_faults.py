"""`traceutil apply` when the server, the collector or the user get in the way."""

from __future__ import annotations

import asyncio
import json
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from demo.apiserver import ClusterThread
from tests.conformance.http_client import ApiServer, Client
from tests.embedded.cli.applying import Place, config, results, stateful_set
from tests.embedded.demo.collector import OtlpCollector
from tests.embedded.demo.command import LONGEST, started, traceutil
from tests.embedded.demo.inside import inside
from traceutil.cli.cluster import Cluster

pytestmark = pytest.mark.slow

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Trouble:
    """A middleware that answers the next writes of the tool with these codes; `late`: after doing them.

    `watched`: the tool has watched something, so that it has read the answers to all its writes.
    """

    codes: list[int] = field(default_factory=list)
    late: bool = False
    plain_discovery: bool = False
    no_dry_run: bool = False
    watched: threading.Event = field(default_factory=threading.Event)

    def middleware(self) -> Any:
        @web.middleware
        async def trouble(request: web.Request, handler: Handler) -> web.StreamResponse:
            if self.plain_discovery and request.path in ("/api", "/apis"):
                request = request.clone(headers={"Authorization": request.headers["Authorization"]})
            if "kr8s" not in request.headers.get("User-Agent", ""):
                return await handler(request)
            if request.method == "GET":
                if "watch" in request.query:
                    self.watched.set()
                return await handler(request)
            if self.no_dry_run and "dryRun" in request.query:
                said = 'admission webhook "a.example.org" does not support dry run'
                return web.json_response({"kind": "Status", "code": 400, "message": said}, status=400)
            if not self.codes or "dryRun" in request.query:
                return await handler(request)
            code = self.codes.pop(0)
            if self.late:
                await handler(request)
            reason = {409: "Conflict", 429: "TooManyRequests"}.get(code, "InternalError")
            body = {"kind": "Status", "code": code, "reason": reason, "message": f"injected {code}"}
            return web.json_response(body, status=code, headers={"Retry-After": "0"})

        return trouble


@pytest.fixture
def trouble() -> Trouble:
    return Trouble()


@pytest.fixture
def place(trouble: Trouble, collector: OtlpCollector, tmp_path: Path) -> Iterator[Place]:
    """A cluster of the test's own, with trouble."""
    with ClusterThread(middlewares=[trouble.middleware()]) as cluster:
        kubeconfig = cluster.write_kubeconfig(tmp_path / "kubeconfig", "user")
        token = cluster.kubeconfig("user")["users"][0]["user"]["token"]
        user = Client(ApiServer(cluster.url, token, None))
        yield Place(tmp_path, kubeconfig, "default", collector, user)
        user.close()


@pytest.mark.parametrize(
    ("codes", "late"),
    [
        pytest.param([429, 429], False, id="too many requests"),
        pytest.param([500], False, id="a broken server"),
        pytest.param([500], True, id="an answer that was lost after the write"),
        pytest.param([409], False, id="a conflict"),
    ],
)
def test_a_create_gets_through(place: Place, trouble: Trouble, codes: list[int], late: bool) -> None:
    """Once, with one trace, whatever was answered first."""
    trouble.codes, trouble.late = codes, late
    answer = place.apply(objects=(config(),))
    stored = place.stored("ConfigMap", "settings")

    assert ([("ConfigMap", "created", None)], 0) == (results(answer), answer.code)
    assert (
        answer.document["objects"][0]["spanId"]
        in stored["metadata"]["annotations"]["traceutil.dev/object-span"]
    )


@pytest.mark.parametrize(
    "how", [pytest.param((), id="client side"), pytest.param(("--server-side",), id="server side")]
)
@pytest.mark.parametrize(
    ("codes", "late"),
    [
        pytest.param([429], False, id="too many requests"),
        pytest.param([503, 503], False, id="a broken server"),
        pytest.param([500], True, id="an answer that was lost after the write"),
        pytest.param([409, 409], False, id="two conflicts"),
    ],
)
def test_a_change_gets_through(
    place: Place, trouble: Trouble, codes: list[int], late: bool, how: tuple[str, ...]
) -> None:
    """What is stored is what is wanted, and it carries the span that is told."""
    place.apply(*how, objects=(stateful_set(),))
    trouble.codes, trouble.late = codes, late
    answer = place.apply(*how, objects=(stateful_set(image="db:2"),))
    stored = place.stored("StatefulSet", "db")

    assert ([("StatefulSet", "configured", None)], 0) == (results(answer), answer.code)
    assert "db:2" == stored["spec"]["template"]["spec"]["containers"][0]["image"]
    assert (
        answer.document["objects"][0]["spanId"]
        in stored["metadata"]["annotations"]["traceutil.dev/object-span"]
    )


@pytest.mark.parametrize(
    "how", [pytest.param((), id="client side"), pytest.param(("--server-side",), id="server side")]
)
def test_a_webhook_that_knows_no_dry_run(place: Place, trouble: Trouble, how: tuple[str, ...]) -> None:
    """Changes are written all the same, and what is as sent stays as it is."""
    trouble.no_dry_run = True
    answers = [place.apply(*how, objects=(config(**data),)) for data in ({"a": "1"}, {"a": "2"}, {"a": "2"})]

    assert ["created", "configured", "unchanged"] == [results(each)[0][1] for each in answers]


def test_trouble_without_end(place: Place, trouble: Trouble) -> None:
    """The tool gives up, says what the server said, and goes on with the rest."""
    trouble.codes = [429] * 5
    answer = place.apply(objects=(config("a"), config("b")))

    assert [("ConfigMap", "refused", None), ("ConfigMap", "created", None)] == results(answer)
    assert (2, True) == (answer.code, "injected 429; try again later" in answer.err)


def test_old_discovery(place: Place, trouble: Trouble) -> None:
    """A server that knows no aggregated discovery is asked version by version."""

    async def found() -> tuple[set[str], set[str]]:
        trouble.plain_discovery = False
        async with Cluster(place.kubeconfig) as cluster:
            new = {f"{each.api_version} {each}" for each in await cluster.resources()}
            trouble.plain_discovery = True
            return new, {f"{each.api_version} {each}" for each in await cluster.resources(fresh=True)}

    new, old = asyncio.run(found())

    assert new == old


def test_nobody_is_there(place: Place) -> None:
    """One line, with the address and the remedy; nothing on stdout."""
    config_ = json.loads(place.kubeconfig.read_text())
    config_["clusters"][0]["cluster"]["server"] = "http://127.0.0.1:9"
    place.kubeconfig.write_text(json.dumps(config_))
    answer = place.apply(objects=(config(),))

    assert (2, "", 1) == (answer.code, answer.out, len(answer.err.splitlines()))
    assert answer.err.startswith("traceutil: no answer from http://127.0.0.1:9 (")


def test_the_collector_is_away(place: Place) -> None:
    """The objects are written; what was lost is told, within seconds."""
    args = place.arguments(objects=(config(),))
    answer = traceutil(*[each if each != place.collector.url else "http://127.0.0.1:9" for each in args])

    assert (0, "a") == (answer.code, next(iter(place.stored("ConfigMap", "settings")["data"])))
    assert (
        "traceutil: 1 span was lost: 1 connection refused; check --otlp or OTEL_*" in answer.err.splitlines()
    )


def test_interrupted(place: Place, trouble: Trouble) -> None:
    """Ctrl-C while waiting: exit code 130, and what was written is told."""
    args = place.arguments("--wait", objects=(config(), stateful_set()))
    with started(*args) as process:
        assert trouble.watched.wait(LONGEST)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=LONGEST)

    assert 130 == process.returncode
    assert ["ConfigMap/settings", "StatefulSet/db"] == [line.split()[0] for line in said.splitlines()[:2]]
    assert ["created", "created"] == [line.split()[3] for line in said.splitlines()[:2]]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        pytest.param((), "Missing option '-f' / '--filename'", id="no file"),
        pytest.param(
            ("-f", "none.yaml"), "none.yaml: no such file or directory; give a file", id="a missing one"
        ),
        pytest.param(("-f", "-"), "-: there is no object in it", id="an empty stdin"),
        pytest.param(
            ("-f", "-", "--timeout", "10"), "'10' is no duration; use 90s, 10m or 1h30m", id="no unit"
        ),
        pytest.param(
            ("-f", "-", "--force-conflicts"),
            "--force-conflicts is for server-side apply",
            id="force without need",
        ),
        pytest.param(("-f", "-", "--otlp", "nowhere"), "'nowhere' is no URL", id="no collector's address"),
    ],
)
def test_bad_input(args: tuple[str, ...], expected: str) -> None:
    """One line and exit code 2, before any cluster is looked for."""
    answer = inside("apply", *args, environ={"KUBECONFIG": "/nowhere"})

    assert (2, "", 1) == (answer.code, answer.out, len(answer.err.splitlines()))
    assert expected in answer.err


def test_a_variable_of_no_use(place: Place) -> None:
    """It is named, with its value."""
    answer = place.apply(objects=(config(),), environ={"TRACEUTIL_RATIO": "2"})

    assert (2, "traceutil: TRACEUTIL_RATIO='2': use a number from 0 to 1\n") == (answer.code, answer.err)
