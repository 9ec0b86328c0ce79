"""The project's own files, as the tests of the house see them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("traceutil", "operators", "demo")


def modules(*packages: str) -> Iterator[Path]:
    """The Python files of the packages that are not empty; all packages where none is named."""
    for package in packages or PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.stat().st_size:
                yield path


def named(path: Path) -> str:
    """The path below the root, as a test's id."""
    return path.relative_to(ROOT).as_posix()


def tracked() -> list[Path]:
    """All files that are committed."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
