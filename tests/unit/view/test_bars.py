"""Bars over a time axis of ten columns and ten nanoseconds."""

from __future__ import annotations

import pytest

from traceutil.view.bars import Axis, bar
from traceutil.view.color import ColorMode, Paint, ascii_only, wanted
from traceutil.view.rows import Row, Shape, with_guides


def row(shape: Shape, *intervals: tuple[int, int], **rest: object) -> Row:
    made = Row("label", shape, "service", intervals)
    for key, value in rest.items():
        setattr(made, key, value)
    return made


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(row("work", (2, 5)), "  ███     ", id="work"),
        pytest.param(row("work", (2, 2)), "  █       ", id="an instant has one column"),
        pytest.param(row("work", (10, 10)), "         █", id="even at the very end"),
        pytest.param(row("work", (-5, 50)), "██████████", id="clipped to the axis"),
        pytest.param(row("work", (4, 6), waits=((1, 4),)), " ░░░██    ", id="waiting before work"),
        pytest.param(row("work", (1, 2), (5, 7)), " █   ██   ", id="work that was folded keeps its gaps"),
        pytest.param(row("work", (2, 5), failures=(5,)), "  ██✗     ", id="failed work"),
        pytest.param(
            row("work", (0, 2), failures=(2,), notes=("1 bad",)), "█✗ 1 bad  ", id="work with a note"
        ),
        pytest.param(row("wait", (7, 10), waits=((7, 10),)), "       ░░░", id="a wait of its own"),
        pytest.param(row("outage", (3, 7)), "   †░░░   ", id="killed, and back after a while"),
        pytest.param(row("outage", (3, 3)), "   †      ", id="killed, and back at once"),
        pytest.param(row("object", (0, 10)), "├────────┤", id="until reached"),
        pytest.param(row("object", (3, 4)), "   ┤      ", id="reached within one column"),
        pytest.param(row("object", (0, 10), failures=(10,)), "├────────✗", id="a failed object"),
        pytest.param(row("object", (0, 10), notes=("late",)), "├── late ┤", id="a note inside"),
        pytest.param(row("object", (0, 3), notes=("late",)), "├─┤ late  ", id="a note right of it"),
        pytest.param(row("object", (7, 10), notes=("late",)), "  late ├─┤", id="a note left of it"),
        pytest.param(
            row("object", (0, 3), notes=("failed: Why", "bad")), "├─┤ bad   ", id="the longest that fits"
        ),
        pytest.param(
            row("object", (2, 9), notes=("far too long",)), "  ├─────┤ ", id="none, where none fits"
        ),
    ],
)
def test_bar(given: Row, expected: str) -> None:
    """Each shape, in exactly the width of the axis."""
    assert expected == bar(Axis(0, 10, 10), given)


def test_guides_join_rows_to_their_parents() -> None:
    """The tree, as `tree` draws it."""
    leaf, last = row("work", (0, 1)), row("work", (0, 1))
    inner = row("object", (0, 1), below=[leaf])
    root = row("object", (0, 1), below=[inner, last])
    assert [guide for guide, _ in with_guides([root])] == ["", "├─ ", "│  └─ ", "└─ "]


def test_ascii_keeps_every_column() -> None:
    """What has no stand-in becomes a question mark, never two characters or none."""
    text = "✔ ┃├─┤└│█░✗×≤…·µ↳ é"
    assert len(text) == len(ascii_only(text))
    assert ascii_only(text).isascii()


@pytest.mark.parametrize(
    ("mode", "is_terminal", "environ", "expected"),
    [
        pytest.param("auto", True, {}, True, id="a terminal"),
        pytest.param("auto", False, {}, False, id="a pipe"),
        pytest.param("auto", True, {"NO_COLOR": "1"}, False, id="NO_COLOR"),
        pytest.param("auto", True, {"NO_COLOR": ""}, True, id="an empty NO_COLOR is none"),
        pytest.param("auto", True, {"TERM": "dumb"}, False, id="a dumb terminal"),
        pytest.param("always", False, {"NO_COLOR": "1"}, True, id="asked for"),
        pytest.param("never", True, {}, False, id="refused"),
    ],
)
def test_color_wanted(mode: ColorMode, is_terminal: bool, environ: dict[str, str], expected: bool) -> None:
    """The flag, then NO_COLOR, then the terminal."""
    assert expected == wanted(mode, is_terminal=is_terminal, environ=environ)


def test_a_bar_is_painted_by_service_waiting_dimmed_failure_red() -> None:
    """Services have different colours; red is nobody's."""
    paint = Paint.of(["scheduler", "kubelet", "scheduler"], enabled=True)
    assert paint.codes == {"scheduler": 36, "kubelet": 35}
    assert paint.bar("░█✗", "kubelet") == "\x1b[2m░\x1b[0m\x1b[35m█\x1b[0m\x1b[31m✗\x1b[0m"
    assert Paint().bar("░█✗", "kubelet") == "░█✗"
