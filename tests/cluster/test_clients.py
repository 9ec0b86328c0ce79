"""Every client against a real API server: the checks that it passes on the embedded one."""

from __future__ import annotations

import pytest

from tests.cluster.control_plane import ControlPlane
from tests.embedded.clients.fixtures import captured, driver
from tests.embedded.clients.test_context import (
    test_a_child_carries_the_owners_trace,
    test_a_patch_of_what_was_read,
    test_an_apply_after_a_look,
    test_off_unless_asked_for,
)
from tests.embedded.clients.test_transparent import test_errors_pass_unchanged, test_silence_is_no_work
from tests.embedded.clients.test_work import (
    test_a_deletion_under_way_is_no_work,
    test_a_watch_tells_versions_too,
    test_what_else_is_work,
    test_what_is_work,
)

__all__ = [
    "captured",
    "driver",
    "test_a_child_carries_the_owners_trace",
    "test_a_deletion_under_way_is_no_work",
    "test_a_patch_of_what_was_read",
    "test_a_watch_tells_versions_too",
    "test_an_apply_after_a_look",
    "test_errors_pass_unchanged",
    "test_off_unless_asked_for",
    "test_silence_is_no_work",
    "test_what_else_is_work",
    "test_what_is_work",
]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def shared_cluster(control_plane: ControlPlane) -> ControlPlane:
    """The cluster that the clients speak to."""
    return control_plane
