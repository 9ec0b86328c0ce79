"""What a cluster does by itself after a write: collect garbage, empty namespaces and definitions."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from functools import partial

from demo.apiserver import crds, namespaces
from demo.apiserver.api import Api
from demo.apiserver.gc import GarbageCollector
from demo.apiserver.preconditions import NAMESPACES
from demo.apiserver.status_errors import ApiError
from demo.apiserver.store import Change, StorageKey

logger = logging.getLogger(__name__)


class Housekeeping:
    """Plans work on each change and does it soon after, in order. `soon` is `loop.call_soon`."""

    def __init__(self, api: Api, soon: Callable[[Callable[[], None]], object]) -> None:
        self._api = api
        self._soon = soon
        self._work: deque[Callable[[], None]] = deque()
        self._planned = False
        self._collector = GarbageCollector(api, self._later)
        api.store.listeners.append(self._note)

    def _later(self, work: Callable[[], None]) -> None:
        self._work.append(work)
        if not self._planned:
            self._planned = True
            self._soon(self._run)

    def _run(self) -> None:
        try:
            while self._work:
                self._do(self._work.popleft())
        finally:
            self._planned = False

    def _do(self, work: Callable[[], None]) -> None:
        """What is refused (to delete the default namespace) does not stop the rest."""
        try:
            work()
        except ApiError as refused:
            logger.info("housekeeping was refused: %s", refused.message)

    def _note(self, storage: StorageKey, change: Change) -> None:
        self._collector.note(storage, change)
        metadata = change.new.obj["metadata"]
        if storage == NAMESPACES:
            if "deletionTimestamp" in metadata and change.type != "DELETED":
                self._later(partial(namespaces.empty, self._api, metadata["name"]))
        elif storage == crds.CRDS:
            if "deletionTimestamp" in metadata and change.type != "DELETED":
                self._later(partial(crds.empty, self._api, metadata["name"]))
        elif change.type == "DELETED":
            self._note_gone(storage, metadata.get("namespace"))

    def _note_gone(self, storage: StorageKey, namespace: str | None) -> None:
        """The last object of something that is being emptied may have gone."""
        home = self._api.store.get(NAMESPACES, "", namespace) if namespace else None
        if home and "deletionTimestamp" in home.obj["metadata"]:
            self._later(partial(namespaces.empty, self._api, home.obj["metadata"]["name"]))
        definition = self._api.store.get(crds.CRDS, "", f"{storage[1]}.{storage[0]}")
        if definition and "deletionTimestamp" in definition.obj["metadata"]:
            self._later(partial(crds.empty, self._api, definition.obj["metadata"]["name"]))
