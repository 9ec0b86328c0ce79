"""Jaeger's query API over HTTP.

Traces are read by `/api/v3`, which keeps nanoseconds and the attributes of links; where it is not served, by
`/api/traces`. Searches go to the latter, which every version of Jaeger answers.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any

import httpx

from traceutil import semconv
from traceutil.cli.errors import BadInput, one_line
from traceutil.cli.traces.file import linking
from traceutil.times import SECOND, Clock
from traceutil.view import jaeger
from traceutil.view.otlp import from_request
from traceutil.view.spans import SpanData
from traceutil.view.wanted import Wanted

_log = logging.getLogger(__name__)

#: Seconds to connect, and until an answer begins.
TIMEOUT = httpx.Timeout(30.0, connect=5.0)
#: How far back an object is searched for, in seconds: seven days.
LOOK_BACK = 7 * 24 * 3600
#: Clocks differ, and a demo's may run fast: seconds after now.
_AHEAD = 3600
#: Traces in one answer to a search; services that are asked where the likely one knows nothing.
_LIMIT, _SERVICES = 20, 20
#: What the object spans say that link to a trace which does not link to them.
_LINKING = ({semconv.RELATION: "drift"}, {semconv.CHANGE: "deletion"})
#: What a template of links ends with, where its front is the base URL.
_TEMPLATE = "/trace/{trace_id}"


class JaegerSource:
    """`async with JaegerSource(url, clock) as source:`."""

    def __init__(self, url: str, clock: Clock, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """
        Args:
            url: base URL, or a template of links that ends with `/trace/{trace_id}`.

        Raises:
            BadInput: a template of another form, from which the base cannot be told.
        """
        base = httpx.URL(_base(url))
        self.links = _without_user(url, base)
        self.place = f"Jaeger at {base.copy_with(username=None, password=None)}"
        self._clock = clock
        self._client = httpx.AsyncClient(base_url=base, timeout=TIMEOUT, transport=transport)
        self._exact = True

    async def __aenter__(self) -> JaegerSource:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def trace(self, trace_id: str) -> list[SpanData]:
        try:
            return await self._trace(trace_id)
        except ValueError as error:
            raise self._unreadable(error) from error

    async def _trace(self, trace_id: str) -> list[SpanData]:
        if self._exact:
            response = await self._get(f"/api/v3/traces/{trace_id}", {})
            documents = list(_documents(response.text))
            if response.is_success and documents:
                return _told(documents)
            if any("error" in each for each in documents):
                return []  # it knows the path, but not the trace
            self._exact = False
        answer = await self._answer(f"/api/traces/{trace_id}", {})
        _warn(jaeger.warnings(answer))
        return jaeger.from_answer(answer)

    async def naming(self, wanted: Wanted) -> list[SpanData]:
        now = self._clock() // 1000
        times = {"start": now - LOOK_BACK * 1_000_000, "end": now + _AHEAD * 1_000_000}
        found = await self._search(wanted.service, wanted.attributes, times)
        if found:
            return found
        listed = (await self._answer("/api/services", {})).get("data") or ()
        for service in sorted(str(each) for each in listed if each != wanted.service)[:_SERVICES]:
            found += await self._search(service, wanted.attributes, times)
        return found

    async def linking(self, spans: Sequence[SpanData]) -> list[str]:
        """Episodes of drift, and deletions: what else links to a trace is linked from it."""
        objects = [span for span in spans if span.attributes.get(semconv.SPAN_TYPE) == "object"]
        times = {
            "start": min((span.start for span in objects), default=0) // 1000,
            "end": (self._clock() + _AHEAD * SECOND) // 1000,
        }
        found: dict[str, list[SpanData]] = {}
        for service in sorted({span.service for span in objects}):
            for tags in _LINKING:
                for span in await self._search(service, tags, times):
                    found.setdefault(span.trace_id, []).append(span)
        return linking(found.values(), spans)

    async def _search(
        self, service: str, tags: Mapping[str, str], times: Mapping[str, int]
    ) -> list[SpanData]:
        asked = {"service": service, "tags": json.dumps(tags), "limit": _LIMIT, **times}
        answer = await self._answer("/api/traces", asked)
        try:
            return jaeger.from_answer(answer)
        except ValueError as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: ValueError) -> BadInput:
        return BadInput(f"{self.place} sent what cannot be read ({one_line(error)}); is its base URL right?")

    async def _answer(self, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of `/api`; without data where Jaeger knows of none."""
        response = await self._get(path, params)
        document = next(_documents(response.text), None)
        if document is None or "data" not in document:
            raise BadInput(
                f"{self.place} does not answer {path} as Jaeger does (status {response.status_code}); "
                "give the base URL of its page with --jaeger or TRACEUTIL_JAEGER, or --from FILE"
            )
        if response.is_success or response.status_code == httpx.codes.NOT_FOUND:
            return document
        said = "; ".join(str(each.get("msg")) for each in document.get("errors") or ())
        raise BadInput(f"{self.place} refused {path}: {one_line(said)} (status {response.status_code})")

    async def _get(self, path: str, params: Mapping[str, Any]) -> httpx.Response:
        try:
            response = await self._client.get(path, params=dict(params), follow_redirects=True)
        except httpx.HTTPError as error:
            why = one_line(error) or type(error).__name__
            raise BadInput(
                f"no answer from {self.place} ({why}); start it, say where it is with --jaeger or "
                "TRACEUTIL_JAEGER, or read an export with --from FILE"
            ) from error
        if response.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise BadInput(
                f"{self.place} lets us not in (status {response.status_code}); give a user in the URL, "
                "--jaeger https://USER:PASSWORD@HOST"
            )
        return response


def _told(documents: Iterable[dict[str, Any]]) -> list[SpanData]:
    """The spans of an answer of `/api/v3`."""
    read = (span for each in documents for span in from_request(each.get("result") or {}))
    pairs = [jaeger.without_warnings(span) for span in read]
    _warn(dict.fromkeys(warning for _, warnings in pairs for warning in warnings))
    return [span for span, _ in pairs]


def _warn(warnings: Iterable[str]) -> None:
    """Told under -v: most are about clocks, of spans that do not need them to agree."""
    for warning in warnings:
        _log.info("Jaeger warns: %s", one_line(warning))


def _base(url: str) -> str:
    if "{" not in url:
        return url
    if url.endswith(_TEMPLATE):
        return url.removesuffix(_TEMPLATE)
    raise BadInput(f"--jaeger {url}: from this template the query API cannot be told; give its base URL")


def _without_user(url: str, base: httpx.URL) -> str:
    """What is shown and printed has no password in it."""
    return url.replace(f"{base.userinfo.decode()}@", "", 1) if base.userinfo else url


def _documents(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects of an answer, which may come in several; none where it is a web page."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError:
            return
        if isinstance(value, dict):
            yield value
        at += len(text[at:]) - len(text[at:].lstrip())
