"""What is looked at: the object that was asked for, what stands above it, and what is beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from traceutil import semconv
from traceutil.view.focus import beside, focus_on, lost_above, waited_above
from traceutil.view.relations import Relation
from traceutil.view.result import Result
from traceutil.view.spans import LinkData, SpanData
from traceutil.view.terminal import waterfall
from traceutil.view.tree import Trace, build

from .asked import ASKED, asked, released, span
from .stories import Story, deployment, drift, failure, in_progress, ns, rollout
from .test_terminal import GOLDEN


def _trace(made: Result) -> Trace:
    return build(made.spans)[0]


@pytest.mark.parametrize("story", sorted(ASKED))
def test_golden(story: str) -> None:
    """The object's own headline, axis, path and sentence; a line for each of what is above it."""
    assert (GOLDEN / f"asked-{story}.txt").read_text() == waterfall(ASKED[story]()) + "\n"


@pytest.mark.parametrize("width", [80, 100, 140])
@pytest.mark.parametrize("story", sorted(ASKED))
def test_columns_hold(story: str, width: int) -> None:
    """No line is wider than asked, and the same drawing is there in 7 bits."""
    drawn, ascii_text = (waterfall(ASKED[story](), width=width, unicode=each) for each in (True, False))

    assert width >= max(len(line) for line in drawn.splitlines())
    assert [len(line) for line in drawn.splitlines()] == [len(line) for line in ascii_text.splitlines()]
    assert ascii_text.isascii()


RELEASED = released(deployment())
LOST = replace(RELEASED, spans=RELEASED.spans[1:])


@pytest.mark.parametrize(
    ("made", "wanted", "above"),
    [
        pytest.param(deployment(), None, None, id="without an object it is the whole trace"),
        pytest.param(deployment(), ("Deployment",), None, id="of the root it is the whole trace"),
        pytest.param(RELEASED, ("Deployment", "web"), ["Release"], id="below a release it is the object"),
        pytest.param(
            RELEASED, ("Pod", "-c"), ["Release", "Deployment", "ReplicaSet"], id="what is above is in order"
        ),
        pytest.param(LOST, ("Deployment", "web"), [], id="a root beside which there are others is narrowed"),
    ],
)
def test_what_is_looked_at(made: Result, wanted: tuple[str, ...] | None, above: list[str] | None) -> None:
    """The object with all below it; None: nothing was narrowed."""
    subject = None if wanted is None else span(made, *wanted)
    trace = _trace(made)
    focus = focus_on(trace, [] if subject is None else [subject.span_id])

    assert (above is not None) == focus.narrowed
    assert (above or []) == [node.span.name for node in focus.above]
    if above is not None and subject is not None:
        node = trace.nodes[subject.span_id]
        assert [(node, {each.span.span_id for each in node.walk()})] == [
            (root, set(focus.trace.nodes)) for root in focus.trace.roots
        ]


def test_the_newest_of_its_changes_is_looked_at() -> None:
    """Of several spans of the object in one trace the last that was asked for."""
    made = rollout()
    steps = [each for each in made.spans if each.attributes.get("k8s.replicaset.name") == "web-59c8"]
    (trace,) = [each for each in build(made.spans) if steps[0].trace_id == each.trace_id]

    assert steps[-1] == focus_on(trace, [each.span_id for each in steps]).trace.main.span


def _at(*starts: float, took: float = 1.0) -> list[SpanData]:
    """A Release, a Deployment, a ReplicaSet, a Pod, each below the one before, at these seconds."""
    story = Story("starts")
    above = story.work(None, "Release", starts[0], 100)
    for kind, start in zip(("Deployment", "ReplicaSet", "Pod"), starts[1:], strict=True):
        above = story.object(above, kind, "web", start, start + took)
    return story.spans


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param(_at(0, 0, 0, 0), "", id="no time passed"),
        pytest.param(_at(0, 0.01, 0.02, 0.09), "", id="less than a tenth of its own time is not told"),
        pytest.param(_at(0, 2.0, 2.1, 2.2), "It began 2.20 s after Release.", id="before all below the root"),
        pytest.param(
            _at(0, 0.1, 2.0, 2.1),
            "It began 2.10 s after Release, most of that after Deployment web.",
            id="where most of it passed",
        ),
        pytest.param(
            _at(0, 0.7, 1.4, 2.1), "It began 2.10 s after Release.", id="no single step has most of it"
        ),
        pytest.param(_at(0, 0, 0, 5e-4, took=1e-3), "", id="what nobody can feel is not told"),
    ],
)
def test_waiting_before_it_began(spans: list[SpanData], expected: str) -> None:
    """What is above began earlier: said where it mattered."""
    (trace,) = build(spans)
    assert expected == waited_above(focus_on(trace, [spans[-1].span_id]))


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param(RELEASED.spans, "", id="all of it is there"),
        pytest.param(
            LOST.spans, "The span above Deployment web has not been exported.", id="the root is not"
        ),
        pytest.param(
            [each for each in RELEASED.spans if each.name != "ReplicaSet"],
            "The span above it has not been exported.",
            id="what is right above it is not",
        ),
    ],
)
def test_what_is_missing_above(spans: list[SpanData], expected: str) -> None:
    """It is missing in the context, and is no loss of the object."""
    (trace,) = build(spans)
    assert expected == lost_above(focus_on(trace, [span(RELEASED, "Pod", "-a").span_id]))


