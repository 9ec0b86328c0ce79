"""docs/from-jaeger-client.md names everything that was configured there."""

from __future__ import annotations

import re

from tests.unit.house.tree import ROOT
from traceutil.jaeger_compat import settings, variables

PAGE = (ROOT / "docs" / "from-jaeger-client.md").read_text()


def test_every_key_stands_in_the_table() -> None:
    """Those that exist, and those that are ignored."""
    assert [] == [key for key in (*settings.KNOWN, *settings.IGNORED) if f"`{key}`" not in PAGE]


def test_every_variable_stands_in_the_table() -> None:
    """Those that the code reads, wherever it does."""
    texts = (path.read_text() for path in (ROOT / "traceutil" / "jaeger_compat").glob("*.py"))
    read = {name for text in texts for name in re.findall(r'"(JAEGER_[A-Z_0-9]+)"', text)}

    assert set(variables.IGNORED) < read
    assert [] == sorted(name for name in read if f"`{name}`" not in PAGE)
