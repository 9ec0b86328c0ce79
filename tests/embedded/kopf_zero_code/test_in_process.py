"""`KopfInstrumentor` in code: embedded operators, several in one process, on and off."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import kopf
import pytest
from aiohttp import web

from demo.apiserver import ClusterThread
from tests.embedded.kopf_operators.in_process import Operator
from tests.embedded.kopf_operators.operators import PATH, QUIET, Api, operator, until
from tests.unit.core.receivers import Received
from traceutil import sdk, traced
from traceutil.ids import RandomIds
from traceutil.integrations.kopf.instrumentor import KopfInstrumentor
from traceutil.semconv import OUTCOME, WORK
from traceutil.testing import CapturedSpans

ESSENCE = "kopf.zalando.org/last-handled-configuration"


@pytest.fixture
def instrumentor() -> Iterator[KopfInstrumentor]:
    """On, for all operators of this process."""
    one = KopfInstrumentor()
    one.instrument()
    yield one
    if one.is_instrumented_by_opentelemetry:
        one.uninstrument()


def handled(api: Api, name: str = "orders") -> bool:
    return ESSENCE in api.get(name)["metadata"].get("annotations", {})


def create(**_: Any) -> None: ...


def test_each_embedded_operator_has_the_tracer_in_use_there(api: Api, instrumentor: Any) -> None:
    """Two operators in one process, on the same object, each with its own settings and spans."""
    first, second = Operator("first"), Operator("second")
    for one in (first, second):
        one.on("create", create)
        one.settings.persistence.finalizer = f"{one.spans.tracer.settings.component}.example.com/finalizer"
        storage = kopf.AnnotationsDiffBaseStorage(prefix=f"{one.spans.tracer.settings.component}.example.com")
        one.settings.persistence.diffbase_storage = storage
    with first.run(api, "first"), second.run(api, "second"):
        api.create(size=1)
        until(lambda: first.reasons() and second.reasons(), "a root was not closed")

    assert "Database\n  first.create" == first.spans.tree()
    assert "Database\n  second.create" == second.spans.tree()


def test_turned_off_it_is_off_in_operators_that_run(api: Api, instrumentor: KopfInstrumentor) -> None:
    """And kopf's functions are those that they were."""
    one = Operator()
    one.on("create", one.counted("create"))
    with one.run(api):
        api.create("before", size=1)
        until(lambda: one.reasons() == ["reached"], "the root was not closed")
        instrumentor.uninstrument()
        api.create("after", size=1)
        until(lambda: handled(api, "after"), "the object was not handled")

    assert "Database\n  operator.create" == one.spans.tree()
    assert not hasattr(kopf.adopt, "__wrapped__")


def test_turning_it_on_twice_traces_once(api: Api, instrumentor: KopfInstrumentor) -> None:
    instrumentor.instrument()
    KopfInstrumentor().instrument()
    one = Operator()
    one.on("create", create)
    with one.run(api):
        api.create(size=1)
        until(lambda: one.reasons() == ["reached"], "the root was not closed")

    assert "Database\n  operator.create" == one.spans.tree()


@pytest.mark.parametrize("configured", [False, True], ids=["alone", "and configure() was called"])
def test_a_handler_that_is_traced_is_not_traced_twice(api: Api, instrumentor: Any, configured: bool) -> None:
    """Its own name stays; roots are closed once; timers are told from daemons."""
    one = Operator()
    one.on("create", traced("db.Create")(one.counted("create")))
    tick = one.counted("tick", lambda patch, **_: patch.status.update(ok=True))
    one.on("timer", traced("db.Tick")(tick), interval=0.1)
    if configured:
        one.configure()
    with one.run(api):
        api.create(size=1)
        until(lambda: one.reasons() and one.spans.all("db.Tick"), "not traced")

    assert {"db.Create", "db.Tick", "Database"} == {span.name for span in one.spans}
    assert 1 == len(one.spans.all("db.Create"))


