"""How kubectl's columns are filled."""

from __future__ import annotations

from typing import Any

import pytest

from demo.apiserver.builtin import BUILTIN
from demo.apiserver.cells import age_since
from demo.apiserver.columns import columns_of

NEW_YEAR = 1_767_225_600_000_000_000
"""2026-01-01T00:00:00Z in Unix nanoseconds."""

AGES = [
    pytest.param("2026-01-01T00:00:00Z", "0s", id="now"),
    pytest.param("2026-01-01T00:00:05Z", "0s", id="a moment that is yet to come is now"),
    pytest.param("2025-12-31T23:58:01Z", "119s", id="seconds up to two minutes"),
    pytest.param("2025-12-31T23:57:30Z", "2m30s", id="minutes and seconds up to ten minutes"),
    pytest.param("2025-12-31T23:00:00Z", "60m", id="minutes up to three hours"),
    pytest.param("2025-12-31T20:30:00Z", "3h30m", id="hours and minutes up to eight hours"),
    pytest.param("2025-12-31T14:30:00Z", "9h", id="hours up to two days"),
    pytest.param("2025-12-29T22:00:00Z", "2d2h", id="days and hours up to eight days"),
    pytest.param("2025-12-20T22:00:00Z", "11d", id="days up to two years"),
    pytest.param("2023-06-01T00:00:00Z", "2y215d", id="years and days up to eight years"),
    pytest.param("2010-06-01T00:00:00Z", "15y", id="years"),
    pytest.param(None, "<unknown>", id="no time at all"),
]


@pytest.mark.parametrize(("timestamp", "age"), AGES)
def test_age(timestamp: str | None, age: str) -> None:
    assert age == age_since(timestamp, NEW_YEAR)


@pytest.mark.parametrize("resource", BUILTIN, ids=lambda resource: resource.qualified)
def test_empty_object(resource: Any) -> None:
    """Every column of every kind has a cell for an object that says nothing but its name."""
    obj = {"metadata": {"name": "a"}}
    cells = [column.cell(obj, NEW_YEAR) for column in columns_of(resource)]
    assert len(columns_of(resource)) == len(cells)
