"""The HTTP server: routing, users, counting; the deciding is done by the modules around it."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Middleware

from demo.apiserver import kubeconfig as kubeconfigs
from demo.apiserver.api import Api
from demo.apiserver.call import Answer, Call, answer
from demo.apiserver.handlers import handle
from demo.apiserver.housekeeping import Housekeeping
from demo.apiserver.namespaces import make_first
from demo.apiserver.pages import nowhere, page
from demo.apiserver.requests import RequestInfo, RequestKey, read_request
from demo.apiserver.services import cluster_addresses
from demo.apiserver.status_errors import ApiError
from demo.apiserver.streaming import open_watch, serve

logger = logging.getLogger(__name__)

BODY_LIMIT = 3 * 1024 * 1024
ANONYMOUS = "anonymous"


class EmbeddedCluster:
    """A Kubernetes API server in memory; an async context manager that runs in the current event loop.

    `requests` counts every request to a resource, `changes` those that moved a resourceVersion.
    `now` gives Unix nanoseconds; `middlewares` are aiohttp's and see every request first.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        now: Callable[[], int] = time.time_ns,
        middlewares: Sequence[Middleware] = (),
        bookmark_interval: float = 60.0,
        seed: int | None = None,
    ) -> None:
        self.url = ""
        self.requests: Counter[RequestKey] = Counter()
        self.changes: Counter[RequestKey] = Counter()
        random = Random(seed)
        self._api = Api(now, _uids(random), random, cluster_addresses())
        self._address = (host, port)
        self._bookmark_interval = bookmark_interval
        self._users: dict[str, str] = {}
        app = web.Application(middlewares=list(middlewares), client_max_size=BODY_LIMIT)
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(
            app, handle_signals=False, access_log=None, shutdown_timeout=1.0, handler_cancellation=True
        )

    async def __aenter__(self) -> EmbeddedCluster:
        Housekeeping(self._api, asyncio.get_running_loop().call_soon)
        make_first(self._api)
        await self._runner.setup()
        site = web.TCPSite(self._runner, *self._address)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut_watches()
        await self._runner.cleanup()

    def cut_watches(self) -> None:
        """End all watches now, as a restarting API server does; clients resume."""
        for _, collection in self._api.store.collections():
            for watcher in list(collection.watchers):
                watcher.close()

    def compact(self) -> None:
        """Forget the past: whoever resumes a watch from before now gets 410, as after an etcd compaction."""
        for _, collection in self._api.store.collections():
            collection.forget(self._api.store.revision)

    def token(self, user: str) -> str:
        """A bearer token; requests that carry it are this user's."""
        token = f"token-of-{user}"
        self._users[token] = user
        return token

    def kubeconfig(self, user: str = "admin", namespace: str = "default") -> dict[str, Any]:
        """A kubeconfig as a dict; the token in it is the user's."""
        return kubeconfigs.kubeconfig(self.url, user, self.token(user), namespace)

    def write_kubeconfig(self, path: str | Path, user: str = "admin", namespace: str = "default") -> Path:
        """Write a kubeconfig file, readable by its owner alone; returns its path."""
        return kubeconfigs.write(Path(path), self.kubeconfig(user, namespace))

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._answer(request)
        except ApiError as refused:
            return _response(answer(refused.status(), refused.code))
        except Exception:
            logger.exception("%s %s failed", request.method, request.path)
            broken = ApiError(500, "InternalError", "Internal error occurred: the log says more", {})
            return _response(answer(broken.status(), 500))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        info = read_request(request.method, request.path, request.query)
        if info is None:
            return _response(
                page(self._api.registry, request.path, request.headers.get("Accept", ""), self.url)
            )
        resource = self._api.registry.find(info.group, info.version, info.plural)
        key = RequestKey(info.verb, info.counted_as, self._user(request))
        self.requests[key] += 1
        if resource is None or _misplaced(info, resource.namespaced):
            return _response(nowhere(info))
        body = await _body(request) if request.body_exists else b""
        call = Call(
            info, resource, request.query, key.user, request.headers.get("User-Agent", ""),
            request.headers.get("Accept", ""), request.content_type if body else "", body,
        )  # fmt: skip
        if info.verb == "watch":
            return await self._watch(request, call)
        before = self._api.store.revision
        found = handle(self._api, call)
        if self._api.store.revision != before:
            self.changes[key] += 1
        return _response(found or nowhere(info))

    async def _watch(self, request: web.Request, call: Call) -> web.StreamResponse:
        watcher = open_watch(self._api, call)
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        with suppress(ConnectionResetError):  # a client that was killed as something came
            await response.prepare(request)
            await serve(self._api, call, watcher, response.write, self._bookmark_interval)
        return response

    def _user(self, request: web.Request) -> str:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return self._users.get(token.strip(), ANONYMOUS) if scheme.lower() == "bearer" else ANONYMOUS


async def _body(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        message = f"Request entity too large: limit is {BODY_LIMIT}"
        raise ApiError(413, "RequestEntityTooLarge", message, {}) from None


def _misplaced(info: RequestInfo, namespaced: bool) -> bool:
    """A namespaced object without a namespace, or a cluster-scoped one with it."""
    if not namespaced:
        return bool(info.namespace) and info.plural != "namespaces"
    return not info.namespace and (bool(info.name) or info.verb in ("create", "deletecollection"))


def _uids(random: Random) -> Callable[[], str]:
    return lambda: str(uuid.UUID(int=random.getrandbits(128), version=4))


def _response(found: Answer) -> web.Response:
    return web.Response(status=found.code, body=found.body, content_type=found.content_type)
