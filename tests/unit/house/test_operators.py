"""Every operator comes with what its users and its next author need."""

from __future__ import annotations

from pathlib import Path

import pytest

from .tree import ROOT

OPERATORS = [
    pytest.param(path, id=path.name)
    for path in sorted((ROOT / "operators").iterdir())
    if (path / "__init__.py").is_file()
]


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_has_a_readme(operator: Path) -> None:
    """It opens with the operator's name and says how to run it."""
    said = (operator / "README.md").read_text()

    assert said.startswith(f"# {operator.name}\n")
    assert f"traceutil run {operator.name}" in said


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_has_tests(operator: Path) -> None:
    """They lie in a folder of its name."""
    assert list((ROOT / "tests" / "unit" / operator.name).glob("test_*.py")) != []
