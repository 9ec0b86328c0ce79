"""The project's own files, as the tests of the house see them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
KEPT = (".ci", ".gitignore", ".pre-commit-config.yaml")
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


def files() -> Iterator[Path]:
    """All files of the project, without what tools leave beside them."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if path.is_file() and not any(map(_is_left_over, parts)):
            yield path


def _is_left_over(part: str) -> bool:
    hidden = part.startswith(".") and part not in KEPT
    return hidden or part in ("__pycache__", "build", "dist") or part.endswith(".egg-info")
