"""Jaeger's query API over HTTP: what is read of it, and what is said when it cannot be read."""

from __future__ import annotations

import gzip
import json
import socket
from collections import Counter
from typing import Any

import pytest

from tests.unit.cli.traces.playback import PAGE, Script, playing
from tests.unit.view.recorded import DATA, answer, exported
from traceutil.cli.errors import BadInput
from traceutil.cli.traces.jaeger import JaegerSource
from traceutil.view.jaeger import from_answer
from traceutil.view.spans import SpanData
from traceutil.view.wanted import Wanted

V3 = json.loads(gzip.decompress((DATA / "rollout.v3.json.gz").read_bytes()))
ROLLOUT = answer("rollout")
TRACE = V3["result"]["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["traceId"]
NOT_FOUND = {
    "data": None,
    "total": 0,
    "limit": 0,
    "offset": 0,
    "errors": [{"code": 404, "msg": "trace not found"}],
}
NOW = max(span.end for span in exported("rollout"))


async def _trace(script: Script, *ids: str) -> list[list[SpanData]]:
    with playing(script) as url:
        async with JaegerSource(url, lambda: NOW) as source:
            return [await source.trace(each) for each in ids]


def _by_id(spans: list[SpanData]) -> dict[str, SpanData]:
    return {span.span_id: span for span in spans}


async def test_a_trace_is_read_whole(caplog: pytest.LogCaptureFixture) -> None:
    """By the newer API: with nanoseconds, what each link is there for, and Jaeger's warnings apart."""
    caplog.set_level("INFO", "traceutil")
    (spans,) = await _trace(
        lambda path, _: (200, V3) if path == f"/api/v3/traces/{TRACE}" else (500, ""), TRACE
    )

    assert _by_id(exported_of(TRACE)) == _by_id(spans)
    assert any("Jaeger warns: clock skew" in line for line in caplog.messages)


async def test_a_trace_in_several_parts() -> None:
    """A gateway may answer in one document for each batch of spans."""
    parts = [{"result": {"resourceSpans": [each]}} for each in V3["result"]["resourceSpans"]]
    (spans,) = await _trace(lambda *_: (200, "\n".join(map(json.dumps, parts))), TRACE)

    assert len(exported_of(TRACE)) == len(spans)


def exported_of(trace_id: str) -> list[SpanData]:
    return [span for span in exported("rollout") if span.trace_id == trace_id]


async def test_a_jaeger_without_the_newer_api() -> None:
    """Its page answers there; then the older API is asked, and the newer no more."""
    asked: Counter[str] = Counter()

    def script(path: str, _: dict[str, str]) -> tuple[int, Any]:
        asked[path] += 1
        if path.startswith("/api/v3"):
            return 200, PAGE
        one = [trace for trace in ROLLOUT["data"] if path.endswith(trace["traceID"])]
        return (200, {**ROLLOUT, "data": one}) if one else (404, NOT_FOUND)

    found = await _trace(script, TRACE, "0" * 32)

    assert [_by_id([s for s in from_answer(ROLLOUT) if s.trace_id == TRACE]), {}] == [
        _by_id(each) for each in found
    ]
    assert {f"/api/v3/traces/{TRACE}": 1, f"/api/traces/{TRACE}": 1, f"/api/traces/{'0' * 32}": 1} == asked


async def test_a_trace_that_is_not_there() -> None:
    """The newer API says so in its own form."""
    missing = {"error": {"httpCode": 404, "message": "No traces found"}}
    assert [[]] == await _trace(lambda path, _: (404, missing) if "v3" in path else (500, ""), TRACE)


async def test_an_object_is_searched_by_its_service_first() -> None:
    """The service of an object span follows from its kind."""
    asked: list[dict[str, str]] = []

    def script(path: str, query: dict[str, str]) -> tuple[int, Any]:
        asked.append(query)
        return 200, ROLLOUT

    with playing(script) as url:
        async with JaegerSource(url, lambda: NOW) as source:
            found = await source.naming(Wanted("Deployment", "web", "default"))

    assert from_answer(ROLLOUT) == found
    (query,) = asked
    tags = {"k8s.deployment.name": "web", "k8s.namespace.name": "default"}
    assert ("deployment", tags) == (query["service"], json.loads(query["tags"]))
    assert int(query["start"]) * 1000 < NOW < int(query["end"]) * 1000


async def test_then_by_all_others() -> None:
    """Whoever worked on an object whose own span is not exported yet."""

    def script(path: str, query: dict[str, str]) -> tuple[int, Any]:
        if path == "/api/services":
            return 200, {"data": ["deployment", "scheduler"]}
        return 200, ROLLOUT if query["service"] == "scheduler" else {"data": []}

    with playing(script) as url:
        async with JaegerSource(url, lambda: NOW) as source:
            assert from_answer(ROLLOUT) == await source.naming(Wanted("Deployment", "web"))


async def test_episodes_that_link_to_a_trace_are_found() -> None:
    """Nothing in the trace says that they came after it."""
    drift = answer("drift")
    first = next(
        trace for trace in drift["data"] if any(s["operationName"] == "Deployment" for s in trace["spans"])
    )
    (episode,) = (trace["traceID"] for trace in drift["data"] if trace is not first)

    def script(_: str, query: dict[str, str]) -> tuple[int, Any]:
        wanted = json.loads(query["tags"]) == {"traceutil.relation": "drift"}
        return 200, drift if wanted and query["service"] == "replicaset" else {"data": None}

    with playing(script) as url:
        async with JaegerSource(url, lambda: NOW) as source:
            assert [episode] == await source.linking(from_answer({"data": [first]}))


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        pytest.param(
            200, PAGE, ["does not answer /api/services as Jaeger does", "--jaeger"], id="a web page"
        ),
        pytest.param(404, PAGE, ["status 404", "base URL"], id="a path that is not Jaeger's"),
        pytest.param(502, "bad gateway", ["status 502"], id="a proxy without Jaeger"),
        pytest.param(401, PAGE, ["lets us not in (status 401)", "USER:PASSWORD"], id="a password is wanted"),
        pytest.param(403, {"data": None}, ["lets us not in (status 403)"], id="forbidden"),
        pytest.param(
            500,
            {"data": None, "errors": [{"code": 500, "msg": "storage\nis down"}]},
            ["refused /api/services: storage is down (status 500)"],
            id="its storage is down",
        ),
    ],
)
async def test_what_cannot_be_read(status: int, body: Any, said: list[str]) -> None:
    """One line, with where Jaeger is and what to try."""

    def script(path: str, _: dict[str, str]) -> tuple[int, Any]:
        return (200, {"data": []}) if path == "/api/traces" else (status, body)

    with playing(script) as url:
        async with JaegerSource(url, lambda: NOW) as source:
            with pytest.raises(BadInput) as caught:
                await source.naming(Wanted("Deployment", "web"))

    assert [] == [each for each in [f"Jaeger at {url}", *said] if each not in str(caught.value)]
    assert "\n" not in str(caught.value)


