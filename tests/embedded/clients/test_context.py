"""Every client against the embedded API server: context is written into what is created, where asked to."""

from __future__ import annotations

import contextlib
import copy
from typing import Any

import pytest

from tests.conformance.objects import deployment
from tests.embedded.clients.drivers import DRIVERS
from traceutil import context_from_object, object_span, start_span_from_object
from traceutil.places import OPT_OUT
from traceutil.testing import CapturedSpans

pytestmark = pytest.mark.slow

TRACEPARENT = "tracing.k8s.io/traceparent"
EVERY = tuple(DRIVERS)
APPLYING = tuple(name for name in DRIVERS if name != "kr8s")


def annotations(obj: Any) -> dict[str, str]:
    return dict(obj["metadata"].get("annotations") or {})


def named(name: str, **of_metadata: Any) -> dict[str, Any]:
    return deployment(name) | {"metadata": {"name": name, **of_metadata}}


@pytest.mark.parametrize("driver", EVERY, indirect=True)
async def test_a_child_carries_the_owners_trace(driver: Any, captured: CapturedSpans) -> None:
    """What is created in a work span carries the object span of the object that the work moves; the caller's
    own annotations are kept, and its object is left as it was."""
    with driver.integration.instrument(driver.client, encode=True):
        web = await driver.create(named("web"))
        child = named("child", annotations={"a.example/b": "kept"})
        before = copy.deepcopy(child)
        with start_span_from_object(web, "test.Reconcile"):
            await driver.create(child)
        stored = await driver.get("child")
    assert before == child
    span = object_span(web).context
    expected = f"00-{span.trace_id:032x}-{span.span_id:016x}-{int(span.trace_flags):02x}"
    assert {"a.example/b": "kept", TRACEPARENT: expected} == annotations(stored)
    assert {} == annotations(web)  # outside of work: nothing


@pytest.mark.parametrize("driver", EVERY, indirect=True)
async def test_off_unless_asked_for(driver: Any, captured: CapturedSpans) -> None:
    """Nothing is written by default, nor into an object that opts out."""
    with driver.integration.instrument(driver.client):
        web = await driver.create(named("web"))
        with start_span_from_object(web, "test.Reconcile"):
            assert {} == annotations(await driver.create(named("child")))
    with (
        driver.integration.instrument(driver.client, encode=True),
        start_span_from_object(web, "test.Reconcile"),
    ):
        made = await driver.create(named("quiet", annotations={OPT_OUT: "disabled"}))
        assert {OPT_OUT: "disabled"} == annotations(made)


@pytest.mark.parametrize("driver", EVERY, indirect=True)
async def test_a_patch_of_what_was_read(driver: Any, captured: CapturedSpans) -> None:
    """A patch takes the context where the object was read in the same work and desired state differs; where
    it is equal, or nobody knows, the patch is sent as it is."""
    with driver.integration.instrument(driver.client, encode=True):
        web = await driver.create(named("web"))
        child = await driver.create(named("child"))
        with start_span_from_object(web, "test.Reconcile"):
            await driver.patch("child", {"spec": {"replicas": 4}})
            assert {} == annotations(await driver.get("child"))
            same = await driver.patch("child", {"spec": {"replicas": 4}})
            assert {} == annotations(same)
            changed = await driver.patch("child", {"spec": {"replicas": 5}})
            assert [TRACEPARENT] == list(annotations(changed))
            await driver.get("child")
            again = await driver.patch("child", {"spec": {"replicas": 5}})
    assert changed["metadata"]["resourceVersion"] == again["metadata"]["resourceVersion"]
    assert child["metadata"]["uid"] == again["metadata"]["uid"]


@pytest.mark.parametrize("driver", APPLYING, indirect=True)
async def test_an_apply_after_a_look(driver: Any, captured: CapturedSpans) -> None:
    """A reconciler that looks before it applies: context with the creation, kept byte for byte afterwards,
    also by the next process; one that does not look applies what it always did."""
    with driver.integration.instrument(driver.client, encode=True):
        web = await driver.create(named("web"))
        with start_span_from_object(web, "test.Reconcile"):
            assert {} == annotations(await driver.apply(named("blind")))
    versions, carried = set(), []
    for _ in range(3):  # three processes: nothing is remembered but what the cluster holds
        with (
            driver.integration.instrument(driver.client, encode=True),
            start_span_from_object(web, "test.Reconcile"),
        ):
            with contextlib.suppress(Exception):  # the first time there is none
                await driver.get("looked-at")
            made = await driver.apply(named("looked-at"))
            versions.add(made["metadata"]["resourceVersion"])
            carried.append(list(annotations(made)))
    assert (1, [[TRACEPARENT]] * 3) == (len(versions), carried)


@pytest.mark.parametrize("driver", EVERY, indirect=True)
async def test_what_was_created_continues_the_trace(driver: Any, captured: CapturedSpans) -> None:
    """The next controller, which sees the child, works in the owner's trace."""
    with driver.integration.instrument(driver.client, encode=True):
        web = await driver.create(named("web"))
        with start_span_from_object(web, "test.Reconcile"):
            child = await driver.create(named("child"))
        with start_span_from_object(child, "next.Reconcile"):
            pass
    spans = captured.one("test.Reconcile"), captured.one("next.Reconcile")
    assert 1 == len({span.context.trace_id for span in spans if span.context})
    assert context_from_object(child) != context_from_object(web)
