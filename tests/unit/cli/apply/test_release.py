"""What a release hangs under."""

from __future__ import annotations

import pytest
from opentelemetry.trace import get_current_span

from traceutil.cli.apply.release import parent_from

VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    ("environ", "expected", "warnings"),
    [
        pytest.param({}, 0, 0, id="nothing is set"),
        pytest.param({"TRACEPARENT": ""}, 0, 0, id="an empty variable is none"),
        pytest.param({"TRACEPARENT": VALID}, 0x00F067AA0BA902B7, 0, id="the pipeline's span"),
        pytest.param({"TRACEPARENT": "garbage"}, 0, 1, id="what is none is warned of"),
        pytest.param({"TRACEPARENT": f"00-{'0' * 32}-{'0' * 16}-01"}, 0, 1, id="so are ids of zeros"),
        pytest.param({"TRACEPARENT": VALID.replace("00-", "ff-", 1)}, 0, 1, id="and a forbidden version"),
    ],
)
def test_the_parent(
    environ: dict[str, str], expected: int, warnings: int, caplog: pytest.LogCaptureFixture
) -> None:
    """A parent, none, or none and a warning that names the variable."""
    found = get_current_span(parent_from(environ)).get_span_context().span_id

    assert (expected, warnings) == (found, len(caplog.records))
    assert all("TRACEPARENT" in record.getMessage() for record in caplog.records)
