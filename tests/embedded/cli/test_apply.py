"""`traceutil apply` on the embedded API server: what it does anywhere."""

from __future__ import annotations

import pytest

from tests.embedded.cli.anywhere import *  # noqa: F403
from tests.embedded.cli.applying import Place, config, results

pytestmark = pytest.mark.slow


def test_a_manifest_too_long_to_be_repeated(place: Place) -> None:
    """Server-side apply is the remedy, as with kubectl, and is told."""
    long = config("long", text="x" * 270_000)
    answer = place.apply(objects=(long,))

    assert 2 == answer.code
    assert "metadata.annotations: Too long" in answer.err
    assert answer.err.rstrip().endswith("go without it by --server-side")
    assert [("ConfigMap", "created", None)] == results(place.apply("--server-side", objects=(long,)))
