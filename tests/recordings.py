"""Watch streams of a real cluster (Kubernetes v1.36), as `tests/data/recordings/README.md` describes them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data" / "recordings"


def names() -> list[str]:
    """The recordings there are, without suffix, sorted."""
    return sorted({path.name.partition(".")[0] for path in FOLDER.glob("*.jsonl*")})


def load(name: str) -> Iterator[dict[str, Any]]:
    """The records of one recording in order: `{"t": RFC 3339 UTC, "type": ADDED|MODIFIED|DELETED, "object"}`.

    Raises FileNotFoundError when there is no recording of this name.
    """
    packed = FOLDER / f"{name}.jsonl.gz"
    raw = gzip.decompress(packed.read_bytes()) if packed.exists() else (FOLDER / f"{name}.jsonl").read_bytes()
    for line in raw.splitlines():
        yield json.loads(line)
