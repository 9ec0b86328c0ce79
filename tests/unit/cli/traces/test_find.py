"""An object's trace is found by what the object carries, else by its name, and made into one answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.cli.traces.memory import WEB, Memory, root, trace_id
from tests.unit.core.objects import TRACEPARENT, deployment, ns, pod, with_record
from traceutil.cli.errors import BadInput
from traceutil.cli.traces.find import NoTrace, find
from traceutil.cli.traces.live import Seen
from traceutil.record import Record
from traceutil.settings import Settings
from traceutil.view.focus import focus_on
from traceutil.view.relations import Relation
from traceutil.view.result import Result
from traceutil.view.spans import SpanData
from traceutil.view.tree import build
from traceutil.view.wanted import Wanted

SETTINGS = Settings(clock=lambda: ns(30))
RECORD = Record(1, 1, 0, 1, "/apps/Deployment/default/web", ns(0), generation=1)
WORK = SpanData(trace_id(1), "9" * 16, f"{1:016x}", "deployment.CreateReplicaSet", "deployment", ns(0), ns(1))
IN_MEMORY = "Deployment default/web in memory"


def _web(record: Record = RECORD, **metadata: Any) -> dict[str, Any]:
    return with_record(deployment(2, **metadata), record)


async def _found(source: Memory, obj: dict[str, Any] | None = None, **more: Any) -> Result:
    owned, owners = more.pop("owned", ()), more.pop("owners", ())
    return await find(source, Seen(more.pop("wanted", WEB), obj, owned, owners=owners), SETTINGS, **more)


async def test_the_object_names_its_trace() -> None:
    """What was exported is drawn as it was exported."""
    answer = await _found(Memory(root(1, 0), root(2, 50)), _web(RECORD.closed(ns(9), "reached")))

    assert [root(1, 0)] == answer.spans
    assert ("Deployment default/web", True, "reached", [IN_MEMORY], f"{1:016x}", None) == (
        answer.scenario, answer.reached, answer.state, answer.notes, answer.subject, answer.dropped,
    )  # fmt: skip


async def test_a_span_that_is_open_is_drawn_from_the_object() -> None:
    """Its work is there, its root is not exported yet: no orphan, in progress."""
    answer = await _found(Memory(WORK), _web())
    (trace,) = build(answer.spans)

    assert ([], "in progress", 3, 30.0) == (
        trace.orphans,
        answer.state,
        answer.exit_code,
        answer.duration_seconds,
    )
    assert [IN_MEMORY] == answer.notes


async def test_what_owns_it_is_drawn_from_the_cluster_too() -> None:
    """A Pod of a Deployment that is still open: neither span is exported, and neither is lost."""
    below = Record(1, 2, 1, 1, "//Pod/default/web-6d4-a", ns(1), generation=1)
    wanted = Wanted("Pod", "web-6d4-a", "default")
    answer = await _found(Memory(WORK), with_record(pod(), below), wanted=wanted, owners=[_web()])
    (trace,) = build(answer.spans)

    assert [] == trace.orphans
    assert ["Deployment"] == [node.span.name for node in focus_on(trace, answer.asked).above]


async def test_nothing_of_it_has_been_exported() -> None:
    """The object alone tells that its span is open."""
    answer = await _found(Memory(), _web())

    assert (1, 3) == (len(answer.spans), answer.exit_code)
    assert [IN_MEMORY, "nothing of it has been exported yet"] == answer.notes


async def test_a_span_that_closed_and_did_not_arrive() -> None:
    """Drawn from its record, and it is said."""
    answer = await _found(Memory(WORK), _web(RECORD.closed(ns(9), "reached")))

    assert ("reached", 9.0) == (answer.state, answer.duration_seconds)
    assert [
        IN_MEMORY,
        "1 object span is drawn from live objects: not exported yet, or lost",
    ] == answer.notes


async def test_a_span_that_closed_a_moment_ago() -> None:
    """Nothing of it is there yet: it is on its way."""
    answer = await _found(Memory(), _web(RECORD.closed(ns(25), "reached")))

    assert (1, "reached", 0) == (len(answer.spans), answer.state, answer.exit_code)
    assert "nothing of it has been exported yet" in answer.notes


async def test_an_object_that_nobody_traces() -> None:
    """Its derived trace is open, but nobody opened it: that nothing is there does not mean that it comes."""
    with pytest.raises(NoTrace):
        await _found(Memory(), deployment(2))


async def test_of_an_object_that_is_gone_the_newest_trace_is_shown() -> None:
    """By its name, as spans say it."""
    answer = await _found(Memory(root(1, 0), root(2, 50), root(3, 20), root(4, 90, name="other")))

    assert ([root(2, 50)], f"{2:016x}") == (answer.spans, answer.subject)


async def test_work_without_an_object_span_is_in_progress() -> None:
    """Without a cluster nobody knows whether the root is open, or lost."""
    work = replace(WORK, attributes={"k8s.deployment.name": "web", "k8s.namespace.name": "default"})
    answer = await _found(Memory(work))

    assert ([work], None, 3, 1.0) == (answer.spans, answer.subject, answer.exit_code, answer.duration_seconds)


GENERATIONS = (
    root(1, 0, **{"object.generation": 1, "reason": "failed"}),
    root(2, 50, **{"object.generation": 2}),
    root(3, 90, **{"object.generation": 2, "change": "deletion"}),
)


@pytest.mark.parametrize(
    ("generation", "expected", "code"),
    [
        pytest.param(None, 3, 0, id="the newest, a deletion too"),
        pytest.param(1, 1, 1, id="an earlier one"),
        pytest.param(2, 2, 0, id="not the deletion that came after it"),
    ],
)
async def test_a_change_is_chosen_by_generation(generation: int | None, expected: int, code: int) -> None:
    """The exit code is that of the change that was asked for."""
    answer = await _found(Memory(*GENERATIONS), generation=generation)
    assert (f"{expected:016x}", code) == (answer.subject, answer.exit_code)


async def test_a_generation_that_the_object_has_not_any_more() -> None:
    """Its record names the trace of the newest change: an earlier one is found by name."""
    answer = await _found(Memory(*GENERATIONS), _web(RECORD, generation=1), generation=2)
    assert f"{2:016x}" == answer.subject


async def test_the_newest_change_has_no_trace() -> None:
    """An earlier one is shown, and it is said."""
    unsampled = replace(RECORD, trace_id=7, span_id=7, flags=0)
    answer = await _found(Memory(root(1, 0)), _web(unsampled))

    assert [root(1, 0)] == answer.spans
    assert f"trace {trace_id(7)} of its newest change is not there" in answer.notes


async def test_earlier_spans_of_the_object_are_known_too() -> None:
    """They are drawn in full, as the newest is."""
    answer = await _found(Memory(root(1, 0, (2, "superseded_by"), reason="superseded"), root(2, 5)))
    assert (f"{1:016x}", f"{2:016x}") == answer.asked


async def test_a_controller_in_the_middle_with_a_trace_of_its_own() -> None:
    """Its context stands on an object that is owned: an edge that no span tells."""
    theirs = pod(annotations={TRACEPARENT: f"00-{trace_id(5)}-{'1' * 16}-01"})
    other = replace(root(5, 5, name="theirs"), name="Theirs")
    answer = await _found(Memory(root(1, 0), other), _web(RECORD.closed(ns(9), "reached")), owned=[theirs])

    assert [root(1, 0), other] == answer.spans
    assert [Relation("foreign", trace_id(1), trace_id(5), "Pod web-6d4-a")] == answer.relations


async def test_what_is_not_drawn_is_counted() -> None:
    """More links than the bound."""
    many = root(1, 0, *((n, "overflow") for n in range(2, 20)))
    answer = await _found(Memory(many, *(root(n, 0, (1, "overflow")) for n in range(2, 20))))

    assert [IN_MEMORY, "9 more linked traces are not drawn"] == answer.notes


async def test_an_object_of_that_name_in_several_namespaces() -> None:
    """Which is meant must be said."""
    two = Memory(
        root(1, 0), replace(root(2, 5), attributes=root(2, 5).attributes | {"k8s.namespace.name": "shop"})
    )
    with pytest.raises(BadInput, match="Deployment web is in several namespaces: say -n default or -n shop"):
        await _found(two, wanted=replace(WEB, namespace=None))


@pytest.mark.parametrize(
    ("seen", "more", "said"),
    [
        pytest.param(
            Seen(WEB),
            {},
            [
                "no trace of Deployment default/web in memory",
                "k8s.deployment.name=web and k8s.namespace.name",
            ],
            id="by name alone",
        ),
        pytest.param(Seen(WEB), {"generation": 4}, ["default/web, generation 4, in"], id="of one generation"),
        pytest.param(
            Seen(WEB, _web(replace(RECORD, flags=0))),
            {},
            [f"looked for trace {trace_id(1)}", "the trace is not sampled"],
            id="a record that is not sampled",
        ),
        pytest.param(
            Seen(WEB, _web(RECORD.closed(ns(9), "reached"))),
            {},
            [f"looked for trace {trace_id(1)}", "OTEL_EXPORTER_OTLP_ENDPOINT"],
            id="a closed span of which nothing arrived",
        ),
        pytest.param(
            Seen(WEB, notes=("found by name: no cluster",)), {}, ["no cluster"], id="without a cluster"
        ),
    ],
)
async def test_no_trace(seen: Seen, more: dict[str, Any], said: list[str]) -> None:
    """What was looked for, where, and what to try."""
    with pytest.raises(NoTrace) as caught:
        await find(Memory(), seen, SETTINGS, **more)

    assert [] == [each for each in [*said, "--from FILE"] if each not in str(caught.value)]
