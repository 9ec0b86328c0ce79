"""Who would fight the demo's controllers."""

from __future__ import annotations

from typing import Any

import pytest

from demo.target import is_live
from traceutil.times import SECOND, parse_time

NOW = parse_time("2026-05-06T07:08:30Z") or 0


def lease(**spec: Any) -> dict[str, Any]:
    return {"spec": {"holderIdentity": "a", "leaseDurationSeconds": 15, **spec}}


@pytest.mark.parametrize(
    ("found", "live"),
    [
        pytest.param(lease(renewTime="2026-05-06T07:08:20.000000Z"), True, id="renewed 10 s ago, for 15 s"),
        pytest.param(lease(renewTime="2026-05-06T07:08:10.000000Z"), False, id="renewed 20 s ago, for 15 s"),
        pytest.param(lease(renewTime="2026-05-06T07:08:15.000000Z"), False, id="it ends this very moment"),
        pytest.param(lease(renewTime="2026-05-06T07:09:00.000000Z"), True, id="its holder's clock is ahead"),
        pytest.param(
            lease(renewTime="2026-05-06T07:08:20Z", holderIdentity=""), False, id="released by its holder"
        ),
        pytest.param(lease(renewTime=None), False, id="never renewed"),
        pytest.param(lease(renewTime="yesterday"), False, id="a time that is none"),
        pytest.param(
            lease(renewTime="2026-05-06T07:08:29Z", leaseDurationSeconds=None), False, id="for no time at all"
        ),
        pytest.param({"spec": None}, False, id="without a spec"),
        pytest.param({}, False, id="no Lease"),
    ],
)
def test_is_live(found: dict[str, Any], live: bool) -> None:
    """A Lease is live while somebody holds it and its duration has not passed since it was renewed."""
    assert live is is_live(found, NOW)


def test_a_second_later() -> None:
    """The same Lease is live up to its end."""
    found = lease(renewTime="2026-05-06T07:08:16Z")
    assert (True, False) == (is_live(found, NOW), is_live(found, NOW + SECOND))
