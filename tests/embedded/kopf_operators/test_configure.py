"""`traceutil.integrations.kopf.configure`, in operators that run."""

from __future__ import annotations

import time
from typing import Any

import kopf
import pytest

from tests.embedded.kopf_operators.in_process import RESOURCE, Operator
from tests.embedded.kopf_operators.operators import GROUP, PLURAL, QUIET, VERSION, Api, until
from traceutil import encode_context_into_object, traced
from traceutil.integrations.kopf import configure
from traceutil.semconv import WORK
from traceutil.testing import CapturedSpans


@pytest.mark.parametrize(
    ("configured", "expected"),
    [
        pytest.param(True, [], id="configured: no handler runs"),
        pytest.param(False, ["update"], id="without: an update that nobody asked for"),
    ],
)
def test_our_annotations_trigger_no_handler(api: Api, configured: bool, expected: list[str]) -> None:
    """Written by somebody else, on an object that this operator handles."""
    one = Operator()
    one.on("create", traced("db.Create")(one.counted("create")))
    one.on("update", traced("db.Update")(one.counted("update")))
    if configured:
        one.configure()
    with one.run(api):
        api.create(size=1)
        until(lambda: "create" in one.calls, "the object was not handled")
        until(
            lambda: "kopf.zalando.org/last-handled-configuration" in annotations_of(api), "kopf did not store"
        )
        one.calls.clear()
        patch: dict[str, Any] = {"metadata": {}, "spec": {"size": 1}}
        somebody = CapturedSpans("somebody")
        somebody.tracer.trace_until_reached(patch)
        api.patch(patch)
        time.sleep(QUIET)
        assert one.calls == expected
        api.patch({"spec": {"size": 2}})
        until(lambda: one.calls == [*expected, "update"], "a true change was not handled")


def annotations_of(api: Api) -> dict[str, str]:
    return dict(api.get()["metadata"].get("annotations", {}))


def test_a_handler_that_writes_its_own_context_runs_once_for_a_change(api: Api) -> None:
    """encode into kopf's patch, on the very object that it handles."""
    one = Operator()
    one.on("create", traced("db.Create")(one.counted("create", encodes)))
    one.on("update", traced("db.Update")(one.counted("update", encodes)))
    one.configure()
    with one.run(api):
        api.create(size=1)
        until(lambda: one.calls == ["create"], "the object was not handled")
        time.sleep(QUIET)
        api.patch({"spec": {"size": 2}})
        until(lambda: one.calls == ["create", "update"], "the change was not handled")
        time.sleep(QUIET)
        assert one.calls == ["create", "update"]
        assert "tracing.k8s.io/traceparent" in annotations_of(api)


def encodes(patch: kopf.Patch, **_: Any) -> None:
    encode_context_into_object(patch)


@pytest.mark.parametrize(
    ("prefixes", "expected"),
    [
        pytest.param(
            ("one.example.com", "two.example.com"), ["one", "two"], id="with prefixes of their own: both"
        ),
        pytest.param((None, None), ["one"], id="without: the second never runs its create handler"),
    ],
)
def test_two_operators_on_one_object_both_create(
    api: Api, prefixes: tuple[str | None, str | None], expected: list[str]
) -> None:
    ran = []
    operators = [Operator("one"), Operator("two")]
    for each, name, prefix in zip(operators, ("one", "two"), prefixes, strict=True):
        each.on("create", traced("db.Create")(each.counted(name)))
        each.configure(prefix=prefix)
    with operators[0].run(api, "first"):
        api.create(size=1)
        until(lambda: operators[0].calls == ["one"], "the first did not run")
        until(lambda: any("last-handled" in key for key in annotations_of(api)), "the first stored nothing")
    with operators[1].run(api, "second"):
        time.sleep(QUIET)
    ran = [call for each in operators for call in each.calls]
    assert ran == expected


@pytest.mark.parametrize("configured", [True, False], ids=["configured", "without"])
def test_closing_from_events_costs_no_request(api: Api, configured: bool) -> None:
    """The same requests as of an operator that is not traced at all: those of kopf's own bookkeeping."""
    one = Operator()
    handler = one.counted("create")
    one.on("create", traced("db.Create")(handler) if configured else handler)
    if configured:
        one.configure()
    with one.run(api, "counted"):
        for n in range(3):
            api.create(f"db-{n}", size=n)
        until(lambda: one.calls == ["create"] * 3, "not all were handled")
        time.sleep(QUIET)
    assert api.requests_of("counted") == {("patch", PLURAL): 3}
    assert one.reasons() == (["reached"] * 3 if configured else [])


def test_an_operator_that_only_traces_and_encodes_gets_its_roots(api: Api) -> None:
    """Work hangs under a root with the ids that everybody derives, exported when the handler is through."""
    one = Operator()
    one.on("create", traced("db.Create")(one.counted("create", encodes_child)))
    one.configure()
    with one.run(api):
        api.create(size=1)
        until(lambda: one.reasons() == ["reached"], "the root was not closed")
    assert one.spans.tree() == "Database\n  db.Create"


