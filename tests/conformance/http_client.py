"""A small HTTP client that shows what the server said, and nothing more."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

JSON = "application/json"
JSON_PATCH = "application/json-patch+json"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
PATIENCE = 10.0
"""Seconds that anything may take before a test gives up."""


class ApiServer(NamedTuple):
    """Where the server is, whom it shall see, and the CA of an https address (PEM), if any."""

    url: str
    token: str
    ca: str | None


@dataclass(frozen=True)
class Reply:
    """An answer: `body` is the decoded JSON, or text."""

    code: int
    body: Any
    content_type: str

    @property
    def version(self) -> str:
        return str(self.body["metadata"]["resourceVersion"])

    @property
    def reason(self) -> str:
        return str(self.body["reason"])


class Stream:
    """The events of a watch, one by one."""

    def __init__(self, response: HTTPResponse) -> None:
        self._response = response

    def next(self) -> tuple[str, Any]:
        """The next event as (type, object); ("", None) when the server ended the watch."""
        line = self._response.readline()
        if not line:
            return "", None
        event = json.loads(line)
        return event["type"], event["object"]

    def names(self, count: int) -> list[tuple[str, str]]:
        """The next events as (type, name)."""
        return [(kind, obj["metadata"]["name"]) for kind, obj in (self.next() for _ in range(count))]


class Client:
    """Requests as one user; the user agent is the field manager unless a test names one."""

    def __init__(self, server: ApiServer) -> None:
        self.server = server
        self._connection = self._connect()

    def close(self) -> None:
        self._connection.close()

    def _connect(self) -> HTTPConnection:
        parts = urlsplit(self.server.url)
        assert parts.hostname is not None
        if parts.scheme == "https":
            context = ssl.create_default_context(cadata=self.server.ca)
            return HTTPSConnection(parts.hostname, parts.port, timeout=PATIENCE, context=context)
        return HTTPConnection(parts.hostname, parts.port, timeout=PATIENCE)

    def _headers(self, content_type: str, accept: str) -> dict[str, str]:
        told = {
            "Authorization": f"Bearer {self.server.token}",
            "User-Agent": "conformance/1.0",
            "Accept": accept,
        }
        return told | ({"Content-Type": content_type} if content_type else {})

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content_type: str = JSON,
        accept: str = JSON,
        **query: Any,
    ) -> Reply:
        sent = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        url = f"{path}?{urlencode(query)}" if query else path
        self._connection.request(method, url, sent, self._headers(content_type if sent else "", accept))
        response = self._connection.getresponse()
        raw, told = response.read(), response.getheader("Content-Type", "")
        return Reply(response.status, json.loads(raw) if "json" in told else raw.decode(), told)

    def get(self, path: str, *, accept: str = JSON, **query: Any) -> Reply:
        return self.request("GET", path, accept=accept, **query)

    def post(self, path: str, body: Any, **query: Any) -> Reply:
        return self.request("POST", path, body, **query)

    def put(self, path: str, body: Any, **query: Any) -> Reply:
        return self.request("PUT", path, body, **query)

    def merge(self, path: str, body: Any, **query: Any) -> Reply:
        return self.request("PATCH", path, body, content_type=MERGE, **query)

    def json_patch(self, path: str, *operations: dict[str, Any], **query: Any) -> Reply:
        return self.request("PATCH", path, list(operations), content_type=JSON_PATCH, **query)

    def strategic(self, path: str, body: Any, **query: Any) -> Reply:
        return self.request("PATCH", path, body, content_type=STRATEGIC, **query)

    def apply(self, path: str, body: Any, manager: str, **query: Any) -> Reply:
        return self.request("PATCH", path, body, content_type=APPLY, fieldManager=manager, **query)

    def delete(self, path: str, options: Any = None, **query: Any) -> Reply:
        return self.request("DELETE", path, options, **query)

    def wait_gone(self, path: str) -> None:
        """Until a GET says 404."""
        self.wait(path, lambda reply: reply.code == 404)

    def wait(self, path: str, until: Callable[[Reply], bool]) -> Reply:
        """Poll an address until its answer is as wanted; fails loudly when patience ends."""
        end = time.monotonic() + PATIENCE
        while not until(reply := self.get(path)):
            assert time.monotonic() < end, f"{path} is still {reply.code}: {reply.body}"
            time.sleep(0.005)
        return reply

    @contextmanager
    def watch(self, path: str, *, accept: str = JSON, **query: Any) -> Iterator[Stream]:
        """Open a watch; leaving the block closes it."""
        connection = self._connect()
        try:
            url = f"{path}?{urlencode({'watch': '1'} | query)}"
            connection.request("GET", url, headers=self._headers("", accept))
            response = connection.getresponse()
            assert response.status == 200, response.read()
            yield Stream(response)
        finally:
            connection.close()