def _linked() -> Result:
    """A drift whose link points at the pod that is asked for."""
    made = drift()
    pod = next(each for each in made.spans if each.name == "Pod")
    link = LinkData(pod.trace_id, pod.span_id, {semconv.LINK: "drift"})
    spans = [replace(each, links=(link,)) if each.links else each for each in made.spans]
    return asked(replace(made, spans=spans), "Pod", "-a")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(lambda: asked(drift(), "Deployment"), 0, id="nothing is beside the root"),
        pytest.param(lambda: asked(rollout(), "Pod", "-z"), 1, id="the change before is the Deployment's"),
        pytest.param(lambda: asked(rollout(), "Deployment"), 0, id="both changes are the Deployment's"),
        pytest.param(_linked, 0, id="what links to it touches it"),
        pytest.param(lambda: asked(in_progress(), "Pod", "-b"), 0, id="what was found of it touches it"),
    ],
)
def test_traces_beside_it(made: Callable[[], Result], expected: int) -> None:
    """So many traces do not touch what was asked for."""
    result = made()
    foci = [focus_on(trace, result.asked) for trace in build(result.spans)]
    (focus,) = [each for each in foci if result.subject in each.trace.nodes]
    relations: list[Relation] = list(result.relations)

    assert expected == len(beside(focus, foci, relations))
    assert expected == waterfall(result).count("does not touch what was asked for")
    assert 0 == waterfall(result, expand="all").count("does not touch what was asked for")


def test_everything_is_drawn_on_the_axis_of_everything() -> None:
    """`--expand all` shows siblings, too; what is told is still told of the object."""
    result = ASKED["quick-pod-under-release"]()
    brief, whole = (waterfall(result, expand=each).splitlines() for each in ("critical", "all"))

    assert (False, True) == tuple(any("Deployment api" in line for line in each) for each in (brief, whole))
    assert (True, True) == ("        1.6 s " in brief[2], "       14.9 s " in whole[2])
    assert brief[-2:] == whole[-2:]
    marked = [line for line in whole if line.startswith("┃")]
    assert ["Pod web-6d4f-b"] == [name for line in marked if (name := line[2:40].strip("│├└─ "))[:3] == "Pod"]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(
            lambda: asked(_pulling(), "Pod"),
            "Still open: ContainerCreating: container web waits. "
            "Its last step was scheduler.SchedulePod, 39.70 s ago.",
            id="what it waits for, and since when",
        ),
        pytest.param(
            lambda: asked(_overdue(failure()), "Pod"),
            "It was overdue after 10.51 s: Unschedulable: no node. "
            'kubelet.PullImage on node-1 failed 4 times: ErrImagePull: "web:nope": manifest unknown.',
            id="what was missing when nobody waited any longer",
        ),
        pytest.param(
            lambda: asked(_overdue(failure()), "ReplicaSet"),
            "It was overdue after 10.25 s. 1 Pod: Unschedulable: no node. 0 of 1 Pod had become ready. "
            "The last span of the trace ended 300 ms later. kubelet.PullImage on node-1 failed 4 times: "
            'ErrImagePull: "web:nope": manifest unknown.',
            id="what was missing below it",
        ),
    ],
)
def test_what_is_missing(made: Callable[[], Result], expected: str) -> None:
    """Of an object that is not reached: the reason, in the words of its status."""
    assert expected == waterfall(made(), width=500).splitlines()[-1]


def _pulling() -> Result:
    story = Story("pulling")
    root = story.object(None, "Deployment", "web", 0, 40, "in progress")
    why = "ContainerCreating: container web waits"
    pod = story.object(root, "Pod", "web-a", 0, 40, "in progress", why)
    story.work(pod, "scheduler.SchedulePod", 0.2, 0.3)
    return Result("Pod web-a", False, "in progress", 40, story.spans)


def _overdue(made: Result) -> Result:
    pod = span(made, "Pod")
    attributes = {**pod.attributes, semconv.MESSAGE: "Unschedulable: no node"}
    return replace(made, spans=[replace(s, attributes=attributes) if s is pod else s for s in made.spans])


def test_a_reason_is_said_once() -> None:
    """The failing pull's words are those of the pod's status: they stand there once."""
    made = failure()
    why = 'ErrImagePull: "web:nope": manifest unknown'
    pod = span(made, "Pod")
    attributes = {**pod.attributes, semconv.REASON: "in progress", semconv.MESSAGE: why}
    spans = [replace(s, attributes=attributes, end=ns(11)) if s is pod else s for s in made.spans]

    assert 1 == waterfall(asked(replace(made, spans=spans), "Pod"), width=500).count(why)
