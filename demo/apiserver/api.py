"""What all handlers share: the objects, the served resources, clock and ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from demo.apiserver.clock import rfc3339
from demo.apiserver.fields.schema import Schema, schema_for
from demo.apiserver.registry import Registry
from demo.apiserver.resources import Resource
from demo.apiserver.status_errors import not_found
from demo.apiserver.store import Store, Stored


@dataclass(slots=True)
class Api:
    """One cluster's state. `now` is Unix ns, `uid` gives a fresh uid; `names` picks generated suffixes."""

    now: Callable[[], int]
    uid: Callable[[], str]
    names: Random
    addresses: Iterator[str]
    store: Store = field(default_factory=Store)
    registry: Registry = field(default_factory=Registry)
    schemas: dict[tuple[str, str], Schema] = field(default_factory=dict)

    def timestamp(self) -> str:
        return rfc3339(self.now())

    def schema(self, resource: Resource) -> Schema:
        """How the fields of a kind merge; custom resources may have told it in their CRD."""
        told = self.schemas.get((resource.group, resource.kind))
        return told if told is not None else schema_for(resource.group, resource.kind)

    def live(self, resource: Resource, namespace: str, name: str) -> Stored:
        """The stored object; 404 when there is none."""
        found = self.store.get(resource.key, namespace, name)
        if found is None:
            raise not_found(resource, name)
        return found
