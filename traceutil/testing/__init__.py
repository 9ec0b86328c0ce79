"""Test your controller's traces: captured spans, drawn as text; fixed ids; a clock that you move.

    def test_create(captured_spans):
        create(body=database, ...)
        assert captured_spans.tree() == "database.CreateStatefulSet"

Needs the extra `traceutil[sdk]`, and no pytest: the fixture `captured_spans` is a `with capture_spans()`. The
guide is docs/testing.md.
"""

from __future__ import annotations

from traceutil.testing.captured import CapturedSpans, capture_spans
from traceutil.testing.fixed import EPOCH, FixedClock, RunningClock, SequentialIds
from traceutil.testing.tree import Tree

__all__ = [
    "EPOCH",
    "CapturedSpans",
    "FixedClock",
    "RunningClock",
    "SequentialIds",
    "Tree",
    "capture_spans",
]
