"""A reverse proxy between controllers and an API server that makes trouble as a plan says.

It speaks HTTP to the controllers, and to the server what its address says; who asks is passed on.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import aiohttp
from aiohttp import web

from operators.workloads import Connection

#: What neither side may pass on: it is of one connection, or changes with the body's form.
_HOP = {"connection", "host", "transfer-encoding", "content-length", "content-encoding", "keep-alive"}


@dataclass(frozen=True)
class Asked:
    """A request, as a plan sees it. `count`: how often this method and path came, from 1."""

    method: str
    path: str
    watch: bool
    body: bytes
    count: int

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def lists(self) -> bool:
        return self.method == "GET" and not self.watch


@dataclass(frozen=True)
class Refuse:
    """The server never sees it."""

    code: int
    reason: str
    retry_after: int | None = None


@dataclass(frozen=True)
class Lose:
    """The server does it; the answer is lost: this status instead, or 0: the connection breaks."""

    code: int


@dataclass(frozen=True)
class Cut:
    """The watch breaks in the middle of its `lines`-th line; or after it, with an ERROR event 410."""

    lines: int
    gone: bool = False


Trouble = Refuse | Lose | Cut | None


class Plan(Protocol):
    def __call__(self, asked: Asked) -> Trouble:
        """What becomes of a request; None: it is passed on."""


def no_trouble(asked: Asked) -> Trouble:
    return None


@dataclass
class Proxy:
    """`plan` may be set anew at any time. `requests` counts by (method, path), `made` the troubles."""

    plan: Plan
    url: str = ""
    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)

    def through(self, connection: Connection) -> Connection:
        """The same user, by way of the proxy."""
        self._upstream = connection
        return replace(connection, server=self.url, ca=None, certificate=None, key=None)

    @property
    def total(self) -> int:
        return self.requests.total()

    @property
    def writes(self) -> int:
        return sum(count for (method, _), count in self.requests.items() if method != "GET")

    async def serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        key = request.method, request.path
        self.requests[key] += 1
        watch = request.query.get("watch") in ("1", "true")
        trouble = self.plan(Asked(request.method, request.path, watch, body, self.requests[key]))
        if trouble is not None:
            self.made[type(trouble).__name__] += 1
        if isinstance(trouble, Refuse):
            return _refusal(trouble)
        url = f"{self._upstream.server}{request.path_qs}"
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP}
        async with self._session.request(
            request.method, url, data=body or None, headers=headers, ssl=self._tls
        ) as answer:
            if watch and answer.status == 200:
                return await _stream(request, answer, trouble if isinstance(trouble, Cut) else None)
            content = await answer.read()
        if isinstance(trouble, Lose):
            if not trouble.code:
                return _broken(request, web.Response())
            return _refusal(Refuse(trouble.code, "Timeout"))
        passed = {name: value for name, value in answer.headers.items() if name.lower() not in _HOP}
        return web.Response(status=answer.status, body=content, headers=passed)

    @property
    def _tls(self) -> Any:
        if not hasattr(self, "_context"):
            self._context = self._upstream.ssl()
        return self._context


@asynccontextmanager
async def proxy(plan: Plan = no_trouble) -> AsyncIterator[Proxy]:
    """Serving on a port of its own."""
    made = Proxy(plan)
    app = web.Application(client_max_size=8 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", made.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5, handler_cancellation=True)
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as made._session:
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            host, port = runner.addresses[0][:2]
            made.url = f"http://{host}:{port}"
            yield made
        finally:
            await runner.cleanup()


async def _stream(
    request: web.Request, answer: aiohttp.ClientResponse, cut: Cut | None
) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    lines = 0
    with suppress(aiohttp.ClientError, ConnectionError):
        async for line in _lines(answer):
            lines += 1
            if cut is not None and lines >= cut.lines:
                if cut.gone:
                    await response.write(line + _GONE)
                    return response
                await response.write(line[: len(line) // 2])
                return _broken(request, response)
            await response.write(line)
    return response


async def _lines(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    """Whole lines, however long: an object may be more than the reader's limit for one."""
    pending = b""
    async for chunk in answer.content.iter_any():
        *whole, pending = (pending + chunk).split(b"\n")
        for line in whole:
            yield line + b"\n"


def _broken(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    """The connection is gone, without another byte of the answer."""
    if request.transport is not None:
        request.transport.abort()
    return answer


def _status(code: int, reason: str) -> Mapping[str, Any]:
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": f"{reason}, made by the test's proxy",
        "reason": reason,
        "code": code,
    }


_GONE = json.dumps({"type": "ERROR", "object": _status(410, "Expired")}).encode() + b"\n"


def _refusal(refuse: Refuse) -> web.Response:
    headers = {} if refuse.retry_after is None else {"Retry-After": str(refuse.retry_after)}
    return web.json_response(_status(refuse.code, refuse.reason), status=refuse.code, headers=headers)
