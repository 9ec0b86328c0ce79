"""Which exit code stands for what became of the objects, and how it is told."""

from __future__ import annotations

import pytest
from opentelemetry.trace import SpanContext, TraceFlags

from traceutil.cli.apply.command import seconds
from traceutil.cli.apply.outcome import Outcome, State, Written, exit_code, lines
from traceutil.object_span import ObjectSpan


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        pytest.param([], 0, id="nothing"),
        pytest.param([("created", None), ("unchanged", None)], 0, id="written, and not waited for"),
        pytest.param(
            [("created", "reached"), ("unchanged", "unknown")], 0, id="reached, as far as status tells"
        ),
        pytest.param([("created", "reached"), ("created", "in progress")], 3, id="one is not there yet"),
        pytest.param([("created", "in progress"), ("created", "failed")], 1, id="a failure outweighs that"),
        pytest.param([("configured", "superseded")], 1, id="somebody changed it again"),
        pytest.param([("configured", "deleted")], 1, id="somebody deleted it"),
        pytest.param([("created", "failed"), ("refused", None)], 2, id="a refusal outweighs all"),
        pytest.param([("left out", None)], 2, id="so does what was not tried"),
    ],
)
def test_exit_codes(outcomes: list[tuple[Written, State | None]], expected: int) -> None:
    """The worst decides."""
    found = [Outcome("Pod/a", "v1", "", written, state=state) for written, state in outcomes]

    assert expected == exit_code(found)


def test_lines() -> None:
    """A line an object, and each new trace once."""
    span = ObjectSpan(SpanContext(1, 2, False, TraceFlags(1)))
    old = ObjectSpan(SpanContext(3, 4, False, TraceFlags(1)))
    outcomes = [
        Outcome("Deployment/web", "apps/v1", "shop", "created", "", span, "reached", "", 1.25),
        Outcome("Pod/a", "v1", "", "unchanged", span=old),
        Outcome("Job/b", "batch/v1", "shop", "created", "", span, "failed", "BackoffLimitExceeded", 2),
        Outcome("Pod/c", "v1", "shop", "refused", "no such image"),
    ]

    assert [
        f"Deployment/web -n shop  created    trace {1:032x}  reached in 1.2 s",
        f"Pod/a                   unchanged  trace {3:032x}",
        f"Job/b -n shop           created    trace {1:032x}  failed after 2.0 s: BackoffLimitExceeded",
        "Pod/c -n shop           refused    no such image",
        f"trace http://j/trace/{1:032x}",
    ] == lines(outcomes, None, "http://j")


def test_what_is_not_sampled() -> None:
    """No address is given where nothing will be shown."""
    span = ObjectSpan(SpanContext(1, 2, False, TraceFlags(0)))

    assert [
        f"Pod/a  created  trace {1:032x}",
        f"trace {1:032x} is not sampled (TRACEPARENT or the ratio): Jaeger will have nothing of it",
    ] == lines([Outcome("Pod/a", "v1", "", "created", span=span)], None, "http://j")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90s", 90.0), ("10m", 600.0), ("1h30m", 5400.0), ("500ms", 0.5), ("1.5s", 1.5)],
)
def test_durations(text: str, expected: float) -> None:
    """As kubectl writes them."""
    assert expected == seconds(text)


@pytest.mark.parametrize("text", ["", "10", "10 m", "m", "0s", "-1s", "1d"])
def test_no_durations(text: str) -> None:
    """A number without a unit, or of no length, is none."""
    with pytest.raises(ValueError, match="is no duration; use 90s, 10m or 1h30m"):
        seconds(text)
