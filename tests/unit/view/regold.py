"""Draws the golden drawings again: `python -m tests.unit.view.regold`, then look at what changed."""

from __future__ import annotations

from traceutil.view.terminal import waterfall

from .asked import ASKED
from .stories import STORIES
from .test_terminal import DRAWN, GOLDEN

if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for story, width in DRAWN:
        (GOLDEN / f"{story}-{width}.txt").write_text(waterfall(STORIES[story](), width=width) + "\n")
    for story, made in ASKED.items():
        (GOLDEN / f"asked-{story}.txt").write_text(waterfall(made()) + "\n")
