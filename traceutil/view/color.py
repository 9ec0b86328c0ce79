"""Colour says which controller; ASCII stands in where the output is not UTF-8. Neither is the only signal."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

ColorMode = Literal["auto", "always", "never"]

#: Red is kept for failure.
_PALETTE = (36, 35, 33, 34, 32, 96, 95, 93, 94, 92)

#: One column each, so that nothing moves.
_ASCII = str.maketrans(
    {
        "┃": "|", "█": "#", "░": ".", "├": "|", "┤": "|", "─": "-", "┄": "-", "└": "`", "│": "|", "✗": "x",
        "✔": "+", "·": "-", "×": "x", "≤": "<", "…": "~", "↳": ">", "µ": "u", "●": "*", "→": ">", "†": "+",
        "’": "'",
    }
)  # fmt: skip


def wanted(mode: ColorMode, *, is_terminal: bool, environ: Mapping[str, str]) -> bool:
    """Whether to colour. `auto`: on a terminal, unless NO_COLOR is set (no-color.org) or TERM is dumb."""
    if mode != "auto":
        return mode == "always"
    return is_terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def ascii_only(text: str) -> str:
    """The same drawing in ASCII, column for column; what has no stand-in becomes `?`."""
    return text.translate(_ASCII).encode("ascii", "replace").decode("ascii")


@dataclass(frozen=True, slots=True)
class Paint:
    """Paints, or does nothing. Each service has the same colour throughout one drawing."""

    enabled: bool = False
    codes: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, services: Iterable[str], *, enabled: bool) -> Paint:
        """Colours in the order in which services first appear."""
        ordered = dict.fromkeys(services)
        return cls(enabled, dict(zip(ordered, itertools.cycle(_PALETTE), strict=False)))

    def __call__(self, text: str, *codes: int) -> str:
        if not self.enabled or not text.strip():
            return text
        return f"\x1b[{';'.join(map(str, codes))}m{text}\x1b[0m"

    def service(self, text: str, service: str) -> str:
        """Text in the colour of a service."""
        return self(text, self.codes.get(service, 37))

    def bar(self, text: str, service: str) -> str:
        """A bar: the service's colour, waiting dimmed, failure red."""
        if not self.enabled:
            return text
        runs = itertools.groupby(text, lambda c: 31 if c == "✗" else 2 if c == "░" else 0)
        parts = [("".join(run), code) for code, run in runs]
        return "".join(self(part, code) if code else self.service(part, service) for part, code in parts)
