"""What one process remembers about object spans. All of it may be lost: the objects are the memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


def is_hashable(key: tuple[object, ...]) -> bool:
    """Whether the key can be looked up: cluster data may have a list where text belongs."""
    try:
        hash(key)
    except TypeError:
        return False
    return True


class Bounded(Generic[K, V]):
    """A dict that forgets what was set longest ago. Safe to use from several threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._data: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        return self._data.get(key)

    def set(self, key: K, value: V) -> None:
        with self._lock:
            self._data[key] = value
            self._data.move_to_end(key)
            if len(self._data) > self._size:
                self._data.popitem(last=False)

    def pop(self, key: K) -> V | None:
        with self._lock:
            return self._data.pop(key, None)

    def add(self, key: K, value: V) -> bool:
        """Set it unless it is there; whether it was set."""
        with self._lock:
            if key in self._data:
                return False
            self._data[key] = value
            if len(self._data) > self._size:
                self._data.popitem(last=False)
            return True

    def values(self) -> list[V]:
        with self._lock:
            return list(self._data.values())

    def __contains__(self, key: K) -> bool:
        return key in self._data

    def __len__(self) -> int:
        return len(self._data)
