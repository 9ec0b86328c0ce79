"""Where work on an object belongs, as the tables compare it."""

from __future__ import annotations

from typing import Any

from opentelemetry.trace import SpanContext

from tests.unit.core.objects import UID, Object, ns
from traceutil import derive
from traceutil.places import Place, resolve
from traceutil.relation import Relation
from traceutil.semconv import LINK
from traceutil.settings import Settings
from traceutil.testing import FixedClock


def resolved(
    obj: Object, relation: Relation = "auto", closed: dict[int, int] | None = None, **settings: Any
) -> Place:
    known = {"component": "test", "clock": FixedClock(ns(100)), **settings}
    return resolve(obj, Settings(**known), relation, (closed or {}).get)


def ids(context: SpanContext | None) -> tuple[int, int] | None:
    return None if context is None else (context.trace_id, context.span_id)


def links(place: Place) -> list[tuple[object, int]]:
    return [((link.attributes or {})[LINK], link.context.span_id) for link in place.links]


OWNER = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": "u", "controller": True}


DERIVED = derive.object_ids(UID, "g1")
