"""In which order manifests are written: what others need first; else as their author wrote them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from traceutil.cli.apply.manifests import Manifest
from traceutil.cli.resources import Resource

#: By kind; of anything else the order is the author's.
_FIRST = {"Namespace": 0, "CustomResourceDefinition": 1}
_CUSTOM, _REST = 3, 2


def ordered(manifests: Iterable[Manifest]) -> list[Manifest]:
    """Namespaces, then definitions, then the rest, and what is of a kind defined here at last."""
    known = list(manifests)
    defined = {(each.api_version, each.kind) for each in definitions(known)}
    return sorted(known, key=lambda each: _rank(each, defined))


def _rank(manifest: Manifest, defined: set[tuple[str, str]]) -> int:
    rest = _CUSTOM if (manifest.api_version, manifest.kind) in defined else _REST
    return _FIRST.get(manifest.kind, rest)


def is_definition(manifest: Manifest) -> bool:
    """Whether it is a CustomResourceDefinition."""
    return manifest.kind == "CustomResourceDefinition" and manifest.api_version.startswith(
        "apiextensions.k8s.io/"
    )


def definitions(manifests: Iterable[Manifest]) -> Iterator[_Defined]:
    """The kinds that the CustomResourceDefinitions among them define."""
    for manifest in manifests:
        if is_definition(manifest):
            yield from _defined(manifest.obj.get("spec"))


class _Defined(Resource):
    """A resource that is not there yet."""

    __slots__ = ()


def _defined(spec: Any) -> Iterator[_Defined]:
    if not isinstance(spec, Mapping) or not isinstance(spec.get("names"), Mapping):
        return
    names, listed = spec["names"], spec.get("versions")
    for version in listed if isinstance(listed, list) else ():
        if isinstance(version, Mapping) and version.get("served", True):
            below = version.get("subresources")
            yield _Defined(
                str(spec.get("group") or ""),
                str(version.get("name") or ""),
                str(names.get("plural") or ""),
                str(names.get("kind") or ""),
                spec.get("scope") == "Namespaced",
                subresources=tuple(below) if isinstance(below, Mapping) else (),
            )
