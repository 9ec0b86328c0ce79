"""What a resource is, and the table of the kinds that every cluster has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from demo.apiserver.generation import GenerationRule


class ScalePaths(NamedTuple):
    """Where the scale subresource reads and writes, as dotted paths without the leading dot."""

    replicas: str = "spec.replicas"
    status_replicas: str = "status.replicas"
    selector: str | None = "spec.selector"


@dataclass(frozen=True, slots=True)
class Resource:
    """One served resource: where it is served, and what is special about writing it."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    generation: GenerationRule = GenerationRule.NONE
    status: bool = False
    initial_status: dict[str, Any] = field(default_factory=dict, hash=False, compare=False)
    status_at_create: bool = False
    status_drops_labels: bool = False
    scale: ScalePaths | None = None
    subresources: tuple[str, ...] = ()
    unconditional_update: bool = True
    create_on_update: bool = False
    delete_returns_object: bool = False
    delete_orphans: bool = False
    custom: bool = False
    singular_name: str = ""
    storage_version: str = ""
    stored_as: tuple[str, str] | None = None
    list_kind_name: str = ""
    served: bool = True
    columns: tuple[dict[str, Any], ...] = field(default=(), hash=False, compare=False)
    selectable: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def stored_api_version(self) -> str:
        if self.stored_as:
            return "v1"
        version = self.storage_version or self.version
        return f"{self.group}/{version}" if self.group else version

    @property
    def qualified(self) -> str:
        """The name that messages use: `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def singular(self) -> str:
        return self.singular_name or self.kind.lower()

    @property
    def list_kind(self) -> str:
        return self.list_kind_name or f"{self.kind}List"

    @property
    def key(self) -> tuple[str, str]:
        """Identity of the storage, the same for every version."""
        return self.stored_as or (self.group, self.plural)
