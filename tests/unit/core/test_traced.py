"""`@traced` called as kopf calls handlers, and around plain reconcilers."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import kopf
import pytest

from tests.unit.core.handlers import (
    CHANGE,
    EVENT,
    Reason,
    appends,
    attributes,
    called_by_kopf,
    nests,
    nothing,
    opens,
    patches,
    returns,
    says_so,
    stays,
    works,
    writes,
)
from tests.unit.core.objects import UID, Object, at, database, deployment, reached, record_of, with_record
from traceutil import (
    derive,
    start_span_from_object,
    traced,
)
from traceutil.change import change_id
from traceutil.places import OPT_OUT
from traceutil.semconv import REASON, WORK
from traceutil.testing import capture_spans


@pytest.mark.parametrize(
    ("body", "kwargs", "expected"),
    [
        pytest.param(
            nothing, CHANGE, "presumed", id="a change handler in which nothing was seen is presumed"
        ),
        pytest.param(
            nothing, {**CHANGE, "reason": "delete"}, "presumed", id="a delete handler, its reason as text"
        ),
        pytest.param(nothing, EVENT, None, id="an event handler that did nothing"),
        pytest.param(nothing, {"reason": Reason.RESUME}, None, id="a resume handler that did nothing"),
        pytest.param(stays, EVENT, None, id="an event handler that found desired state as it should be"),
        pytest.param(writes, EVENT, "work", id="an encode that found desired state different"),
        pytest.param(writes, CHANGE, "work", id="the same in a change handler"),
        pytest.param(opens, EVENT, "work", id="an object span that was opened"),
        pytest.param(says_so, EVENT, "work", id="work_done()"),
        pytest.param(patches, EVENT, "work", id="kopf's patch is different after than before"),
        pytest.param(appends, EVENT, "work", id="a function was added to kopf's patch"),
        pytest.param(returns, CHANGE, "work", id="a returned value that kopf will store in status"),
        pytest.param(returns, EVENT, None, id="what an event handler returns is not stored"),
        pytest.param(nests, EVENT, "work", id="nested work that was work"),
    ],
)
@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
async def test_work_is_known(
    body: Callable[..., Any], kwargs: dict[str, Any], expected: str | None, is_async: bool
) -> None:
    """No work, no span; what is only presumed says so."""

    async def awaited(**given: Any) -> Any:
        await asyncio.sleep(0)
        return body(**given)

    with capture_spans() as spans:
        given = called_by_kopf(**kwargs)
        decorated = traced("test.Handle")(awaited if is_async else body)
        result = decorated(**given)
        if is_async:
            await result
        found = spans.all("test.Handle")
    assert [attributes(span).get(WORK, "work") for span in found] == ([] if expected is None else [expected])


def test_a_returned_value_that_stands_in_status_already_is_no_news() -> None:
    def handle(**_: Any) -> int:
        return 5

    with capture_spans() as spans:
        body = {**database(), "status": {"handle": 5}}
        traced("test.Handle")(handle)(**called_by_kopf(body, event_less=True))
        assert works(spans) == []


def test_a_plain_reconciler_in_which_nothing_listens_is_unknown_and_warns_once() -> None:
    """It must not vanish in silence; the warning names the remedies."""

    @traced("test.Reconcile")
    def reconcile(obj: Object) -> None: ...

    with capture_spans() as spans:
        with pytest.warns(UserWarning, match=r"work_done\(\).*live=.*work="):
            reconcile(deployment())
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for _ in range(2):
                reconcile(deployment())
        assert [attributes(span)[WORK] for span in spans.all("test.Reconcile")] == ["unknown"] * 3


def test_where_something_listens_silence_means_no_work() -> None:
    """An encode that was given live=, also inside a nested span."""

    @traced("test.Reconcile")
    def reconcile(obj: Object) -> None:
        with start_span_from_object(obj, "test.Stage"):
            stays(obj)

    with capture_spans() as spans, warnings.catch_warnings():
        warnings.simplefilter("error")
        reconcile(database())
        assert spans.tree() == ""


@pytest.mark.parametrize(
    ("work", "result", "expected"),
    [
        pytest.param("always", None, 1, id="always: every call is exported"),
        pytest.param(lambda changed: changed, True, 1, id="a function of the result says work"),
        pytest.param(lambda changed: changed, False, 0, id="a function of the result says none"),
    ],
)
def test_who_decides_can_be_named(work: Any, result: Any, expected: int) -> None:
    @traced("test.Reconcile", work=work)
    def reconcile(obj: Object) -> Any:
        return result

    with capture_spans() as spans, warnings.catch_warnings():
        warnings.simplefilter("error")
        assert reconcile(deployment()) is result
        assert expected == len(spans.all("test.Reconcile"))


class Stopper:
    def is_set(self) -> bool:
        return True


def test_a_daemon_is_left_alone_with_one_warning() -> None:
    """It lives as long as its object; the warning shows the form for each iteration."""
    decorated = traced("test.Watch")(says_so)
    with capture_spans() as spans:
        with pytest.warns(UserWarning, match="only_if_work=True"):
            decorated(**called_by_kopf(stopped=Stopper()))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            decorated(**called_by_kopf(stopped=Stopper()))
        assert len(spans) == 0


def test_a_timer_that_configure_has_told_from_a_daemon_is_a_signal() -> None:
    decorated = traced("test.Tick")(says_so)
    silent = traced("test.Silent")(nothing)
    both: list[Any] = [decorated, silent]
    for each in both:
        each.__traceutil__.is_timer = True
    with capture_spans() as spans:
        for each in both:
            each(**called_by_kopf(stopped=Stopper()))
        assert spans.tree() == "test.Tick"


def test_the_decorator_needs_a_name() -> None:
    not_a_name: Any = nothing
    with pytest.raises(TypeError, match="needs the span's name"):
        traced(not_a_name)


@pytest.mark.parametrize(
    ("where", "args", "kwargs"),
    [
        pytest.param(None, (database(),), {}, id="the first argument that has metadata"),
        pytest.param(None, ("self", 5, database()), {}, id="after others that have none"),
        pytest.param(None, (), {"db": database()}, id="a keyword argument"),
        pytest.param("db", (deployment(),), {"db": database()}, id="a parameter that is named"),
        pytest.param(
            lambda item: item["object"], ({"object": database()},), {}, id="a function of the arguments"
        ),
    ],
)
def test_the_object_is_found(where: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    with capture_spans() as spans:
        traced("test.Reconcile", obj=where, work="always")(lambda *_, **__: None)(*args, **kwargs)
        assert attributes(spans.one("test.Reconcile"))["traceutil.object.kind"] == "Database"


def test_no_object_is_a_programmers_mistake() -> None:
    """Said at the first call, with the way to name it."""
    with pytest.raises(TypeError, match="obj="):
        traced("test.Reconcile")(lambda *_: None)(5, "text", {"a": 1})


def test_a_method_and_its_name_survive() -> None:
    """functools.wraps: kopf takes ids from names."""

    class Controller:
        @traced("test.Reconcile", work="always")
        def reconcile(self, obj: Object) -> str:
            """Documented."""
            return str(obj["metadata"]["name"])

    with capture_spans() as spans:
        assert Controller().reconcile(database()) == "orders"
        assert len(spans) == 1
    assert (Controller.reconcile.__name__, Controller.reconcile.__doc__) == ("reconcile", "Documented.")


def test_what_has_come_to_its_end_is_closed_before_the_body() -> None:
    """An operator that uses only @traced still gets its roots."""
    with capture_spans() as spans:
        live = with_record(database(), record_of(database()))
        handle = traced("test.Handle")(nothing)
        handle(**called_by_kopf(live, **EVENT))
        handle(**called_by_kopf(reached(live), **EVENT))
        assert attributes(spans.one("Database"))[REASON] == "reached"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(None, ["reached"], id="its handler succeeded"),
        pytest.param(kopf.TemporaryError("later"), [], id="its handler will be tried again"),
        pytest.param(kopf.PermanentError("never"), ["failed"], id="its handler failed for good"),
    ],
)
def test_a_status_that_cannot_tell_closes_with_its_handler(
    error: Exception | None, expected: list[str]
) -> None:
    """Under the ids that everybody derives, for nobody brought a context."""

    @traced("test.Handle")
    def handle(**_: Any) -> None:
        if error is not None:
            raise error

    with capture_spans() as spans:
        body = database()
        with nullcontext() if error is None else pytest.raises(type(error)):
            handle(**called_by_kopf(body, **CHANGE))
        roots = spans.all("Database")
    assert expected == [attributes(span)[REASON] for span in roots]
    for span in roots:
        assert span.context is not None
        assert (span.context.trace_id, span.context.span_id) == derive.object_ids(UID, change_id(body))


def test_a_deletion_seen_by_an_event_handler_ends_the_trace() -> None:
    with capture_spans() as spans:
        body = database(deletionTimestamp=at(0))
        event = {"type": "DELETED", "object": body}
        traced("test.Handle")(nothing)(**called_by_kopf(body, event=event))
        assert attributes(spans.one("Database"))["traceutil.change"] == "deletion"


def test_an_object_that_opted_out_does_not_speak_for_the_work_around_it() -> None:
    """A traced function inside another's work: its silence, or its result, is not the other's."""

    @traced("test.Inner")
    def inner(obj: Object) -> None: ...

    @traced("test.Outer")
    def outer(obj: Object) -> None:
        stays(obj)
        inner(deployment(annotations={OPT_OUT: "disabled"}))

    with capture_spans() as spans:
        outer(database())
        assert len(spans) == 0
