"""How much is "250m" or "64Mi"? (resource.Quantity)"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import lru_cache
from math import ceil
from typing import Any

_SUFFIXES = {
    "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "": Decimal(1),
    "k": Decimal(10**3), "M": Decimal(10**6), "G": Decimal(10**9),
    "T": Decimal(10**12), "P": Decimal(10**15), "E": Decimal(10**18),
    "Ki": Decimal(2**10), "Mi": Decimal(2**20), "Gi": Decimal(2**30),
    "Ti": Decimal(2**40), "Pi": Decimal(2**50), "Ei": Decimal(2**60),
}  # fmt: skip


@lru_cache(maxsize=4096)
def _parse(text: str) -> Decimal:
    number = text.rstrip("KMGTPEkmnui")
    try:
        return Decimal(number) * _SUFFIXES[text[len(number) :]]
    except (InvalidOperation, KeyError):
        return Decimal(0)


def milli(value: Any) -> int:
    """A quantity in thousandths (CPU in millicores), rounded up; 0 where it is malformed."""
    return ceil(_parse(str(value)) * 1000) if value is not None else 0


def whole(value: Any) -> int:
    """A quantity in units (bytes, pods), rounded up; 0 where it is malformed."""
    return ceil(_parse(str(value))) if value is not None else 0
