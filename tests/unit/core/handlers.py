"""Handlers as kopf calls them, and bodies that give each signal of work."""

from __future__ import annotations

import logging
from enum import StrEnum
from typing import Any

import kopf
from opentelemetry.sdk.trace import ReadableSpan

from tests.unit.core.objects import Object, database, deployment
from traceutil import encode_context_into_object, start_span_from_object, trace_until_reached, work_done
from traceutil.semconv import SPAN_TYPE
from traceutil.testing import CapturedSpans


class Reason(StrEnum):
    """kopf's, which is a str enum too."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    RESUME = "resume"


def called_by_kopf(body: Object | None = None, **more: Any) -> dict[str, Any]:
    """The keyword arguments that matter of those that kopf gives every handler."""
    body = body if body is not None else database()
    logger = logging.getLogger("test")
    made: Any = kopf.Body
    return {"body": made(body), "patch": kopf.Patch(), "logger": logger, "memo": kopf.Memo(), **more}


CHANGE: dict[str, Any] = {"reason": Reason.UPDATE, "retry": 0, "diff": (), "old": {}, "new": {}}
EVENT: dict[str, Any] = {"event": {"type": "MODIFIED", "object": {}}}


def attributes(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def works(spans: CapturedSpans) -> list[ReadableSpan]:
    return [span for span in spans if attributes(span).get(SPAN_TYPE) == "work"]


def nothing(**_: Any) -> None: ...


def writes(body: Any, **_: Any) -> None:
    encode_context_into_object({"spec": {"size": 9}}, live=body)


def stays(body: Any, **_: Any) -> None:
    encode_context_into_object({"spec": {"size": 1}}, live=body)


def opens(body: Any, **_: Any) -> None:
    trace_until_reached({"kind": "Deployment", "metadata": {"name": "child"}})


def says_so(**_: Any) -> None:
    work_done()


def patches(patch: Any, **_: Any) -> None:
    patch.status["ready"] = True


def appends(patch: Any, **_: Any) -> None:
    patch.fns.append(lambda body: None)


def returns(**_: Any) -> Any:
    return {"url": "db://orders"}


def nests(body: Any, **_: Any) -> None:
    with start_span_from_object(deployment(), "test.Inner", only_if_work=True):
        work_done()
