"""The few API calls that the controllers make, over one keep-alive pool."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any

import aiohttp

from operators.workloads.connection import Connection
from operators.workloads.metrics import ApiMetrics

MERGE_PATCH = "application/merge-patch+json"
_ATTEMPTS = 5
_LONGEST_WAIT = 10.0
_PATHS = {
    "Pod": ("api/v1", "pods"),
    "Node": ("api/v1", "nodes"),
    "Namespace": ("api/v1", "namespaces"),
    "Deployment": ("apis/apps/v1", "deployments"),
    "ReplicaSet": ("apis/apps/v1", "replicasets"),
}


class ApiError(Exception):
    """The server refused: HTTP status (0 where no answer came), reason and message of its Status body."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(f"{status} {reason}: {message}")
        self.status, self.reason, self.message = status, reason, message

    @property
    def unanswered(self) -> bool:
        """Nobody knows whether the write happened."""
        return self.status == 0 or self.status >= 500

    @property
    def passing(self) -> bool:
        """The same may succeed later."""
        return self.unanswered or self.status in (409, 429)


class Client:
    """One user's connection. `async with Client(...)`; objects are JSON dicts, errors are ApiError."""

    def __init__(
        self,
        connection: Connection,
        user_agent: str,
        metrics: ApiMetrics,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        connections: int = 64,
    ) -> None:
        self._connection, self._metrics, self._sleep = connection, metrics, sleep
        self._headers = {"Accept": "application/json", "User-Agent": user_agent} | connection.headers()
        self._limit = connections
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Client:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._limit, ssl=self._connection.ssl()),
            headers=self._headers,
            timeout=aiohttp.ClientTimeout(total=30),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def reach(self) -> None:
        """Ask for the server's version once. Raises ApiError where it does not answer or refuses us."""
        url = f"{self._connection.server}/version"
        try:
            status, _, answer = await self._once("GET", url, None, "")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ApiError(0, "Unreachable", str(error) or "no answer in time") from error
        if status >= 400:
            raise ApiError(status, str(answer.get("reason") or ""), str(answer.get("message") or ""))

    async def get(self, kind: str, namespace: str, name: str) -> dict[str, Any]:
        return await self._call("GET", kind, namespace, name)

    async def list(self, kind: str, namespace: str = "") -> dict[str, Any]:
        """The whole list object, with `items` and `metadata.resourceVersion`."""
        return await self._call("GET", kind, namespace, "")

    async def create(self, obj: Mapping[str, Any]) -> dict[str, Any]:
        meta = obj["metadata"]
        return await self._call("POST", obj["kind"], meta.get("namespace") or "", "", body=obj)

    async def patch(
        self, kind: str, namespace: str, name: str, body: Mapping[str, Any], subresource: str = ""
    ) -> dict[str, Any]:
        """A merge patch (RFC 7386); with a resourceVersion in `body` it is refused (409) when stale."""
        return await self._call("PATCH", kind, namespace, name, subresource, body=body)

    async def bind(self, namespace: str, name: str, binding: Mapping[str, Any]) -> dict[str, Any]:
        return await self._call("POST", "Pod", namespace, name, "binding", body=binding)

    async def delete(
        self, kind: str, namespace: str, name: str, *, uid: str, grace: int | None = None
    ) -> dict[str, Any]:
        """Delete exactly the object with this uid. `grace`: seconds, None for the object's own."""
        options: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "preconditions": {"uid": uid},
            "propagationPolicy": "Background",
        }
        if grace is not None:
            options["gracePeriodSeconds"] = grace
        return await self._call("DELETE", kind, namespace, name, body=options)

    async def _call(
        self,
        verb: str,
        kind: str,
        namespace: str,
        name: str,
        subresource: str = "",
        *,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        url = f"{self._connection.server}/{path(kind, namespace, name, subresource)}"
        data = None if body is None else json.dumps(body, separators=(",", ":"))
        kind_of_body = MERGE_PATCH if verb == "PATCH" else "application/json"
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                status, wait, answer = await self._once(verb, url, data, kind_of_body)
            except (aiohttp.ClientError, TimeoutError) as error:
                status, wait, answer = 0, None, {"reason": "Unreachable", "message": repr(error)}
            self._metrics.called(verb, kind, subresource, status)
            if 200 <= status < 300:
                return answer
            if attempt == _ATTEMPTS or not may_retry(verb, status):
                break
            await self._sleep(retry_delay(wait, attempt))
        raise ApiError(status, str(answer.get("reason") or ""), str(answer.get("message") or ""))

    async def _once(
        self, verb: str, url: str, data: str | None, kind_of_body: str
    ) -> tuple[int, str | None, dict[str, Any]]:
        if self._session is None:
            raise RuntimeError("use the client as `async with Client(...)`")
        headers = {"Content-Type": kind_of_body} if data is not None else {}
        async with self._session.request(verb, url, data=data, headers=headers) as response:
            text = await response.read()
            try:
                answer = json.loads(text)
            except ValueError:
                answer = {}
            found = answer if isinstance(answer, dict) else {}
            return response.status, response.headers.get("Retry-After"), found


def path(kind: str, namespace: str, name: str = "", subresource: str = "") -> str:
    """The API path of a kind's collection, object or subresource."""
    root, plural = _PATHS[kind]
    parts = [root, *(["namespaces", namespace] if namespace else []), plural, name, subresource]
    return "/".join(part for part in parts if part)


def may_retry(verb: str, status: int) -> bool:
    """May the same request be sent again? After 429 any (it was not processed); after 5xx or no answer
    only what may happen twice, so never a POST.
    """
    return status == 429 or ((status == 0 or status >= 500) and verb != "POST")


def retry_delay(retry_after: str | None, attempt: int) -> float:
    """Seconds: what the server said in Retry-After, else 0.1 s doubled with each attempt; 10 s at most."""
    told = float(retry_after) if retry_after and retry_after.isdigit() else 0.1 * 2 ** (attempt - 1)
    return min(told, _LONGEST_WAIT)
