"""What an integration tells the work that is going on, without any client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.core.handlers import CHANGE, called_by_kopf
from tests.unit.core.objects import deployment
from traceutil import start_span_from_object, traced
from traceutil.integrations.clients.listener import Listener
from traceutil.listening import LISTENING
from traceutil.semconv import WORK
from traceutil.testing import CapturedSpans

URL = "https://cluster/apis/apps/v1/namespaces/a/deployments"


def answer(version: str) -> bytes:
    metadata = {"uid": "u-2", "resourceVersion": version}
    return json.dumps({"kind": "Deployment", "metadata": metadata}, separators=(",", ":")).encode()


@pytest.fixture
def listens_to_all() -> Iterator[None]:
    LISTENING.begin(single=False)
    yield
    LISTENING.end(single=False)


def test_certain_work_outweighs_presumed(captured_spans: CapturedSpans) -> None:
    """A span says "presumed" only where nothing in it is certain, in whatever order it comes."""
    listener = Listener(encode=False, tracer=None)

    def write(method: str, version: str) -> None:
        exchange = listener.sent(method, URL if method == "POST" else f"{URL}/b", {})
        assert exchange is not None
        exchange.accepted(200)
        exchange.answered(200, answer(version))

    said = []
    for methods in (["PATCH"], ["PATCH", "POST"], ["POST", "PATCH"]):
        with start_span_from_object(deployment(), "test.Work", only_if_work=True):
            for method in methods:
                write(method, str(listener.versions.tick()))
        said.append((captured_spans.one("test.Work").attributes or {}).get(WORK))
        captured_spans.clear()
    assert ["presumed", None, None] == said


def test_work_inside_work(captured_spans: CapturedSpans) -> None:
    """What is certain of the inner work is certain of the outer."""
    listener = Listener(encode=False, tracer=None)
    with start_span_from_object(deployment(), "test.Outer", only_if_work=True):
        patch = listener.sent("PATCH", f"{URL}/b", {})
        assert patch is not None
        patch.accepted(200)
        patch.answered(200, answer("5"))
        with start_span_from_object(deployment(), "test.Inner", only_if_work=True):
            post = listener.sent("POST", URL, {})
            assert post is not None
            post.accepted(201)
            post.answered(201, answer("6"))
    assert [None, None] == [(span.attributes or {}).get(WORK) for span in captured_spans]


def test_trouble_is_counted(captured_spans: CapturedSpans) -> None:
    """What cannot be listened to is counted, and the request goes its way."""
    listener = Listener(encode=False, tracer=captured_spans.tracer)
    assert listener.sent("GET", "https://[broken/api/v1/pods") is None
    assert 1 == captured_spans.tracer.health.total("unheard")


def test_an_answer_that_is_no_json(captured_spans: CapturedSpans) -> None:
    """It was accepted, and that is all that is known."""
    listener = Listener(encode=False, tracer=None)
    with start_span_from_object(deployment(), "test.Work", only_if_work=True):
        exchange = listener.sent("PATCH", f"{URL}/b", b"\xff not json")
        assert exchange is not None
        exchange.accepted(200)
        exchange.answered(200, b"k8s\x00protobuf")
    assert "presumed" == (captured_spans.one("test.Work").attributes or {})[WORK]


def test_a_kopf_handler_is_no_longer_presumed(captured_spans: CapturedSpans, listens_to_all: None) -> None:
    """A create handler in which nothing was written did no work, once every client is listened to."""

    @traced("test.Created")
    def created(body: Any, patch: Any, **_: Any) -> None:
        pass

    created(**called_by_kopf(**CHANGE))
    assert "Database" == captured_spans.tree()  # closed, since its handler succeeded


def test_a_plain_reconciler_is_silent(
    captured_spans: CapturedSpans, listens_to_all: None, recwarn: pytest.WarningsRecorder
) -> None:
    """Nothing is unknown any more, and nobody is warned."""
    traced("test.Reconcile")(lambda obj: None)(deployment())
    assert ("", 0) == (captured_spans.tree(), len(recwarn))
