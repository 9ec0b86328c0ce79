"""Which traces are read around one."""

from __future__ import annotations

import pytest

from tests.unit.cli.traces.memory import Memory, root, trace_id
from traceutil.cli.traces.follow import follow
from traceutil.view.relations import Relation
from traceutil.view.spans import SpanData


@pytest.mark.parametrize(
    ("spans", "found"),
    [
        pytest.param([root(1, 0), root(2, 0)], [1], id="traces without links are other stories"),
        pytest.param(
            [root(1, 0, (2, "superseded_by")), root(2, 5, (1, "superseded"))], [1, 2], id="what superseded it"
        ),
        pytest.param([root(1, 9, (2, "superseded")), root(2, 0)], [1, 2], id="what it superseded"),
        pytest.param(
            [root(1, 0), root(2, 20, (1, "drift"), relation="drift"), root(3, 40, (2, "drift"))],
            [1, 2, 3],
            id="episodes of drift, which it does not know, and theirs",
        ),
        pytest.param(
            [root(1, 0, (2, "overflow"), (3, "overflow")), root(2, 0, (1, "overflow")), root(3, 0)],
            [1, 2, 3],
            id="its overflow traces",
        ),
        pytest.param([root(1, 9, (2, "previous")), root(2, 0)], [1], id="not the change before it"),
        pytest.param(
            [root(1, 9, (2, "cause"), (3, "stale")), root(2, 0), root(3, 0)], [1], id="not its causes"
        ),
        pytest.param([root(1, 9, (2, "drift"))], [1], id="a trace that is not there"),
    ],
)
async def test_what_belongs_to_its_story(spans: list[SpanData], found: list[int]) -> None:
    """Links are followed there and back, where they are of one change."""
    source = Memory(*spans)
    answer = await follow(source, await source.trace(trace_id(1)))

    assert [trace_id(each) for each in found] == list(dict.fromkeys(span.trace_id for span in answer.spans))
    assert 0 == answer.left


async def test_what_no_link_tells_is_followed_too() -> None:
    """A context that was found on an object."""
    source = Memory(root(1, 0), root(2, 5))
    found = [Relation("foreign", trace_id(1), trace_id(2), "Pod web-1")]
    answer = await follow(source, [root(1, 0)], found)

    assert {trace_id(1), trace_id(2)} == {span.trace_id for span in answer.spans}


async def test_there_is_a_bound() -> None:
    """The nearest are read, each once; the others are counted, and not read."""
    chain = [root(n, n, *([(n - 1, "superseded")] if n > 1 else [])) for n in range(1, 30)]
    source = Memory(*chain)
    answer = await follow(source, [chain[0]], most=4)

    assert [trace_id(n) for n in (2, 3, 4)] == source.asked
    assert (4, 1) == (len(answer.spans), answer.left)
