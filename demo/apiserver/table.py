"""Objects as a Table (meta.k8s.io/v1): what `kubectl get` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from demo.apiserver.columns import Column, columns_of
from demo.apiserver.conversion import metadata_only
from demo.apiserver.resources import Resource
from demo.apiserver.store import Object


def table(
    resource: Resource, objects: Sequence[Object], metadata: Object, query: Mapping[str, str], now: int
) -> Object:
    """The Table of these objects; `includeObject` is Metadata (default), Object or None. `now` is Unix ns."""
    columns = columns_of(resource)
    include = query.get("includeObject", "Metadata")
    version = {"resourceVersion": metadata["resourceVersion"]} if "resourceVersion" in metadata else {}
    proceed = {"continue": metadata["continue"]} if "continue" in metadata else {}
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": version | proceed,
        "columnDefinitions": [_definition(column) for column in columns],
        "rows": [_row(columns, obj, include, now) for obj in objects],
    }


def _definition(column: Column) -> Object:
    described = {"format": column.format, "description": column.description, "priority": column.priority}
    return {"name": column.name, "type": column.type} | described


def _row(columns: Sequence[Column], obj: Object, include: str, now: int) -> Object:
    row: Object = {"cells": [column.cell(obj, now) for column in columns]}
    if include == "Object":
        row["object"] = obj
    elif include != "None":
        row["object"] = metadata_only(obj)
    return row
