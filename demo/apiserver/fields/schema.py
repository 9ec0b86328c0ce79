"""How the lists and maps of a kind merge.

A list is atomic unless its schema says that it is keyed (`x-kubernetes-list-type: map`) or a set; a map is
granular unless it is declared atomic. So a schema names only the exceptions. Strategic merge patches
have keys of their own (`patchMergeKey`), which differ for a few lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Obj: TypeAlias = dict[str, Any]

GRANULAR, KEYED, SET, ATOMIC = "granular", "keyed", "set", "atomic"

_NO_FIELDS: Mapping[str, Node] = {}
_NO_KEYS: tuple[str, ...] = ()


class Node:
    """How one field merges.

    `kind` is for tracking and apply; `merge_key` (None: replace; "": a list of scalars that merge) is for
    strategic merge patches. `fields` are the known fields of a struct, `other` is for the rest.
    `open_map` says that the keys are data rather than fields.
    """

    __slots__ = ("fields", "item", "key_defaults", "keys", "kind", "merge_key", "open_map", "other", "skip")

    def __init__(
        self,
        kind: str = GRANULAR,
        *,
        fields: Mapping[str, Node] = _NO_FIELDS,
        other: Node | None = None,
        item: Node | None = None,
        keys: tuple[str, ...] = _NO_KEYS,
        key_defaults: Mapping[str, Any] | None = None,
        merge_key: str | None = None,
        open_map: bool = False,
        skip: frozenset[str] = frozenset(),
    ) -> None:
        self.kind, self.fields, self.keys = kind, fields, tuple(sorted(keys))
        self.key_defaults: Mapping[str, Any] = key_defaults or {}
        self.merge_key, self.open_map, self.skip = merge_key, open_map, skip
        self.other: Node = other or (UNTYPED if fields else self)
        self.item: Node = item or (UNTYPED if fields or kind == KEYED else self)

    def child(self, name: str) -> Node:
        """How the field of this name merges."""
        return self.fields.get(name, self.other)


#: A field of a built-in kind of which nothing need be said: granular map, atomic list or scalar.
UNTYPED = Node()
#: The same where no schema is known: the keys of its maps are data.
UNKNOWN = Node(open_map=True)
ATOM = Node(ATOMIC)
#: A list of scalars without duplicates.
SCALARS = Node(SET, merge_key="")


def struct(**fields: Node) -> Node:
    """A struct; fields that are not named are untyped."""
    return Node(fields=fields)


def keyed(*keys: str, item: Node = UNTYPED, merge_key: str | None = None, **defaults: Any) -> Node:
    """A list of items told apart by `keys`; strategic patches use `merge_key` (default: the first key)."""
    return Node(KEYED, item=item, keys=keys, merge_key=merge_key or keys[0], key_defaults=defaults)


def atomic_merged_by(merge_key: str, item: Node = UNTYPED) -> Node:
    """A list that is atomic for tracking and apply, but merged by a key in strategic patches."""
    return Node(ATOMIC, merge_key=merge_key, item=item)


_OBJECT_META = {
    "finalizers": SCALARS,
    "ownerReferences": keyed("uid", item=ATOM),
}
#: Of a template within an object.
TEMPLATE_META = struct(**_OBJECT_META)
_SERVERS = (
    "name namespace creationTimestamp selfLink uid clusterName generation managedFields resourceVersion"
)
#: Of the object itself. What is skipped identifies it or belongs to the server: nobody owns it.
META = Node(fields=_OBJECT_META, skip=frozenset(_SERVERS.split(" ")))
_IDENTITY = frozenset({"apiVersion", "kind"})
#: What a write through /status of a custom resource leaves alone.
_BESIDE_STATUS = frozenset({"metadata", "spec"})


@dataclass(frozen=True)
class Schema:
    """How a kind's objects merge.

    `skeleton` is the empty object as a typed server decodes it: what is there already was added by nobody.
    `reset` names, per subresource, the top-level fields that a write through it leaves alone.
    `status_labels`: whether a write through /status reaches the labels.
    `admitted` are fields that the server fills in after it noted who wrote what, with a test of the value.
    """

    root: Node
    skeleton: Obj = field(default_factory=lambda: {"metadata": {}})
    reset: Mapping[str, frozenset[str]] = field(default_factory=dict)
    status_labels: bool = True
    admitted: tuple[tuple[tuple[str, ...], Callable[[Any], bool]], ...] = ()

    def ignored(self, subresource: str) -> frozenset[str]:
        """Top-level fields that a write through this subresource ("" for the object) never owns."""
        return self.reset.get(subresource, frozenset()) | _IDENTITY

    @classmethod
    def from_openapi(cls, schema: Mapping[str, Any], *, has_status: bool = False) -> Schema:
        """The schema that a CustomResourceDefinition states in `openAPIV3Schema`.

        `has_status`: the status is a subresource, so a write to the object itself leaves it alone.
        """
        properties = schema.get("properties")
        named = properties if isinstance(properties, Mapping) else {}
        fields = {name: _node(value) for name, value in named.items()}
        fields["metadata"] = META
        reset = {"status": (_BESIDE_STATUS | fields.keys()) - {"status"}}
        if has_status:
            reset[""] = frozenset({"status"})
        return cls(Node(fields=fields, other=UNKNOWN, open_map=not named), reset=reset)


def _node(schema: Any) -> Node:
    if not isinstance(schema, Mapping):
        return UNKNOWN
    if isinstance(items := schema.get("items"), Mapping):
        return _list_node(schema, items)
    if schema.get("x-kubernetes-map-type") == "atomic":
        return ATOM
    if isinstance(properties := schema.get("properties"), Mapping) and properties:
        fields = {name: _node(value) for name, value in properties.items()}
        if schema.get("x-kubernetes-embedded-resource"):
            fields["metadata"] = TEMPLATE_META
        return Node(fields=fields, other=UNKNOWN)
    if isinstance(values := schema.get("additionalProperties"), Mapping):
        return Node(other=_node(values), open_map=True)
    return UNKNOWN


def _list_node(schema: Mapping[str, Any], items: Mapping[str, Any]) -> Node:
    match schema.get("x-kubernetes-list-type"):
        case "map":
            keys = schema.get("x-kubernetes-list-map-keys") or ()
            defaults = _key_defaults(items.get("properties"), keys)
            return Node(KEYED, item=_node(items), keys=tuple(keys), key_defaults=defaults)
        case "set":
            return Node(SET)
    return ATOM


def _key_defaults(properties: Any, keys: Iterable[str]) -> dict[str, Any]:
    known = properties if isinstance(properties, Mapping) else {}
    stated = {key: known[key] for key in keys if isinstance(known.get(key), Mapping)}
    return {key: value["default"] for key, value in stated.items() if "default" in value}


def schema_for(group: str, kind: str) -> Schema:
    """The schema of a built-in kind; for any other, maps are granular and lists atomic."""
    from .builtin import SCHEMAS  # built from the names above

    return SCHEMAS.get((group, kind), UNKNOWN_SCHEMA)


UNKNOWN_SCHEMA = Schema(Node(fields={"metadata": META}, other=UNKNOWN), reset={"status": _BESIDE_STATUS})