def encodes_child(body: kopf.Body, **_: Any) -> None:
    encode_context_into_object(
        {"kind": "StatefulSet", "metadata": {"name": "child"}}, live={"spec": {"a": 1}}
    )
    encode_context_into_object({"spec": {"replicas": 2}}, live={"spec": {"replicas": 1}})


def test_the_root_closes_after_the_last_of_several_handlers(api: Api) -> None:
    """The first one's success is not yet the end; a retry is not either."""
    one = Operator()
    tries = iter([kopf.TemporaryError("not yet", delay=0.2), None])

    def slow(**_: Any) -> None:
        time.sleep(0.1)
        if error := next(tries):
            raise error
        seen.extend(one.reasons())

    seen: list[Any] = []
    one.on("create", traced("db.First")(one.counted("first")), id="first")
    one.on("create", traced("db.Second")(one.counted("second", slow)), id="second")
    one.configure()
    with one.run(api):
        api.create(size=1)
        until(lambda: one.reasons() == ["reached"], "the root was not closed")
    assert (one.calls.count("first"), one.calls.count("second"), seen) == (1, 2, [])
    names = sorted(span.name for span in one.spans)
    assert names == ["Database", "db.First", "db.Second", "db.Second"]


def test_a_second_change_supersedes_or_follows_and_has_its_own_root(api: Api) -> None:
    one = Operator()
    one.on("create", traced("db.Create")(one.counted("create")))
    one.on("update", traced("db.Update")(one.counted("update")))
    one.configure()
    with one.run(api):
        api.create(size=1)
        until(lambda: one.reasons() == ["reached"], "the first root was not closed")
        time.sleep(1.1)  # managedFields times are whole seconds
        one.spans.advance(1.1)
        api.patch({"spec": {"size": 2}})
        until(lambda: one.reasons() == ["reached", "reached"], "the second root was not closed")
    traces = {span.context.trace_id for span in one.spans.all("Database") if span.context}
    assert len(traces) == 2


def test_a_deletion_is_traced_to_its_end(api: Api) -> None:
    """The delete handler works in the derived trace of the deletion, whose root closes when it is gone."""
    one = Operator()
    one.on("create", traced("db.Create")(one.counted("create")))
    one.on("delete", traced("db.Delete")(one.counted("delete")))
    one.configure()
    with one.run(api):
        api.create(size=1)
        until(lambda: one.reasons() == ["reached"], "the root was not closed")
        api.send("DELETE", f"/apis/{GROUP}/{VERSION}/namespaces/default/{PLURAL}/orders")
        until(lambda: len(one.reasons()) == 2, "the deletion's root was not closed")
    assert one.spans.tree().splitlines()[-2:] == ["Database", "  db.Delete"]


def test_a_traced_timer_is_a_signal(api: Api) -> None:
    """Not taken for a daemon: its work is exported, its silence is not."""
    one = Operator()
    one.on(
        "timer",
        traced("db.Tick")(one.counted("tick", lambda patch, **_: patch.status.update(ok=True))),
        interval=0.2,
    )
    one.on("timer", traced("db.Silent")(one.counted("silent")), interval=0.2, id="silent")
    one.configure()
    with one.run(api):
        api.create(size=1)
        until(lambda: one.spans.all("db.Tick") and "silent" in one.calls, "the timer was not traced")
    assert one.spans.all("db.Silent") == []


def test_a_presumed_change_handler_says_so(api: Api) -> None:
    """Nothing listened; kopf ran it because desired state changed."""
    one = Operator()
    one.on("create", traced("db.Create")(one.counted("create")))
    one.configure()
    with one.run(api):
        api.create(size=1)
        until(lambda: one.spans.all("db.Create"), "the handler was not traced")
    assert dict(one.spans.one("db.Create").attributes or {})[WORK] == "presumed"


registry_of_mistakes = kopf.OperatorRegistry()


@traced("db.Create")
@kopf.on.create(*RESOURCE, registry=registry_of_mistakes)
def upside_down(**_: Any) -> None: ...


def test_the_wrong_order_of_decorators_is_found_and_named() -> None:
    """@traced above @kopf.on… is silently never called."""
    with pytest.raises(TypeError, match=r"upside_down: @traced stands above @kopf\.on"):
        configure(kopf.OperatorSettings(), registry=registry_of_mistakes)


def test_the_right_order_is_no_mistake() -> None:
    one = Operator()
    one.on("create", traced("db.Create")(one.counted("create")))
    one.configure()
    one.configure()
    ignored = [
        field
        for storage in (one.settings.persistence.diffbase_storage,)
        for field in getattr(storage, "ignored_fields", ())
    ]
    assert ("metadata", "annotations", "traceutil.dev/object-span") in ignored
    assert len(ignored) == len(set(ignored))


def test_an_operator_that_runs_again_closes_with_what_it_has_then(api: Api) -> None:
    """In the next test of its project, say: same handlers, another tracer and other settings."""
    one = Operator()
    one.on("create", traced("db.Create")(one.counted("create")))
    one.configure()
    again = Operator()
    again.registry = one.registry
    again.configure()
    with again.run(api):
        api.create(size=1)
        until(lambda: again.reasons() == ["reached"], "the root was not closed by the second tracer")
    assert one.spans.tree() == ""
