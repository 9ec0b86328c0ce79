"""Spans as text to assert on: one a line, children indented; and what differs from the expected."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan


class Tree(str):
    """The drawing: a string like any other, whose differences pytest shows line by line."""

    __slots__ = ()

    def differences(self, expected: str) -> list[str]:
        """`-` lines are expected and missing, `+` lines were captured instead, with their surroundings."""
        hunks = list(difflib.unified_diff(expected.splitlines(), self.splitlines(), lineterm="", n=2))
        return ["  …" if line.startswith("@@") else f"{line[0]} {line[1:]}" for line in hunks[2:]]


def draw(captured: Sequence[ReadableSpan], attributes: Sequence[str] = ()) -> Tree:
    """Children indented by two spaces below their parents, in the order of their start, then name."""
    spans = sorted(captured, key=lambda span: (span.start_time or 0, span.name))
    known = {_span_id(span) for span in spans}
    below: dict[int | None, list[ReadableSpan]] = {}
    for span in spans:
        parent = span.parent.span_id if span.parent is not None else None
        below.setdefault(parent if parent in known else None, []).append(span)
    lines: list[str] = []

    def add(parent: int | None, depth: int) -> None:
        for span in below.pop(parent, ()):
            lines.append("  " * depth + " ".join([span.name, *_told(span, attributes)]))
            add(_span_id(span), depth + 1)

    add(None, 0)
    return Tree("\n".join(lines))


def _told(span: ReadableSpan, attributes: Sequence[str]) -> list[str]:
    has = span.attributes or {}
    return [f"{name}={has[name]!s}" for name in attributes if name in has]


def _span_id(span: ReadableSpan) -> int:
    context = span.get_span_context()
    return 0 if context is None else context.span_id
