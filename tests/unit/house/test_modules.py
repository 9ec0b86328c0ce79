"""Every file is one thing: short, and it says in a sentence what."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from .tree import modules, named

MAX_LINES = 300
MAX_FUNCTION = 40


def test_a_module_opens_with_a_sentence() -> None:
    """The docstring's first paragraph is a sentence."""
    said = {named(path): ast.get_docstring(ast.parse(path.read_text())) or "" for path in modules()}

    assert {} == {name: text for name, text in said.items() if not _is_sentence(text)}


def test_a_module_fits_on_a_few_screens() -> None:
    """No file is longer than the limit."""
    lines = {named(path): len(path.read_text().splitlines()) for path in modules()}

    assert {} == {name: count for name, count in lines.items() if count > MAX_LINES}


def test_a_function_fits_on_one_screen() -> None:
    """No body is longer than the limit; signature and docstring do not count."""
    bodies = [(named(path), *_body_lines(function)) for path in modules() for function in _functions(path)]

    assert [] == [body for body in bodies if body[1] > MAX_FUNCTION]


def _is_sentence(docstring: str) -> bool:
    """It ends as a sentence does, or in a source in brackets after one."""
    return re.search(r"[.?:…]( \([^)]*\))?\Z", docstring.partition("\n\n")[0].rstrip()) is not None


def _functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    nodes = ast.walk(ast.parse(path.read_text()))
    return [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, str]:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0, function.name