async def test_nobody_listens() -> None:
    """Refused at once."""
    with socket.socket() as taken:  # bound, not listening
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        async with JaegerSource(url, lambda: NOW) as source:
            with pytest.raises(BadInput, match=f"no answer from Jaeger at {url} .*start it.*--from FILE"):
                await source.trace(TRACE)


@pytest.mark.parametrize(
    ("url", "place", "links"),
    [
        pytest.param("http://h:16686", "Jaeger at http://h:16686", "http://h:16686", id="a host"),
        pytest.param("https://h/ui", "Jaeger at https://h/ui", "https://h/ui", id="below a path"),
        pytest.param(
            "http://me:secret@h:1", "Jaeger at http://h:1", "http://h:1", id="a password is never shown"
        ),
        pytest.param(
            "https://h/jaeger/trace/{trace_id}",
            "Jaeger at https://h/jaeger",
            "https://h/jaeger/trace/{trace_id}",
            id="a template of links, from which the base can be told",
        ),
    ],
)
async def test_where_it_is(url: str, place: str, links: str) -> None:
    """What is said of it, and what links are made from."""
    async with JaegerSource(url, lambda: NOW) as source:
        assert (place, links) == (source.place, source.links)


def test_a_template_from_which_no_base_can_be_told() -> None:
    """Links can be made of it, but nothing can be read."""
    with pytest.raises(BadInput, match="query API cannot be told; give its base URL"):
        JaegerSource("https://h/?id={trace_id}", lambda: NOW)


@pytest.mark.parametrize(
    "path", [pytest.param("/api/v3", id="by the newer API"), pytest.param("/api/traces", id="by the older")]
)
async def test_an_answer_of_another_shape(path: str) -> None:
    """Not a traceback: one line."""

    def script(asked: str, _: dict[str, str]) -> tuple[int, Any]:
        if not asked.startswith(path):
            return 404, PAGE
        return 200, {"result": {"resourceSpans": 3}, "data": [{"spans": [{"spanID": 5}]}]}

    with pytest.raises(BadInput, match="sent what cannot be read"):
        await _trace(script, TRACE)
