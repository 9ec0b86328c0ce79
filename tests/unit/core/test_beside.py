"""What a derived object span links, where the object carries a context that is not its own."""

from __future__ import annotations

import pytest

from tests.unit.core.objects import TRACEPARENT, deployment
from traceutil.opening import derived_record
from traceutil.record import RecordLink
from traceutil.settings import Settings

FOREIGN = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"


@pytest.mark.parametrize(
    ("annotations", "expected"),
    [
        pytest.param({}, (), id="nothing carried, nothing linked"),
        pytest.param(
            {TRACEPARENT: FOREIGN},
            (RecordLink("foreign", int("a" * 32, 16), int("b" * 16, 16)),),
            id="another tool's fresh context, under which work goes on, is linked",
        ),
    ],
)
def test_the_context_beside(annotations: dict[str, str], expected: tuple[RecordLink, ...]) -> None:
    """The two traces are told as one story."""
    live = deployment()
    live["metadata"]["annotations"] = annotations
    live["metadata"].pop("managedFields", None)
    found = derived_record(live, Settings())
    assert found is not None
    assert expected == found.links
