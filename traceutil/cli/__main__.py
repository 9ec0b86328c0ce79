"""`python -m traceutil.cli`."""

from __future__ import annotations

import sys

from traceutil.cli import main

sys.exit(main())
