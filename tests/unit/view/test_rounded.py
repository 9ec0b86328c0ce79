"""A start that is known to the second alone is told where that matters."""

from __future__ import annotations

from typing import Any

import pytest

from traceutil.view.critical import critical_path
from traceutil.view.focus import focus_on
from traceutil.view.spans import SpanData
from traceutil.view.summary import summary
from traceutil.view.tree import build

SECOND = 1_000_000_000
TOLD = "Its start is known to the second alone: up to 1.00 s of this is rounding."


def said(seconds: float, **attributes: Any) -> list[str]:
    given = {"traceutil.span.type": "object", "traceutil.reason": "reached", **attributes}
    times = (0, round(seconds * SECOND))
    root = SpanData("t", "root", None, "Database", "shop", *times, attributes=given)
    (trace,) = build([root])
    return summary(focus_on(trace, []), critical_path(trace))


@pytest.mark.parametrize(
    ("seconds", "attributes", "expected"),
    [
        pytest.param(0.9, {"traceutil.start_resolution": 1.0}, True, id="a second of a second: told"),
        pytest.param(9.0, {"traceutil.start_resolution": 1.0}, True, id="a second of nine: told"),
        pytest.param(60.0, {"traceutil.start_resolution": 1.0}, False, id="a second of a minute: not"),
        pytest.param(0.9, {}, False, id="a start that is exact: not"),
        pytest.param(0.9, {"traceutil.start_resolution": "much"}, False, id="no number: not"),
    ],
)
def test_rounding(seconds: float, attributes: dict[str, Any], expected: bool) -> None:
    assert expected == (TOLD in said(seconds, **attributes))
