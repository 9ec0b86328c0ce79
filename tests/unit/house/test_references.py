"""What code and documents point at is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .tree import ROOT, files, named

SECTION = re.compile(r"docs/spec\.md (\d+(?:(?:, | and )\d+)*)")
DOCUMENT = re.compile(r"(?<!`)\bdocs/[\w./-]+\.(?:md|json)\b")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def test_a_section_of_the_spec_that_code_names_exists() -> None:
    """`docs/spec.md 6` leads somewhere."""
    spec = (ROOT / "docs" / "spec.md").read_text()
    named_sections = [
        (name, number)
        for name, text in _texts(".py")
        for found in SECTION.findall(text)
        for number in re.findall(r"\d+", found)
    ]

    assert named_sections != []
    assert [] == [each for each in named_sections if f"\n## {each[1]} " not in spec]


def test_a_document_that_is_named_exists() -> None:
    """`docs/….md` in a docstring or a text is a file."""
    found = [(name, each) for name, text in _texts(".py", ".md") for each in DOCUMENT.findall(text)]

    assert [] == [each for each in found if not (ROOT / each[1]).is_file()]


def test_a_link_between_documents_leads_to_a_heading() -> None:
    """Relative links, with their anchors as code hosts make them, exist."""
    found = [(name, link) for name, text in _texts(".md") for link in LINK.findall(text)]
    relative = [each for each in found if not re.match(r"[a-z]+:", each[1])]

    assert relative != []
    assert [] == [each for each in relative if not _leads_somewhere(*each)]


def _texts(*endings: str) -> Iterator[tuple[str, str]]:
    for path in files():
        if path.suffix in endings and "data" not in path.parts and path.name != "test_references.py":
            yield named(path), path.read_text()


def _leads_somewhere(name: str, link: str) -> bool:
    target, _, anchor = link.partition("#")
    path = (ROOT / name).parent / target if target else ROOT / name
    if not anchor:
        return path.exists()
    return anchor in {_anchor(line) for line in path.read_text().splitlines() if line.startswith("#")}


def _anchor(heading: str) -> str:
    words = heading.lstrip("#").strip().lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def test_the_map_knows_every_package() -> None:
    """Whoever adds a folder of code says in ARCHITECTURE.md what it is for."""
    text = (ROOT / "ARCHITECTURE.md").read_text().partition("## The map")[2].partition("```\n")[2]
    on_the_map = set(re.findall(r"\b([\w]+)(?=/)", text.partition("```")[0]))
    above = ("", "traceutil", "traceutil/cli", "operators", "demo", "tests")
    inside = [folder for each in above for folder in sorted((ROOT / each).iterdir()) if folder.is_dir()]
    there = {folder.name for folder in inside if any(folder.glob("*.py"))}

    assert {"traceutil", "apply", "cluster"} <= there
    assert set() == there - on_the_map
