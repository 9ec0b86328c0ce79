"""Controllers die at random moments of rollouts, and no promise is broken."""

from __future__ import annotations

import secrets

import pytest

from tests.crashes.random_kills import SETTINGS, kill_at_random
from tests.crashes.ward import Place, Ward

pytestmark = pytest.mark.slow

KILLS = 10


def test_random_kills(place: Place) -> None:
    """Ten of them; the seed is in the output of a failure."""
    seed = secrets.randbelow(1_000_000)
    print(f"seed {seed}")
    with Ward(place, SETTINGS) as ward:
        kill_at_random(ward, KILLS, seed, print)
        assert [] == ward.settle()
        assert KILLS == len(ward.deaths)
