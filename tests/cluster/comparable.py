"""What two servers said, made comparable: ids and versions by order, times and addresses not at all.

The order of managedFields depends on whether a second went by, and a list's resourceVersion on other writers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

UID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
TIME = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
AGE = re.compile(r"\d+s")
CLUSTER_IP = re.compile(r"\b10\.(?:0|96)\.\d+\.\d+\b")
#: The volume with a service account's token, which the embedded server, having no admission, does not add.
TOKEN = "kube-api-access-"


def comparable(said: Any, namespace: str) -> Any:
    """The same value with uids numbered as they appear and the objects' resourceVersions by rank."""
    ranked = sorted({int(each) for each in _versions(said)})
    return _Mapping(namespace, {str(each): f"version {rank}" for rank, each in enumerate(ranked, 1)})(said)


def _versions(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            if not _is_list(name, value):
                yield from _versions(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from _versions(each)
    elif key == "resourceVersion" and isinstance(value, str) and value.isdigit():
        yield value


class _Mapping:
    def __init__(self, namespace: str, ranks: dict[str, str]) -> None:
        self._namespace, self._ranks = namespace, ranks
        self._uids: dict[str, str] = {}

    def __call__(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            kept = {name: each for name, each in value.items() if name != "description"}
            found = {name: self(each, name) for name, each in kept.items() if not _is_list(name, value)}
            return {name: each for name, each in found.items() if name not in EMPTIED or each != []}
        if isinstance(value, list):
            found = [self(each) for each in value if not _is_token(each)]
            return sorted(found, key=_owner) if key == "managedFields" else found
        if not isinstance(value, str):
            return value
        if key == "resourceVersion":
            return self._ranks.get(value, value)
        return self._text(value)

    def _text(self, value: str) -> str:
        if AGE.fullmatch(value):
            return "AGE"
        value = value.replace(self._namespace, "NAMESPACE")
        value = UID.sub(lambda found: self._uids.setdefault(found[0], f"uid {len(self._uids)}"), value)
        return CLUSTER_IP.sub("CLUSTER IP", TIME.sub("TIME", value))


def _is_list(name: str, holder: dict[str, Any]) -> bool:
    """Whether this is the metadata of a list."""
    return name == "metadata" and bool(holder.keys() & {"rows", "items"})


def _owner(entry: Any) -> tuple[str, ...]:
    return tuple(entry.get(key, "") for key in ("manager", "operation", "subresource"))


#: Lists that are left empty once the token is taken from them.
EMPTIED = ("volumes", "volumeMounts")


def _is_token(value: Any) -> bool:
    return isinstance(value, dict) and str(value.get("name", "")).startswith(TOKEN)
