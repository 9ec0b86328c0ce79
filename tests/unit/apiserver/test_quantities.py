"""Quantities."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.apiserver.kinds.quantities import amount, canonical


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("0.5", "500m"),
        ("500m", "500m"),
        ("1000m", "1"),
        ("1024Mi", "1Gi"),
        ("1.5Gi", "1536Mi"),
        ("1000Ki", "1000Ki"),
        ("2000", "2k"),
        ("1500000", "1500k"),
        (2, "2"),
        (0.25, "250m"),
        ("0", "0"),
        ("0.0000000001", "1n"),
        ("1e3", "1e3"),
        ("9007199254740988Ki", "9007199254740988Ki"),
        ("much", "much"),
        (True, True),
    ],
)
def test_a_quantity_is_stored_in_canonical_form(written: Any, stored: Any) -> None:
    """The largest unit that leaves a whole number; what is no quantity is left alone."""
    assert stored == canonical(written)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("100m", "0.1"),
        ("1Ki", "1024"),
        ("1k", "1000"),
        ("2E", "2e18"),
        ("1e-3", "0.001"),
        ("+3", "3"),
        (".5", "0.5"),
    ],
)
def test_a_quantity_stands_for_a_number(written: str, number: str) -> None:
    """Exactly."""
    assert Decimal(number) == amount(written)


@pytest.mark.parametrize("written", ["", "1 Gi", "1GiB", "--1", "Gi", "1.2.3", None, True, [], "1e"])
def test_what_is_no_quantity(written: Any) -> None:
    """Stands for nothing."""
    assert amount(written) is None


@given(st.integers(0, 10**9), st.sampled_from(["", "m", "k", "M", "Ki", "Mi", "Gi"]))
def test_the_canonical_form_stands_for_the_same_number(number: int, suffix: str) -> None:
    """And is its own canonical form."""
    written = f"{number}{suffix}"
    assert amount(written) == amount(canonical(written))
    assert canonical(written) == canonical(canonical(written))
