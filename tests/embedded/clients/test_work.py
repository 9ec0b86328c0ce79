"""Every client against the embedded API server: which requests are work, and which are not."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.conformance.objects import deployment
from tests.embedded.clients.drivers import DRIVERS
from traceutil import start_span_from_object
from traceutil.semconv import WORK
from traceutil.testing import CapturedSpans

pytestmark = pytest.mark.slow
Act = Callable[[Any, dict[str, Any]], Awaitable[Any]]

EVERY = tuple(DRIVERS)
#: kr8s's sync objects have no replace, apply or dry run.
FULL = tuple(name for name in DRIVERS if name != "kr8s")


async def judged(driver: Any, captured: CapturedSpans, obj: Any, act: Act) -> str | None:
    """What the span of a reconcile of `obj` that does `act` says of its work; None: it was not exported."""
    captured.clear()
    with start_span_from_object(obj, "test.Reconcile", only_if_work=True):
        await act(driver, obj)
    spans = list(captured)
    return str((spans[0].attributes or {}).get(WORK, "work")) if spans else None


async def creates(driver: Any, obj: Any) -> None:
    await driver.create(deployment("other"))


async def reads(driver: Any, obj: Any) -> None:
    assert "web" in await driver.names()
    assert "web" == (await driver.get("web"))["metadata"]["name"]
    assert ["MODIFIED"] == await driver.watched(obj["metadata"]["resourceVersion"], 1)


async def patches(driver: Any, obj: Any) -> None:
    await driver.patch("web", {"spec": {"replicas": 5}})


async def patches_what_is_so(driver: Any, obj: Any) -> None:
    await driver.patch("web", {"spec": {"replicas": 3}})


async def patches_conditionally(driver: Any, obj: Any) -> None:
    version = (await driver.get("web"))["metadata"]["resourceVersion"]
    await driver.patch("web", {"metadata": {"resourceVersion": version}, "spec": {"replicas": 5}})


async def reports_progress(driver: Any, obj: Any) -> None:
    await driver.patch_status("web", {"status": {"replicas": 1, "observedGeneration": 2}})


async def reports_reached(driver: Any, obj: Any) -> None:
    counts = dict.fromkeys(("replicas", "readyReplicas", "updatedReplicas", "availableReplicas"), 3)
    await driver.patch_status("web", {"status": {**counts, "observedGeneration": 2}})


async def deletes(driver: Any, obj: Any) -> None:
    await driver.delete("web")


async def deletes_what_is_missing(driver: Any, obj: Any) -> None:
    with contextlib.suppress(Exception):
        await driver.delete("missing")


async def conflicts(driver: Any, obj: Any) -> None:
    body = {"metadata": {"resourceVersion": "1"}, "spec": {"replicas": 9}}
    with contextlib.suppress(Exception):
        await driver.patch("web", body)


EVERYWHERE = [
    pytest.param(creates, "work", id="a creation is work"),
    pytest.param(reads, None, id="get, list and watch are none, and work as without us"),
    pytest.param(patches, "presumed", id="a blind patch that moved the version is presumed to be work"),
    pytest.param(patches_what_is_so, None, id="a patch that moved nothing is none"),
    pytest.param(patches_conditionally, "work", id="a patch on a resourceVersion that moved it is work"),
    pytest.param(reports_progress, None, id="a status that leaves the verdict as it is, is none"),
    pytest.param(reports_reached, "work", id="a status that changes the verdict is work"),
    pytest.param(deletes, "work", id="a deletion is work"),
    pytest.param(deletes_what_is_missing, None, id="the deletion of what is not there is none"),
    pytest.param(conflicts, None, id="a conflict that the controller puts up with is none"),
]


@pytest.mark.parametrize("driver", EVERY, indirect=True)
@pytest.mark.parametrize(("act", "expected"), EVERYWHERE)
async def test_what_is_work(driver: Any, captured: CapturedSpans, act: Act, expected: str | None) -> None:
    """A reconcile of a Deployment that was scaled from 2 to 3."""
    with driver.integration.instrument(driver.client):
        obj = await driver.create(deployment())
        await driver.patch("web", {"spec": {"replicas": 3}})
        assert expected == await judged(driver, captured, obj, act)


async def dry_run(driver: Any, obj: Any) -> None:
    await driver.create(deployment("other"), dry_run=True)


async def sends_back(driver: Any, obj: Any) -> None:
    await driver.replace(await driver.get("web"))


async def replaces(driver: Any, obj: Any) -> None:
    live = await driver.get("web")
    live["spec"]["replicas"] = 7
    await driver.replace(live)


async def applies_new(driver: Any, obj: Any) -> None:
    await driver.apply(deployment("other"))


async def applies_again(driver: Any, obj: Any) -> None:
    await driver.apply(deployment("applied"))


async def applies_change(driver: Any, obj: Any) -> None:
    await driver.apply(deployment("applied", replicas=6))


WITH_APPLY = [
    pytest.param(dry_run, None, id="a dry run is none"),
    pytest.param(sends_back, None, id="an object sent back as it was read is none"),
    pytest.param(replaces, "work", id="an object sent back with another spec is work"),
    pytest.param(applies_new, "work", id="an apply that creates is work"),
    pytest.param(applies_again, None, id="an apply of what is so already is none"),
    pytest.param(applies_change, "presumed", id="an apply that moved the version is presumed to be work"),
]


@pytest.mark.parametrize("driver", FULL, indirect=True)
@pytest.mark.parametrize(("act", "expected"), WITH_APPLY)
async def test_what_else_is_work(
    driver: Any, captured: CapturedSpans, act: Act, expected: str | None
) -> None:
    """The same for dry runs, replacing and server-side apply."""
    with driver.integration.instrument(None):
        obj = await driver.create(deployment())
        await driver.apply(deployment("applied"))
        assert expected == await judged(driver, captured, obj, act)


@pytest.mark.parametrize("driver", EVERY, indirect=True)
async def test_a_deletion_under_way_is_no_work(driver: Any, captured: CapturedSpans) -> None:
    """To delete again what waits for its finalizer moves nothing."""
    with driver.integration.instrument(driver.client):
        obj = await driver.create(deployment() | {"metadata": {"name": "web", "finalizers": ["a.example/b"]}})
        assert "work" == await judged(driver, captured, obj, deletes)
        assert "web" in await driver.names()
        assert None is await judged(driver, captured, obj, deletes)


#: kubernetes.aio reads its watches where nobody can listen.
WATCHED = tuple(name for name in DRIVERS if name != "kubernetes-aio")


@pytest.mark.parametrize("driver", WATCHED, indirect=True)
async def test_a_watch_tells_versions_too(driver: Any, captured: CapturedSpans) -> None:
    """What another writer moved, and the client's own watch showed, is no work of the patch that follows."""
    with driver.integration.instrument(driver.client):
        obj = await driver.create(deployment())
    await driver.patch("web", {"spec": {"replicas": 3}})  # somebody else: nobody listens
    with driver.integration.instrument(driver.client):
        assert "presumed" == await judged(driver, captured, obj, patches_what_is_so)
        assert None is await judged(driver, captured, obj, patches_what_is_so)
    with driver.integration.instrument(driver.client):
        assert ["MODIFIED"] == await driver.watched(obj["metadata"]["resourceVersion"], 1)
        assert None is await judged(driver, captured, obj, patches_what_is_so)
