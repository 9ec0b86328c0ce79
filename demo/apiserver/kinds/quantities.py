"""Quantities (`500m`, `1Gi`, `2e3`), after the grammar in k8s.io/apimachinery/pkg/api/resource."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Any

_PATTERN = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d+)?")
_BINARY = {
    suffix: Decimal(1024) ** power for power, suffix in enumerate(("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"))
}
_DECIMAL = {
    suffix: Decimal(1000) ** power
    for power, suffix in zip(range(-3, 7), ("n", "u", "m", "", "k", "M", "G", "T", "P", "E"), strict=True)
}
#: What the API server says of anything else.
FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"


@lru_cache(maxsize=4096)
def _parsed(text: str) -> tuple[Decimal, str] | None:
    match = _PATTERN.fullmatch(text)
    if match is None:
        return None
    number, suffix = Decimal(match[1]), match[2] or ""
    if suffix in _BINARY and suffix:
        return number * _BINARY[suffix], "binary"
    if suffix in _DECIMAL:
        return number * _DECIMAL[suffix], "decimal"
    return number * Decimal(10) ** int(suffix[1:]), "exponent"


def amount(value: Any) -> Decimal | None:
    """The number that a quantity (text or number) stands for; None if it is not a quantity."""
    parsed = None if isinstance(value, bool) else _parsed(str(value).strip())
    return None if parsed is None else parsed[0]


def canonical(value: Any) -> Any:
    """The quantity as the API server stores it (`0.5` as `500m`, `1024Mi` as `1Gi`); otherwise unchanged."""
    parsed = None if isinstance(value, bool) else _parsed(str(value).strip())
    if parsed is None or parsed[1] == "exponent":
        return value
    number, style = parsed
    if style == "binary" and (abs(number) < 1024 or number % 1):
        style = "decimal"
    units = _BINARY if style == "binary" else _DECIMAL
    number = number.quantize(_DECIMAL["n"], rounding=ROUND_CEILING) if number % _DECIMAL["n"] else number
    if number == 0:
        return "0"
    for suffix, unit in sorted(units.items(), key=lambda item: -item[1]):
        if number % unit == 0:
            return f"{int(number / unit)}{suffix}"
    return value
