"""Each controller dies at each named point; its successor finds on the objects what it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.stories.objects import NEWER, set_image
from operators.workloads import CONTROLLERS
from tests.crashes.deaths import POINTS, Death, Point, Reported, reported
from tests.crashes.ward import Place, Ward

pytestmark = pytest.mark.slow


def deaths(point: Point, directory: Path) -> dict[str, Death]:
    """The second write of a ReplicaSet's is in the middle of a batch of pods; else the first occasion."""
    return {
        name: Death(point, 2 if name == "replicaset" and "write" in point else 1, directory / f"{name}.json")
        for name in CONTROLLERS
    }


@pytest.mark.parametrize("point", POINTS)
def test_each_controller_dies(place: Place, tmp_path: Path, point: Point) -> None:
    """All four die there once, each in its turn, and the trace is whole."""
    fates = deaths(point, tmp_path)
    with Ward(place) as ward:
        ward.start("deployment", "replicaset", "scheduler", deaths=fates)
        ward.create("web")
        # No node is there yet: the scheduler says so, in the only status that it ever writes.
        ward.until("a pod", lambda: ward.objects("Pod"))
        ward.start("kubelet", deaths=fates)
        ward.until("the pods", lambda: len(ward.objects("Pod")) == 3)
        ward.change("web", set_image(NEWER))
        ward.until(f"all four to die {point}", lambda: sorted(ward.deaths) == sorted(CONTROLLERS))
        assert [] == ward.settle()
    found = {name: reported(death) for name, death in fates.items()}
    print(*found.values(), sep="\n")
    assert {name: (point, fates[name].occasion) for name in CONTROLLERS} == {
        name: (each.point, each.occasion) for name, each in found.items() if isinstance(each, Reported)
    }
