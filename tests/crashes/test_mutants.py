"""The check would notice: with the memory switched off, the same kill breaks promises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.crashes.deaths import Death
from tests.crashes.ward import Place, Ward

pytestmark = pytest.mark.slow

#: Seconds until what is missing will not come any more.
ENOUGH = 8.0


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param({"window": 0.0}, "the root ", id="a successor does not read what its predecessor ended"),
        pytest.param({"writing": False}, " is joined to none ", id="the controllers write no records"),
    ],
)
def test_without_memory(place: Place, tmp_path: Path, settings: dict[str, Any], expected: str) -> None:
    """The Deployment controller dies between the status write that ends the root and its export; with no
    records, no status write carries an end, so there it dies as a batch waits."""
    point = "after a status write, before the export" if "window" in settings else "with a batch waiting"
    death = Death(point, 1, tmp_path / "report.json")
    with Ward(place, settings) as ward:
        ward.start(deaths={"deployment": death})
        ward.create("web")
        ward.until("the death", lambda: ward.deaths)
        found = ward.settle(ENOUGH)
    assert [] != [line for line in found if expected in line], found
