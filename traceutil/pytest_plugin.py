"""pytest: the fixture `captured_spans`, the marker of the same name, and how differing trees are shown."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from traceutil.testing import CapturedSpans

MARKER = "captured_spans(component='test', *, real_time=False, **settings): \
what the fixture captured_spans is made with in this test; see traceutil.testing.capture_spans"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)


@pytest.fixture
def captured_spans(request: pytest.FixtureRequest) -> Iterator[CapturedSpans]:
    """Spans that this test's code exports: `.tree()` draws them as text, `.one(name)` is the only one of a
    name, `.wait_for(name)` waits for one, `.advance(seconds)` moves the clock, which else stands still, and
    `.drive(obj, **status)` an object. The marker `captured_spans` takes settings."""
    from traceutil.testing import capture_spans  # the SDK is an extra, and slow to import

    marker = request.node.get_closest_marker("captured_spans")
    args, kwargs = ((), {}) if marker is None else (marker.args, marker.kwargs)
    with capture_spans(*args, **kwargs) as captured:
        yield captured


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Trees that differ: where, since pytest shows eight lines unless asked for more (`-vv`)."""
    testing = sys.modules.get("traceutil.testing")  # who has a tree has imported it
    if testing is None or op != "==":
        return None
    for tree, expected in ((left, right), (right, left)):
        if isinstance(tree, testing.Tree) and isinstance(expected, str):
            return [
                "the captured tree is not the expected one (- expected, + captured)",
                *tree.differences(expected),
            ]
    return None
