"""Which objects are in the given files: YAML of several documents, JSON, lists, directories, stdin."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import yaml

from traceutil.cli.errors import BadInput, one_line
from traceutil.cli.resources import is_path_segment

Json = dict[str, Any]

_SUFFIXES = (".yaml", ".yml", ".json")
#: What the server says of a stored object. In a manifest, it is left over from an export.
_SERVERS_OWN = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid")


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object, and where it was read: `web.yaml, document 2`."""

    obj: Json
    source: str

    @property
    def kind(self) -> str:
        return str(self.obj["kind"])

    @property
    def api_version(self) -> str:
        return str(self.obj["apiVersion"])

    @property
    def name(self) -> str:
        """Empty where the server will generate it."""
        return str(self.obj["metadata"].get("name") or "")

    @property
    def label(self) -> str:
        """`Deployment/web`; before a name exists `Job/migrate-*`."""
        return f"{self.kind}/{self.name or self.obj['metadata']['generateName'] + '*'}"


def load(paths: Sequence[str], stdin: TextIO, *, recursive: bool = False) -> list[Manifest]:
    """Everything that the files hold, in their order. Nothing is sent anywhere.

    Raises:
        BadInput: a file that cannot be read, is no YAML, or holds what is no object, or nothing at all.
    """
    found: list[Manifest] = []
    for path in paths:
        for source, content in _texts(path, stdin, recursive):
            objects = list(_objects(content, source))
            if not objects and source == path:
                raise BadInput(f"{source}: there is no object in it; give a file of Kubernetes manifests")
            found += objects
    if not found:
        raise BadInput(f"{', '.join(paths)}: there is no object in it; give a file of Kubernetes manifests")
    return found


def _texts(path: str, stdin: TextIO, recursive: bool) -> Iterator[tuple[str, str]]:
    if path == "-":
        yield "-", stdin.read()
        return
    if re.match(r"https?://", path):
        raise BadInput(f"{path}: is not fetched; download it, and give the file")
    where = Path(path)
    if not where.is_dir():
        yield path, _read(where)
        return
    inside = where.rglob("*") if recursive else where.iterdir()
    files = sorted(each for each in inside if each.suffix in _SUFFIXES and each.is_file())
    if not files:
        raise BadInput(f"{path}: no {', '.join(_SUFFIXES)} in this directory; give one that has, or use -R")
    for file in files:
        yield str(file), _read(file)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: is no text in UTF-8; give a file of Kubernetes manifests") from error


def _objects(content: str, source: str) -> Iterator[Manifest]:
    documents = list(enumerate(_documents(content, source), 1))
    for number, document in documents:
        if document is None:
            continue
        where = source if len(documents) == 1 else f"{source}, document {number}"
        for obj, place in _expanded(document, where):
            yield Manifest(_checked(obj, place), place)


def _documents(content: str, source: str) -> list[Any]:
    try:
        if content.lstrip().startswith("{"):
            try:
                return [json.loads(content)]
            except ValueError:
                pass  # YAML's own braces, or JSON in several documents
        documents = list(yaml.load_all(content, Loader=Loader))
        plain: list[Any] = json.loads(
            json.dumps(documents, allow_nan=False)
        )  # keys are strings, as they are sent
        return plain
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise BadInput(f"{source}: is no YAML ({one_line(error)}); mend it there") from error


def _expanded(document: Any, where: str) -> Iterator[tuple[Any, str]]:
    """The object itself, or the items of a list (`List`, `DeploymentList` …), each with its place."""
    items = document.get("items") if isinstance(document, dict) else None
    kind = str(document.get("kind") or "") if isinstance(document, dict) else ""
    if not isinstance(items, list) or not kind.endswith("List"):
        yield document, where
        return
    own = (
        {"apiVersion": document.get("apiVersion"), "kind": kind.removesuffix("List")}
        if kind != "List"
        else {}
    )
    for number, item in enumerate(items, 1):
        yield from _expanded({**own, **item} if isinstance(item, dict) else item, f"{where}, item {number}")


def _checked(obj: Any, where: str) -> Json:
    if not isinstance(obj, dict):
        raise BadInput(
            f"{where}: is no object but {_shown(obj)}; a manifest has apiVersion, kind and metadata"
        )
    for key in ("apiVersion", "kind"):
        if not isinstance(obj.get(key), str) or not obj[key]:
            raise BadInput(f"{where}: has no {key}; give it one, such as {_EXAMPLES[key]}")
    metadata = obj.get("metadata")
    if not isinstance(metadata, dict):
        raise BadInput(f"{where}: {obj['kind']} has no metadata; give it a name in metadata.name")
    for key in ("name", "generateName", "namespace"):
        if key in metadata and not isinstance(metadata[key], str):
            raise BadInput(f"{where}: metadata.{key} is {_shown(metadata[key])}; put it in quotes")
    if not metadata.get("name") and not metadata.get("generateName"):
        raise BadInput(f"{where}: {obj['kind']} has no name; give it one in metadata.name")
    for key in ("name", "namespace"):
        if not is_path_segment(metadata.get(key) or "-"):
            raise BadInput(f"{where}: metadata.{key} {_shown(metadata[key])} can be no name; give it another")
    annotations = metadata.get("annotations")
    if annotations is not None and not isinstance(annotations, dict):
        raise BadInput(f"{where}: metadata.annotations is {_shown(annotations)}; use KEY: VALUE")
    kept = {key: value for key, value in metadata.items() if key not in _SERVERS_OWN}
    return {**{key: value for key, value in obj.items() if key != "status"}, "metadata": kept}


_EXAMPLES = {"apiVersion": "apps/v1", "kind": "Deployment"}


def _shown(value: Any) -> str:
    text = one_line(json.dumps(value, default=str))
    return text if len(text) <= 40 else f"{text[:39]}…"


class Loader(yaml.SafeLoader):
    """YAML as kubectl reads it: no dates, no numbers to the base of 60; 1e3 is a number."""


Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if not pair[0].endswith((":timestamp", ":int", ":float"))]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int",
    re.compile(r"[-+]?(0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+)$"),
    list("-+0123456789"),
)
Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$"),
    list("-+0123456789."),
)