def test_work_continues_the_context_that_the_object_carries(api: Api, instrumentor: Any) -> None:
    """Whoever wrote it; and an object that wants no tracing gets none."""
    one = Operator()
    one.on("create", one.counted("create"))
    written: dict[str, Any] = {
        "apiVersion": "example.com/v1",
        "kind": "Database",
        "metadata": {"name": "orders"},
        "spec": {"size": 1},
    }
    somebody = CapturedSpans("somebody", ids=RandomIds())
    somebody.clock.now = time.time_ns()
    span = somebody.tracer.trace_until_reached(written, closer="operator")
    quiet = {**written, "metadata": {"name": "quiet", "annotations": {"traceutil.dev/tracing": "disabled"}}}
    with one.run(api):
        api.send("POST", PATH, written)
        api.send("POST", PATH, quiet)
        until(lambda: handled(api, "quiet") and one.reasons() == ["reached"], "a root was not closed")

    assert ["create", "create"] == one.calls
    assert "Database\n  operator.create" == one.spans.tree()
    (work,) = one.spans.all("operator.create")
    assert work.parent is not None
    assert span.context.trace_id == work.parent.trace_id


def test_our_annotations_trigger_no_handler(api: Api, instrumentor: Any) -> None:
    """Also where a startup handler of the operator has replaced kopf's storage."""
    one = Operator()
    one.on("create", create)
    one.on("update", one.counted("update"))

    @kopf.on.startup(registry=one.registry)
    def own_storage(settings: kopf.OperatorSettings, **_: Any) -> None:
        settings.persistence.diffbase_storage = kopf.AnnotationsDiffBaseStorage(prefix="own.example.com")

    with one.run(api):
        api.create(size=1)
        until(lambda: one.reasons() == ["reached"], "the root was not closed")
        patch: dict[str, Any] = {"metadata": {}, "spec": {"size": 1}}
        CapturedSpans("somebody").tracer.trace_until_reached(patch)
        api.patch(patch)
        time.sleep(QUIET)
        assert [] == one.calls
        api.patch({"spec": {"size": 2}})
        until(lambda: one.calls == ["update"], "a true change was not handled")


@pytest.mark.parametrize("adopt", [True, False], ids=["asked for", "not asked for"])
def test_an_adopted_child_carries_context_when_asked_for(api: Api, adopt: bool) -> None:
    """That of the object span of the object that is handled; outside of handlers, nothing."""
    one = Operator()
    children: list[dict[str, Any]] = [{"kind": "ConfigMap"}, {"kind": "Secret"}]

    def adopts(**_: Any) -> None:
        kopf.adopt(children)

    one.on("create", adopts)
    instrumentor = KopfInstrumentor()
    instrumentor.instrument(adopt=adopt)
    try:
        with one.run(api):
            api.create(size=1)
            until(lambda: one.reasons() == ["reached"], "the root was not closed")
        outside: dict[str, Any] = {"kind": "ConfigMap"}
        kopf.adopt(outside, owner=kopf.Body(api.get()))  # type: ignore[arg-type]
    finally:
        instrumentor.uninstrument()

    root = one.spans.one("Database").context
    assert root is not None
    carried = [f"00-{root.trace_id:032x}-{root.span_id:016x}-01"] * 2 if adopt else [None, None]
    found = [child["metadata"].get("annotations", {}) for child in children]
    assert carried == [each.get("tracing.k8s.io/traceparent") for each in found]
    assert "annotations" not in outside["metadata"]


