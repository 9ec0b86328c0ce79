"""Answers of a real Jaeger, and the same spans as they were exported (tests/data/jaeger/README.md)."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from traceutil.view.otlp import from_lines
from traceutil.view.spans import SpanData

DATA = Path(__file__).parents[2] / "data" / "jaeger"
STORIES = ("rollout", "drift", "failure")


def answer(story: str) -> Any:
    """What `/api/traces` said."""
    return json.loads(gzip.decompress((DATA / f"{story}.json.gz").read_bytes()))


def exported(story: str) -> list[SpanData]:
    """The spans as they were sent, with links' attributes and nanoseconds."""
    return list(
        from_lines(gzip.decompress((DATA / f"{story}.otlp.jsonl.gz").read_bytes()).decode().splitlines())
    )
