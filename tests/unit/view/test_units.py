"""Figures as people read them."""

from __future__ import annotations

import pytest

from traceutil.view import units

S, MS, US = units.SECOND, units.MILLI, units.MICRO


@pytest.mark.parametrize(
    ("ns", "expected"),
    [
        pytest.param(0, "0 µs", id="nothing"),
        pytest.param(412 * US, "412 µs", id="microseconds"),
        pytest.param(999_700, "1 ms", id="what rounds up to a millisecond is one"),
        pytest.param(41 * MS, "41 ms", id="milliseconds"),
        pytest.param(999_700_000, "1.00 s", id="what rounds up to a second is one"),
        pytest.param(12_360 * MS, "12.36 s", id="seconds"),
        pytest.param(59_996 * MS, "1m 00s", id="what rounds up to a minute is one"),
        pytest.param(125 * S, "2m 05s", id="minutes"),
        pytest.param(12_000 * S, "3h 20m", id="hours"),
        pytest.param(50 * 3600 * S, "2d 02h", id="days"),
        pytest.param(10**19, "115740d", id="an absurd time still fits its column"),
        pytest.param(-41 * MS, "-41 ms", id="clocks that disagree"),
    ],
)
def test_duration(ns: int, expected: str) -> None:
    """Three to four digits, and the unit that fits."""
    assert expected == units.duration(ns)


@pytest.mark.parametrize(
    ("part", "expected"),
    [(0.0, "0 %"), (0.001, "<1 %"), (0.83, "83 %"), (1.0, "100 %")],
)
def test_share(part: float, expected: str) -> None:
    """Whole per cents; what is not nothing never reads 0 %."""
    assert expected == units.share(part)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (2_040_109_466, "1.9 GiB"),
        (482_344_960, "460 MiB"),
        (2**60, "1048576 TiB"),
    ],
)
def test_size(count: int, expected: str) -> None:
    """Binary units, one decimal below ten."""
    assert expected == units.size(count)


@pytest.mark.parametrize(
    ("total", "width", "expected"),
    [
        pytest.param(12_400 * MS, 40, "0 s@0|3 s@10|6 s@19|9 s@29|12.4 s@34", id="the api drawing's axis"),
        pytest.param(12_400 * MS, 21, "0 s@0|5 s@8|12.4 s@15", id="a narrow one has fewer"),
        pytest.param(600 * MS, 41, "0 s@0|200 ms@14|400 ms@27|600 ms@35", id="milliseconds"),
        pytest.param(300 * S, 41, "0 s@0|1 min@8|2 min@16|3 min@25|5m 00s@35", id="minutes"),
        pytest.param(0, 41, "0 s@0", id="no time at all"),
        pytest.param(10**18, 41, "0 s@0|11574d@35", id="an absurd time has two ends"),
    ],
)
def test_ticks(total: int, width: int, expected: str) -> None:
    """Round steps that people count in; labels never touch."""
    assert expected == "|".join(f"{label}@{at}" for at, label in units.ticks(total, width))
