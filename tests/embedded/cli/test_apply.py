"""`traceutil apply` on the embedded API server: what it does anywhere."""

from __future__ import annotations

import pytest

from tests.embedded.cli.anywhere import *  # noqa: F403

pytestmark = pytest.mark.slow
