"""kopf watches, we remember: indexes fill the store, events enqueue keys.

kopf keeps no books on core objects here: no finalizer, no annotation, no patch. On a Deployment each of
these would raise the generation and cost a request.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import threading
from collections.abc import Callable, Sequence
from typing import Any

import kopf

from operators.workloads.connection import Connection
from operators.workloads.controller import EventType
from operators.workloads.objects import Object, uid
from operators.workloads.patience import Backoffs, session
from operators.workloads.store import Store

Listener = Callable[[EventType, Object], None]
Sweeper = Callable[[str], None]

_RESOURCES = {
    "Pod": ("v1", "pods"),
    "Node": ("v1", "nodes"),
    "Namespace": ("v1", "namespaces"),
    "Deployment": ("apps", "v1", "deployments"),
    "ReplicaSet": ("apps", "v1", "replicasets"),
}
#: Every cluster has namespaces, so their first event tells that all initial listings are complete, even
#: where there is nothing else yet.
_ALWAYS = "Namespace"

_QUIET = 0.05  #: seconds without an event that mean that none is on its way
_DRAIN = 1.0  #: seconds to wait for that at most

log = logging.getLogger(__name__)


class _NoDiffBase(kopf.DiffBaseStorage):
    """kopf compares nothing: without change handlers its copies of every object are wasted time."""

    def build(self, *, body: Any, extra_fields: Any = None) -> Any:
        del body, extra_fields
        return {}

    def fetch(self, *, body: Any) -> Any:
        del body
        return None

    def store(self, *, body: Any, patch: Any, essence: Any) -> None:
        """Nothing is stored."""


class Informer:
    """One set of watches for all controllers of a process."""

    def __init__(
        self,
        store: Store,
        connection: Connection,
        listeners: Sequence[tuple[Sequence[str], Listener]],
        *,
        namespaces: Sequence[str] | None,
        relisted: Sweeper,
    ) -> None:
        """`namespaces`: None for all. `relisted(kind)` is called when kopf lists a kind again: what was
        deleted meanwhile is not in that list, and kopf does not say so.
        """
        self.synced = asyncio.Event()
        self._halted = asyncio.Event()
        self._heard = 0.0  # loop time of the newest event
        self._store, self._namespaces, self._relisted = store, namespaces, relisted
        self._listeners: dict[str, list[Listener]] = {_ALWAYS: []}
        for kinds, listener in listeners:
            for kind in kinds:
                self._listeners.setdefault(kind, []).append(listener)
        self._known: set[str] = set()
        self._registry = kopf.OperatorRegistry()
        self._register(connection)

    def _register(self, connection: Connection) -> None:
        registry = self._registry

        @kopf.on.login(registry=registry)
        async def login(**_: Any) -> kopf.AiohttpSession:
            return kopf.AiohttpSession(server=connection.server, aiohttp_session=session(connection))

        for kind in self._listeners:
            kopf.index(*_RESOURCES[kind], id=kind, registry=registry)(self._fill)
            kopf.on.event(*_RESOURCES[kind], id=f"{kind}-event", registry=registry)(self._event)

    async def _fill(self, body: kopf.Body, **_: Any) -> None:
        self._store.put(dict(body))

    async def _event(self, event: Any, **_: Any) -> None:
        self.synced.set()
        self._heard = asyncio.get_running_loop().time()
        obj = event["object"]
        if event["type"] is None and uid(obj) in self._known:
            self._relisted(obj["kind"])
        if event["type"] == "DELETED":
            self._known.discard(uid(obj))
            self._store.remove(obj)
        else:
            self._known.add(uid(obj))
        self.tell("ADDED" if event["type"] is None else event["type"], obj)

    def tell(self, event: EventType, obj: Object) -> None:
        """Pass an event on to whoever wants its kind."""
        for listener in self._listeners[obj["kind"]]:
            listener(event, obj)

    async def run(self) -> None:
        """Watch until `halt`. kopf handles SIGINT and SIGTERM meanwhile and ends on either.

        `kopf.operator` would, at its end, cancel every task that was created after it, ours and our
        caller's; so only kopf's own tasks are awaited and cancelled here.
        """
        tasks = await kopf.spawn_tasks(
            registry=self._registry,
            settings=_settings(self.synced),
            standalone=True,
            stop_flag=self._halted,
            **({"namespaces": self._namespaces} if self._namespaces else {"clusterwide": True}),
        )
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if not task.cancelled() and (error := task.exception()) is not None:
                    raise error
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            _release_signals()

    async def halt(self) -> None:
        """End `run`, once the last events have been taken in.

        kopf's watchers leave an open generator behind where they are cancelled in the middle of an event,
        and asyncio reports that as an error when the loop closes.
        """
        loop = asyncio.get_running_loop()
        for _ in range(int(_DRAIN / _QUIET)):
            if self._heard + _QUIET <= loop.time():
                break
            await asyncio.sleep(_QUIET)
        self._halted.set()


def _settings(synced: asyncio.Event) -> kopf.OperatorSettings:
    settings = kopf.OperatorSettings()
    settings.networking.error_backoffs = Backoffs(synced)
    settings.posting.enabled = False
    settings.scanning.disabled = True
    settings.persistence.diffbase_storage = _NoDiffBase()
    settings.queueing.exit_timeout = 0.2
    return settings


def _release_signals() -> None:
    """kopf leaves its signal handlers behind, and they fail once its tasks are gone."""
    if threading.current_thread() is threading.main_thread():
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(each)
