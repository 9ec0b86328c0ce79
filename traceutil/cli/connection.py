"""One request to an API server, by the user's kubeconfig; whatever goes wrong is one line with its remedy.

Of kr8s this uses the credentials (exec plugins, OIDC, certificates, service account) and the HTTP session.
Its objects are not used: they know no server-side apply, read one object by listing, look a kind up by parts
of its version, take the namespace of the current context for that of `--context`, and wait for ever.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from traceutil.cli.errors import BadInput, one_line

if TYPE_CHECKING:
    from kr8s.asyncio import Api

Json = dict[str, Any]
Sleep = Callable[[float], Awaitable[None]]

#: Seconds until the server has answered a request.
TIMEOUT = 15.0
#: Seconds between two lines of a watch that the server was asked to end after fewer.
WATCH_SILENCE = 60.0
ATTEMPTS = 5
_BUSY = 429
#: Answers of a server that may have done what was asked.
BROKEN = frozenset({500, 502, 503, 504})
_REPEATABLE = frozenset({"GET", "PATCH", "PUT"})
_LONGEST_PAUSE = 5.0
_REMEDY = "choose another with --kubeconfig and --context"


class Unreachable(BadInput):
    """No answer from the API server."""


class Refused(BadInput):
    """The API server's refusal. `status` is the HTTP code, `reason`, `message` and `causes` (reason,
    message) are those of its `Status`."""

    def __init__(self, what: str, status: int, answer: Mapping[str, Any]) -> None:
        self.status = status
        self.reason = str(answer.get("reason") or "")
        self.message = str(answer.get("message") or f"status {status}")
        details = answer.get("details")
        causes = details.get("causes") if isinstance(details, Mapping) else None
        self.causes = tuple((str(each.get("reason")), str(each.get("message"))) for each in causes or ())
        super().__init__(f"the API server refused {what}: {self.message}; {_remedy(status)}")


class Connection:
    """An async context manager around a session. `server` is its URL, `namespace` that of the context."""

    def __init__(
        self, kubeconfig: Path | None = None, context: str | None = None, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._kubeconfig = None if kubeconfig is None else str(kubeconfig)
        self._context = context
        self._sleep = sleep
        self.server = ""
        self.namespace = "default"

    async def __aenter__(self) -> Connection:
        """Find the credentials and ask the server for its version.

        Raises:
            BadInput: the kubeconfig does not say how, or the server does not answer, or knows us not.
        """
        import kr8s
        from kr8s.asyncio import api

        where = self._kubeconfig or os.environ.get("KUBECONFIG") or "~/.kube/config"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # a server newer than kr8s
                async with asyncio.timeout(TIMEOUT):
                    self._api: Api = await api(kubeconfig=self._kubeconfig, context=self._context)
        except kr8s.ServerError as error:
            status = error.response.status_code if error.response is not None else 0
            raise Refused("us", status, {"message": str(error)}) from error
        except Exception as error:  # whatever a user's file can make a parser, a plug-in or a socket say
            if _is_transport(error):
                raise self._unreachable(error) from error
            why = one_line(error) or type(error).__name__
            raise BadInput(
                f"no cluster by kubeconfig {where} ({why}); {_REMEDY}, or set KUBECONFIG"
            ) from error
        self.server = self._api.auth.server.rstrip("/")
        self.namespace = self._namespace_of_context()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        session = getattr(self._api, "_session", None)  # kr8s has no way of its own to close it
        if session is not None:
            await session.aclose()
        self._remove_copies()

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Any = None,
        accept: str = "application/json",
        content_type: str = "application/json",
    ) -> Json:
        """The answer. 429 is tried again; so are 5xx and lost connections, where that repeats nothing.

        Raises:
            Refused: the server says no.
            Unreachable: it says nothing.
        """
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS
            try:
                status, answer, after = await self._send(method, path, params, body, accept, content_type)
            except Exception as error:
                if not _is_transport(error):
                    raise
                if last or method not in _REPEATABLE:
                    raise self._unreachable(error) from error
            else:
                if status < 400:
                    return answer
                again = status == _BUSY or (status in BROKEN and method in _REPEATABLE)
                if last or not again:
                    raise Refused(f"{method} {path}", status, answer)
                if after:
                    await self._sleep(min(after, _LONGEST_PAUSE))
                    continue
            await self._sleep(min(0.1 * 2**attempt, _LONGEST_PAUSE))
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def lines(self, path: str, params: Mapping[str, str]) -> AsyncIterator[AsyncIterator[str]]:
        """The lines of a watch, until the server ends it.

        Raises:
            Refused, Unreachable: as `request`; a watch that breaks off is Unreachable too.
        """
        import httpx

        base, rest = self.server, path.lstrip("/")
        timeout = httpx.Timeout(TIMEOUT, read=WATCH_SILENCE)
        try:
            async with self._api.call_api(
                "GET", "", base, url=rest, params=dict(params), stream=True, raise_for_status=False,
                timeout=timeout,
            ) as response:  # fmt: skip
                if response.status_code >= 400:
                    content = await response.aread()
                    raise Refused(f"watch {path}", response.status_code, _parsed(content))
                yield response.aiter_lines()
        except Exception as error:
            if not _is_transport(error):
                raise
            raise self._unreachable(error) from error

    async def _send(
        self, method: str, path: str, params: Any, body: Any, accept: str, content_type: str
    ) -> tuple[int, Json, float]:
        """(status, answer, seconds that the server asks us to wait)."""
        base, rest = self.server, path.lstrip("/")
        sent: dict[str, Any] = {"headers": {"Accept": accept, "Content-Type": content_type}}
        if params:
            sent["params"] = dict(params)
        if body is not None:
            sent["content"] = json.dumps(body)
        for known in (False, True):  # of a 401, kr8s renews the credentials where it is asked to raise
            async with self._api.call_api(
                method, "", base, url=rest, raise_for_status=known, timeout=TIMEOUT, **sent
            ) as response:
                if response.status_code != 401:
                    after = response.headers.get("Retry-After", "")
                    return response.status_code, _parsed(response.content), _seconds(after)
        raise AssertionError("kr8s raises for a 401")

    def _namespace_of_context(self) -> str:
        auth = self._api.auth
        if not auth.active_context:
            return str(auth.namespace)
        return str(auth.kubeconfig.get_context(auth.active_context).get("namespace") or "default")

    def _unreachable(self, error: Exception) -> Unreachable:
        why = one_line(error) or type(error).__name__
        return Unreachable(
            f"no answer from {self.server or _asked(error)} ({why}); start the cluster, or {_REMEDY}"
        )

    def _remove_copies(self) -> None:
        """kr8s writes keys that stand in the kubeconfig to temporary files, and leaves them there."""
        auth = self._api.auth
        if not auth.active_context:
            return
        sources = [*auth.kubeconfig.users, *auth.kubeconfig.clusters]
        named = {str(value) for each in sources for part in each.values() if isinstance(part, dict)
                 for value in part.values()}  # fmt: skip
        for file in (auth.client_key_file, auth.client_cert_file, auth.server_ca_file):
            path = Path(str(file)) if file else None
            if path is not None and str(path) not in named and path.parent == Path(tempfile.gettempdir()):
                path.unlink(missing_ok=True)


def _is_transport(error: Exception) -> bool:
    import httpx
    import kr8s

    return isinstance(error, httpx.TransportError | kr8s.APITimeoutError | TimeoutError)


def _asked(error: BaseException) -> str:
    """Which server did not answer, where the error knows it."""
    for each in (error, error.__cause__):
        try:
            return str(each.request.url.join("/")).rstrip("/")  # type: ignore[union-attr]
        except (AttributeError, RuntimeError):  # no error of httpx, or one that was not told its request
            continue
    return "the API server"


def _parsed(content: bytes) -> Json:
    try:
        found = json.loads(content)
    except ValueError:
        return {"message": one_line(content[:200].decode("utf-8", "replace"))}
    return found if isinstance(found, dict) else {}


def _seconds(value: str) -> float:
    return float(value) if value.isdecimal() else 0.0


def _remedy(status: int) -> str:
    if status == 401:
        return f"log in again, or {_REMEDY}"
    if status == 403:
        return "use a user who may do it"
    if status == _BUSY or status in BROKEN:
        return "try again later"
    return "change what is sent"
