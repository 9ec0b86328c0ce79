"""Which resources are served now: the built-in table, and what CRDs add to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from demo.apiserver.builtin import BUILTIN
from demo.apiserver.resources import Resource


class Registry:
    """Resources by (group, version, plural); CRDs come and go."""

    def __init__(self, resources: Iterable[Resource] = BUILTIN) -> None:
        self._by_path: dict[tuple[str, str, str], Resource] = {}
        self._by_kind: dict[tuple[str, str], Resource] = {}
        for resource in resources:
            self.add(resource)

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._by_path.values())

    def add(self, resource: Resource) -> None:
        self._by_path[resource.group, resource.version, resource.plural] = resource
        self._by_kind[resource.group, resource.kind] = resource

    def remove(self, group: str, plural: str) -> None:
        for path in [path for path in self._by_path if path[0] == group and path[2] == plural]:
            gone = self._by_path.pop(path)
            self._by_kind.pop((group, gone.kind), None)

    def find(self, group: str, version: str, plural: str) -> Resource | None:
        return self._by_path.get((group, version, plural))

    def of_kind(self, api_version: str, kind: str) -> Resource | None:
        """The resource of an owner reference, whatever version it names."""
        group = api_version.partition("/")[0] if "/" in api_version else ""
        return self._by_kind.get((group, kind))

    def storages(self) -> dict[tuple[str, str], Resource]:
        """One resource per storage, for what walks over all objects."""
        found: dict[tuple[str, str], Resource] = {}
        for resource in self:
            found.setdefault(resource.key, resource)
        return found

    def has_group_version(self, group: str, version: str) -> bool:
        return any(path[0] == group and path[1] == version for path in self._by_path)

    def groups(self) -> dict[str, list[str]]:
        """Served versions by group, the core group excepted, in the order of registration."""
        found: dict[str, list[str]] = {}
        for group, version, _ in self._by_path:
            if group and version not in found.setdefault(group, []):
                found[group].append(version)
        return found
