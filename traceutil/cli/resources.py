"""Which resource is meant by a word, as kubectl takes it: `deploy`, `Deployment`, `deployments.v1.apps`."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from traceutil.cli.errors import BadInput

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Resource:
    """What the server can store, as discovery describes it. `subresources` are their names alone."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool
    singular: str = ""
    short_names: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def reports(self) -> bool:
        """Whether it has a status of its own, in which a controller can report."""
        return "status" in self.subresources

    @property
    def full_name(self) -> str:
        """`deployments.apps`; `pods`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def path(self, namespace: str = "", name: str = "") -> str:
        """Where it is served; without a name the collection, without a namespace of all."""
        parts = ["apis" if self.group else "api", self.api_version]
        if self.namespaced and namespace:
            parts += ["namespaces", namespace]
        parts += [self.plural, name] if name else [self.plural]
        return "/" + "/".join(parts)


def parse_aggregated(document: Json) -> list[Resource]:
    """From an `APIGroupDiscoveryList`, in the server's order: the preferred version of a group first."""
    return [
        _from_aggregated(item, group.get("metadata", {}).get("name", ""), version["version"])
        for group in document.get("items", ())
        for version in group.get("versions", ())
        for item in version.get("resources", ())
        if item.get("responseKind")
    ]


def _from_aggregated(item: Json, group: str, version: str) -> Resource:
    return Resource(
        group,
        version,
        plural=item["resource"],
        kind=item["responseKind"]["kind"],
        namespaced=item.get("scope") == "Namespaced",
        singular=item.get("singularResource", ""),
        short_names=tuple(item.get("shortNames") or ()),
        subresources=tuple(each["subresource"] for each in item.get("subresources") or ()),
    )


def parse_plain(document: Json) -> Iterator[Resource]:
    """From one `APIResourceList`, as servers before Kubernetes 1.30 give it."""
    group, _, version = str(document.get("groupVersion", "")).rpartition("/")
    listed = document.get("resources") or ()
    for item in listed:
        plural = item["name"]
        if "/" in plural:
            continue
        below = tuple(
            each["name"].partition("/")[2] for each in listed if each["name"].startswith(f"{plural}/")
        )
        yield Resource(
            group, version, plural, item["kind"], bool(item.get("namespaced")), item.get("singularName", ""),
            tuple(item.get("shortNames") or ()), below,
        )  # fmt: skip


def of_kind(resources: Sequence[Resource], api_version: str, kind: str) -> Resource | None:
    """The resource of a manifest's `apiVersion` and `kind`."""
    for resource in resources:
        if resource.api_version == api_version and resource.kind == kind:
            return resource
    return None


def find(resources: Sequence[Resource], word: str) -> Resource:
    """The resource that `word` names.

    Raises:
        BadInput: none, or those of several groups, none of which is the core group.
    """
    name, version, group = _parts(word)
    matching = [each for each in resources if _fits(each, name, version, group)]
    if not matching and version:  # `certificates.cert-manager.io`: the middle is no version
        matching = [each for each in resources if _fits(each, name, "", f"{version}.{group}")]
    by_name = [each for each in matching if name not in each.short_names] or matching
    if not by_name:
        raise BadInput(_unknown(resources, word))
    groups = list(dict.fromkeys(each.group for each in by_name))
    if len(groups) > 1 and "" not in groups:
        choices = " or ".join(dict.fromkeys(each.full_name for each in by_name))
        raise BadInput(f"{word!r} is served by several API groups; say {choices}")
    wanted = "" if "" in groups else groups[0]
    return next(each for each in by_name if each.group == wanted)


def _parts(word: str) -> tuple[str, str, str]:
    """(name, version, group), each empty where the word does not say it."""
    name, _, rest = word.lower().partition(".")
    version, dot, group = rest.partition(".")
    return (name, version, group) if dot else (name, "", rest)


def _fits(resource: Resource, name: str, version: str, group: str) -> bool:
    names = {resource.plural, resource.singular, resource.kind.lower(), *resource.short_names}
    return (
        name in names
        and (not version or version == resource.version)
        and (not group or group == resource.group)
    )


def _unknown(resources: Sequence[Resource], word: str) -> str:
    known = {name for each in resources for name in (each.plural, each.singular, each.full_name) if name}
    close = difflib.get_close_matches(word.lower(), sorted(known), n=1)
    meant = f"did you mean {close[0]!r}?" if close else "is its CustomResourceDefinition installed?"
    return f"the cluster has no resource {word!r}; {meant}"


def is_path_segment(name: str) -> bool:
    """Whether a name stays where it is put in a path (Kubernetes: `IsValidPathSegmentName`)."""
    return name not in (".", "..") and not set(name) & set("/%")


def split_target(words: Sequence[str]) -> tuple[str, str]:
    """(resource, name) of `deploy/web` or `deployment web`.

    Raises:
        BadInput: neither.
    """
    said = " ".join(words)
    if len(words) == 1:
        words = words[0].split("/")
    if len(words) == 2 and all(words) and all(map(is_path_segment, words)):
        return words[0], words[1]
    raise BadInput(f"{said!r} names no object; use KIND/NAME, such as deployment/web")
