"""Exceptions: retries are attempts, failures are failures, and identical ones fold."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import kopf
import pytest
from opentelemetry.trace import StatusCode, Tracer

from tests.unit.core.handlers import (
    CHANGE,
    EVENT,
    attributes,
    called_by_kopf,
    nothing,
    says_so,
)
from tests.unit.core.objects import Object, database
from traceutil import (
    start_span_from_object,
    traced,
)
from traceutil.semconv import ATTEMPT, ATTEMPTS_FOLDED, CAUSE, ERROR_TYPE, OUTCOME
from traceutil.testing import CapturedSpans, capture_spans


class TemporaryError(Exception):
    """kopf's, known by its name."""


class ApiError(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


@pytest.mark.parametrize(
    ("error", "status", "outcome", "error_type"),
    [
        pytest.param(
            TemporaryError("later"), StatusCode.UNSET, "retry", None, id="a temporary error is a retry"
        ),
        pytest.param(kopf.TemporaryError("later"), StatusCode.UNSET, "retry", None, id="kopf's own too"),
        pytest.param(ApiError(409), StatusCode.UNSET, "retry", None, id="a conflict is a retry"),
        pytest.param(
            ApiError(500), StatusCode.ERROR, None, f"{__name__}.ApiError", id="any other answer is a failure"
        ),
        pytest.param(
            kopf.PermanentError("never"),
            StatusCode.ERROR,
            None,
            f"{kopf.PermanentError.__module__}.PermanentError",
            id="a permanent error is a failure",
        ),
        pytest.param(ValueError("bug"), StatusCode.ERROR, None, "ValueError", id="a bug is a failure"),
        pytest.param(
            asyncio.CancelledError(), StatusCode.UNSET, "cancelled", None, id="cancelled is neither"
        ),
    ],
)
def test_an_exception(
    error: BaseException, status: StatusCode, outcome: str | None, error_type: str | None
) -> None:
    """It is work, is marked, and goes on to the caller."""

    @traced("test.Handle")
    def handle(**_: Any) -> None:
        raise error

    with capture_spans() as spans:
        with pytest.raises(type(error)):
            handle(**called_by_kopf(**CHANGE))
        span = spans.one("test.Handle")
    assert span.status.status_code is status
    assert (outcome, error_type) == (attributes(span).get(OUTCOME), attributes(span).get(ERROR_TYPE))
    assert bool(error_type) == bool(span.events), "recorded only where it is a failure"


def fail(obj: Object, error: Exception) -> None:
    with pytest.raises(type(error)), start_span_from_object(obj, "test.Work", only_if_work=True):
        raise error


def test_identical_failures_fold_from_the_third_on(captured_spans: CapturedSpans) -> None:
    """Two spans, then one for all the others, with their count and the last one's end."""
    for _ in range(6):
        fail(database(), ApiError(500))
        captured_spans.advance(1)
    assert len(captured_spans) == 2
    with start_span_from_object(database(), "test.Work"):
        pass
    one, two, folded, success = captured_spans
    assert [attributes(span).get(ATTEMPT) for span in (one, two, folded)] == [1, 2, 3]
    assert attributes(folded)[ATTEMPTS_FOLDED] == 4
    assert (folded.start_time, folded.end_time) == (
        captured_spans.clock.now - 4 * 10**9,
        captured_spans.clock.now - 10**9,
    )
    assert ATTEMPT not in attributes(success)


@pytest.mark.parametrize(
    "between",
    [
        pytest.param(lambda: fail(database(), ApiError(501)), id="another error"),
        pytest.param(
            lambda: traced("test.Work")(nothing)(**called_by_kopf(**EVENT)), id="a reconcile without work"
        ),
    ],
)
def test_folding_begins_anew_after(captured_spans: CapturedSpans, between: Callable[[], None]) -> None:
    for _ in range(2):
        fail(database(), ApiError(500))
    between()
    before = len(captured_spans)
    fail(database(), ApiError(500))
    assert before + 1 == len(captured_spans)


def test_failures_of_other_objects_do_not_fold(captured_spans: CapturedSpans) -> None:
    for n in range(5):
        fail(database(uid=f"u{n}"), ApiError(500))
    assert len(captured_spans) == 5


def test_what_is_folded_is_exported_at_shutdown(captured_spans: CapturedSpans) -> None:
    for _ in range(3):
        fail(database(), ApiError(500))
    captured_spans.tracer.flush()
    assert len(captured_spans) == 3


def test_the_first_attempt_and_the_cause_are_attributes() -> None:
    """kopf counts retries from 0, attempts count from 1."""
    with capture_spans() as spans:
        traced("test.Handle")(says_so)(**called_by_kopf(**{**CHANGE, "retry": 2}))
        found = attributes(spans.one("test.Handle"))
    assert (found[ATTEMPT], found[CAUSE]) == (3, "update")


@pytest.mark.parametrize("only_if_work", [True, False], ids=["work that may be none", "certain work"])
def test_attempts_with_spans_below_them_do_not_fold(only_if_work: bool) -> None:
    """Else those would have no parent: stages, and spans of other instrumentations."""

    def attempt(client: Tracer) -> None:
        with start_span_from_object(database(), "db.Create", only_if_work=only_if_work):
            with start_span_from_object(database(), "db.Format"):
                pass
            with client.start_as_current_span("PUT /disk"):
                pass
            raise ValueError("disk is busy")

    with capture_spans() as spans:
        for _ in range(5):
            with pytest.raises(ValueError, match="disk"):
                attempt(spans.provider.get_tracer("client"))
        spans.tracer.flush()

    assert "\n".join(["db.Create\n  db.Format\n  PUT /disk"] * 5) == spans.tree()


@pytest.mark.parametrize("only_if_work", [False, True])
def test_the_current_span_has_what_a_span_of_the_sdk_has(
    captured_spans: CapturedSpans, only_if_work: bool
) -> None:
    """Programs that read back what they have set, `span.attributes`, find it."""
    with captured_spans.tracer.start_span_from_object(
        database(), "test.Work", only_if_work=only_if_work
    ) as span:
        span.set_attribute("answer", 42)
        assert 42 == span.attributes["answer"]  # type: ignore[attr-defined]
        assert "test.Work" == span.name  # type: ignore[attr-defined]