SLOW = 0.4


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(200, {}, id="accepted"),
        pytest.param(403, {"error.type": "kopf._cogs.clients.errors.APIForbiddenError"}, id="refused"),
    ],
)
def test_a_span_lasts_until_the_patch_of_kopf_is_answered(
    instrumentor: Any, collector: Received, answer: int, outcome: dict[str, str]
) -> None:
    """The handler returns at once, the API server takes its time; what it refused has failed."""

    @web.middleware
    async def slow(request: web.Request, handler: Any) -> Any:
        if request.method == "PATCH" and request.path.endswith("orders/status"):
            await asyncio.sleep(SLOW)
            if answer != 200:
                return web.json_response({"kind": "Status", "code": answer}, status=answer)
        return await handler(request)

    one = Operator()
    one.on("event", lambda patch, **_: patch.status.update(seen=True))
    one.settings.networking.error_backoffs = []
    telemetry = sdk.setup("operator", collector.url, set_global=False)
    with telemetry, ClusterThread(middlewares=[slow]) as cluster:
        api = Api(cluster)
        api.define()
        with operator(api, one.registry, one.settings, telemetry.tracer()):
            api.create(size=1)
            until(lambda: telemetry.flush() and collector.spans, "nothing was exported")

    work = next(span for span in collector.spans if span.name == "operator.lambda")
    assert SLOW <= (work.end_time_unix_nano - work.start_time_unix_nano) / 1e9 < 10 * SLOW
    said = {each.key: each.value.string_value for each in work.attributes}
    assert outcome == {key: said[key] for key in said if key == "error.type"}


def test_a_patch_that_moved_nothing_is_no_work(api: Api, instrumentor: Any) -> None:
    """kopf sends it all the same; the server says that nothing changed."""
    one = Operator()
    one.on("event", one.counted("look", lambda patch, **_: patch.metadata.labels.update(a="1")))
    body = {"apiVersion": "example.com/v1", "kind": "Database", "spec": {}}
    with one.run(api):
        api.send("POST", PATH, {**body, "metadata": {"name": "orders", "labels": {"a": "1"}}})
        until(lambda: one.calls and api.requests_of("operator"), "kopf did not patch")
        time.sleep(QUIET)

    assert [] == list(one.spans)


def test_a_change_handler_in_which_nothing_was_seen_is_presumed_to_have_worked(
    api: Api, instrumentor: Any
) -> None:
    """kopf ran it because desired state changed."""
    one = Operator()
    one.on("create", create, id="silent")
    one.on("create", lambda **_: "made", id="telling")
    with one.run(api):
        api.create(size=1)
        until(lambda: one.reasons() == ["reached"], "the root was not closed")

    said = {span.name: dict(span.attributes or {}).get(WORK) for span in one.spans}
    assert {"Database": None, "operator.create": "presumed", "operator.lambda": None} == said


def test_tracing_that_fails_fails_nothing_and_is_counted(api: Api, instrumentor: Any) -> None:
    """kopf's own annotation is no JSON: kopf cannot handle that object either, but all others."""
    one = Operator()
    one.on("create", create)
    body = {"apiVersion": "example.com/v1", "kind": "Database", "spec": {}}
    with one.run(api):
        api.send("POST", PATH, {**body, "metadata": {"name": "broken", "annotations": {ESSENCE: "{"}}})
        until(lambda: one.spans.tracer.health.total("untraced"), "nothing was counted")
        api.create(size=1)
        until(lambda: one.reasons() == ["reached"], "the root was not closed")

    assert "Database\n  operator.create" == one.spans.tree()
    assert {("untraced", "event"): 1} == one.spans.tracer.health.snapshot()


def test_handlers_that_a_handler_executes_are_its_stages(api: Api, instrumentor: Any) -> None:
    """By `kopf.execute`, as by the decorators."""
    one = Operator()

    async def create(**_: Any) -> None:
        await kopf.execute(fns={"users": one.counted("grant")})

    one.on("create", create)
    with one.run(api):
        api.create(size=1)
        until(lambda: one.reasons() == ["reached"], "the root was not closed")

    assert "Database\n  operator.create\n    operator.grant" == one.spans.tree()


def test_a_handler_that_is_cancelled_ends_its_span(api: Api, instrumentor: Any) -> None:
    """The operator stops in the middle of it."""
    one = Operator()

    async def endless(**_: Any) -> None:
        one.calls.append("endless")
        await asyncio.sleep(600)

    one.on("create", endless)
    one.settings.process.ultimate_exiting_timeout = None
    one.settings.queueing.exit_timeout = 0.1
    with one.run(api):
        api.create(size=1)
        until(lambda: bool(one.calls), "the handler did not begin")

    (span,) = one.spans.all("operator.endless")
    assert "cancelled" == dict(span.attributes or {})[OUTCOME]
