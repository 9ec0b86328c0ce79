"""Execute the Python of one document, in a process of its own: examples set up global things.

`python -m tests.docs.run_document README.md`
"""

from __future__ import annotations

import sys
from pathlib import Path

from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser


def run(document: Path) -> int:
    """Execute every block, in order, in one namespace; returns how many there were."""
    sybil = Sybil(parsers=[PythonCodeBlockParser()], path=str(document.parent), patterns=["*.md"])
    examples = list(sybil.parse(document).examples())
    for example in examples:
        example.evaluate()
    return len(examples)


if __name__ == "__main__":
    print(run(Path(sys.argv[1]).resolve()))
