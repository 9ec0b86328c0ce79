"""`traceutil` opens as a readable list: sorted, complete, documented."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest

import traceutil

#: Names that describe a type to the checker; there is nothing to attach a docstring to.
ALIASES = {"KubernetesObject", "Relation", "WritableObject"}


def test_all_is_sorted() -> None:
    """`__all__` reads as an index."""
    assert sorted(traceutil.__all__) == traceutil.__all__


def test_all_is_complete() -> None:
    """What can be imported from `traceutil` is what `__all__` names."""
    public = {
        name
        for name, value in vars(traceutil).items()
        if not name.startswith("_") and not isinstance(value, ModuleType) and name != "annotations"
    }

    assert set(traceutil.__all__) == public


@pytest.mark.parametrize("name", sorted(set(traceutil.__all__) - ALIASES))
def test_every_export_says_what_it_is(name: str) -> None:
    """Every class and function that users call has a docstring of its own that ends its first sentence."""
    written = inspect.cleandoc(getattr(traceutil, name).__doc__ or "")

    assert written.partition("\n\n")[0].endswith((".", "?"))
