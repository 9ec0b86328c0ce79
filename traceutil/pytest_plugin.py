"""pytest: the fixture `captured_spans`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from traceutil.testing import CapturedSpans


@pytest.fixture
def captured_spans() -> Iterator[CapturedSpans]:
    """Spans that the verbs export in this test, with fixed ids and a clock that stands still."""
    from traceutil.testing import capture_spans  # the SDK is an extra, and slow to import

    with capture_spans() as captured:
        yield captured
