"""The one tool, `traceutil`: its sub-commands come from entry points and are imported when called."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code (`traceutil.cli.errors` lists them)."""
    try:
        from traceutil.cli.app import run
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        remedy = "pip install 'traceutil[cli]'"
        print(f"traceutil: the command line needs click, which is not installed; {remedy}", file=sys.stderr)
        return 2
    return run(argv)
