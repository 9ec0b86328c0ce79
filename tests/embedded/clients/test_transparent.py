"""Every client against the embedded API server: heard, it behaves as without us; and so it does after."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import kr8s.asyncio
import kubernetes.aio.client.rest
import kubernetes.client.rest
import pytest
from kubernetes.client.exceptions import ApiException
from lightkube.core.generic_client import GenericAsyncClient, GenericSyncClient

from tests.conformance.objects import deployment
from tests.embedded.clients.drivers import DRIVERS, NAMESPACE
from traceutil import start_span_from_object, traced
from traceutil.integrations import kr8s as for_kr8s
from traceutil.integrations import kubernetes as for_kubernetes
from traceutil.integrations import lightkube as for_lightkube
from traceutil.listening import LISTENING
from traceutil.semconv import WORK
from traceutil.testing import CapturedSpans

pytestmark = pytest.mark.slow
EVERY = tuple(DRIVERS)


def methods() -> list[Any]:
    return [
        kubernetes.client.rest.RESTClientObject.request,
        kubernetes.aio.client.rest.RESTClientObject.request,
        GenericSyncClient.send,
        GenericAsyncClient.send,
        kr8s.asyncio.Api.call_api,
    ]


async def refusal(driver: Any) -> tuple[type, str, int | None]:
    try:
        await driver.create(deployment())
    except Exception as error:
        return type(error), str(error).partition("HTTP response headers")[0], getattr(error, "status", None)
    raise AssertionError("the second creation was accepted")


@pytest.mark.parametrize("driver", EVERY, indirect=True)
async def test_errors_pass_unchanged(driver: Any, captured: CapturedSpans) -> None:
    """A refusal is the same exception with the same words, and a failed attempt when it is not caught."""
    web = await driver.create(deployment())
    bare = await refusal(driver)
    with driver.integration.instrument(driver.client, encode=True):
        with start_span_from_object(web, "test.Reconcile", only_if_work=True):
            assert bare == await refusal(driver)
        assert "" == captured.tree()
        with (
            pytest.raises(bare[0]),
            start_span_from_object(web, "test.Reconcile", only_if_work=True),
        ):
            await driver.create(deployment())
    assert "test.Reconcile" == captured.tree()


def test_everything_is_put_back() -> None:
    """Turned off, no class of a client has anything of ours, in whatever order they are turned off."""
    before = methods()
    first = [each.instrument() for each in (for_kubernetes, for_lightkube, for_kr8s)]
    second = [each.instrument() for each in (for_kubernetes, for_lightkube, for_kr8s)]
    assert LISTENING.to_all
    assert not set(before) & set(methods())
    for each in (*first, *second, *first):
        each.uninstrument()
    assert before == methods()
    assert not LISTENING.to_any


@pytest.mark.parametrize("driver", EVERY, indirect=True)
async def test_one_client_of_two(driver: Any, captured: CapturedSpans) -> None:
    """Listened to by itself, a client is put back as it was; another is not touched."""
    before, owner = methods(), vars(driver.client).copy()
    with driver.integration.instrument(driver.client):
        assert before == methods()
    assert owner.keys() == vars(driver.client).keys()
    web = await driver.create(deployment())
    with start_span_from_object(web, "test.Reconcile", only_if_work=True):
        await driver.patch("web", {"spec": {"replicas": 5}})
    assert "" == captured.tree()


@pytest.mark.parametrize("integration", [for_kubernetes, for_lightkube, for_kr8s])
def test_what_is_no_client(integration: Any) -> None:
    """A clear word for what cannot be listened to."""
    with pytest.raises(TypeError, match=r"^not an? .*: int; pass "):
        integration.instrument(3)


@pytest.mark.parametrize("driver", EVERY, indirect=True)
async def test_silence_is_no_work(
    driver: Any, captured: CapturedSpans, recwarn: pytest.WarningsRecorder
) -> None:
    """A plain reconciler that is listened to says nothing where nothing was done, and warns of nothing."""

    @traced("test.Reconcile")
    async def reconcile(obj: Any, replicas: int) -> None:
        await driver.patch("web", {"spec": {"replicas": replicas}})

    with driver.integration.instrument(driver.client):
        web = await driver.create(deployment())
        await reconcile(web, 2)
        assert "" == captured.tree()
        await reconcile(web, 3)
    assert "presumed" == (captured.one("test.Reconcile").attributes or {})[WORK]
    assert [] == [str(each.message) for each in recwarn if "traced" in str(each.message)]


def read_whole(answer: Any) -> bytes:
    return answer.read()  # type: ignore[no-any-return]


def read_data(answer: Any) -> bytes:
    return answer.data  # type: ignore[no-any-return]


def read_parts(answer: Any) -> bytes:
    return b"".join(answer.stream(7))


def read_nothing(answer: Any) -> bytes:
    answer.release_conn()
    return b"{}"


@pytest.mark.parametrize("driver", ["kubernetes"], indirect=True)
@pytest.mark.parametrize(
    ("read", "expected"),
    [
        pytest.param(read_whole, "work", id="read at once"),
        pytest.param(read_data, "work", id="as `.data`"),
        pytest.param(read_parts, "presumed", id="in parts, which are not put together"),
        pytest.param(read_nothing, "presumed", id="never"),
    ],
)
async def test_a_raw_answer_is_the_callers_to_read(
    driver: Any, captured: CapturedSpans, read: Callable[[Any], bytes], expected: str
) -> None:
    """With `_preload_content=False` the caller reads the answer, as it likes; what it does not, we do not."""
    with driver.integration.instrument(driver.client):
        web = await driver.create(deployment())
        with start_span_from_object(web, "test.Reconcile", only_if_work=True):
            answer = driver.api.create_namespaced_deployment(
                NAMESPACE, deployment("other"), _preload_content=False
            )
            assert json.loads(read(answer)).get("kind", "Deployment") == "Deployment"
    assert expected == (captured.one("test.Reconcile").attributes or {}).get(WORK, "work")


@pytest.mark.parametrize("driver", ["kubernetes"], indirect=True)
async def test_a_conflict_says_what_it_always_said(driver: Any, captured: CapturedSpans) -> None:
    """The exception has its Status, headers and code, read by its reader alone."""
    with driver.integration.instrument(driver.client):
        await driver.create(deployment())
        with pytest.raises(ApiException) as refused:
            await driver.create(deployment())
    assert (409, "AlreadyExists") == (refused.value.status, json.loads(refused.value.body or "")["reason"])
