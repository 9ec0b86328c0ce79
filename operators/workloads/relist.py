"""After a broken watch: what vanished while nobody looked?"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from operators.workloads.client import ApiError, Client
from operators.workloads.objects import Object, uid, version
from operators.workloads.store import NAMESPACED, Store

log = logging.getLogger(__name__)

#: Seconds for the new list's own events to arrive first.
_SETTLE = 1.0


class Sweeps:
    """Compares the store with a list of the cluster, once per kind at a time."""

    def __init__(
        self,
        client: Client,
        store: Store,
        namespaces: Sequence[str] | None,
        gone: Callable[[Object], None],
    ) -> None:
        self._client, self._store, self._namespaces, self._gone = client, store, namespaces, gone
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def request(self, kind: str) -> None:
        if kind not in self._tasks:
            task = asyncio.get_running_loop().create_task(self._sweep(kind))
            self._tasks[kind] = task
            task.add_done_callback(lambda _: self._tasks.pop(kind, None))

    async def _sweep(self, kind: str) -> None:
        await asyncio.sleep(_SETTLE)
        before = list(self._store.all(kind))
        try:
            scopes = self._namespaces if self._namespaces and kind in NAMESPACED else ("",)
            lists = [await self._client.list(kind, each) for each in scopes]
        except ApiError as error:
            log.warning("cannot list %s to find what vanished: %s", kind, error)
            return
        present = {uid(each) for one in lists for each in one.get("items") or ()}
        for obj in vanished(before, present, min((version(one) for one in lists), key=_number)):
            self._store.remove(obj)
            self._gone(obj)

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def vanished(before: Sequence[Object], present: set[str], listed_at: str) -> list[Object]:
    """Objects known before a list was made that are not in it; none that is newer than the list."""
    at = _number(listed_at)
    return [each for each in before if uid(each) not in present and _number(version(each)) <= at]


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
