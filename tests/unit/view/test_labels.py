"""What spans are called; nothing from a cluster steers the terminal."""

from __future__ import annotations

from typing import Any

import pytest

from traceutil.view import labels
from traceutil.view.spans import EventData, SpanData, Status


def span(name: str, status: Status = "unset", message: str = "", **attributes: Any) -> SpanData:
    given = {key.replace("__", "."): value for key, value in attributes.items()}
    return SpanData("t", "s", None, name, "service", 0, 10, status, message, attributes=given)


POD = {"traceutil__span__type": "object", "k8s__pod__name": "web-a", "k8s__namespace__name": "shop"}
CUSTOM = {
    "traceutil__span__type": "object",
    "traceutil__object__kind": "Database",
    "traceutil__object__name": "orders",
}


@pytest.mark.parametrize(
    ("given", "root", "expected"),
    [
        pytest.param(span("Pod", **POD), True, "Pod shop/web-a", id="a root says its namespace"),
        pytest.param(span("Pod", **POD), False, "Pod web-a", id="what is below a root does not"),
        pytest.param(span("Database", **CUSTOM), True, "Database orders", id="a custom kind, cluster-wide"),
        pytest.param(
            span("Pod", **POD, traceutil__change="deletion"),
            False,
            "Pod web-a  deletion",
            id="a deletion says so",
        ),
        pytest.param(span("Pod", **{**POD, "k8s__pod__name": ""}), True, "Pod", id="no name yet"),
        pytest.param(
            span("Pod", **{**POD, "k8s__pod__name": "a\x1b[2Jb\u202ec"}),
            False,
            "Pod a [2Jb c",
            id="control and direction characters are taken out",
        ),
    ],
)
def test_objects(given: SpanData, root: bool, expected: str) -> None:
    """Kind and name, as kubectl users say them."""
    assert expected == labels.object_label(given, root=root)


SYNC = span("kubelet.SyncPod", k8s__node__name="node-2")
SIDE = [span("kubelet.CreateContainer", k8s__container__name=name) for name in ("web", "proxy")]


@pytest.mark.parametrize(
    ("given", "parent", "siblings", "expected"),
    [
        pytest.param(span("deployment.Scale"), None, [], "deployment.Scale", id="work"),
        pytest.param(SYNC, None, [], "kubelet.SyncPod  node-2", id="the kubelet's says its node"),
        pytest.param(
            span("kubelet.RunPodSandbox"), SYNC, [], "RunPodSandbox", id="a stage loses its component"
        ),
        pytest.param(span("csi.Mount"), SYNC, [], "csi.Mount", id="unless it is another component's"),
        pytest.param(
            span("kubelet.PullImage", container__image__name="registry.example/team/web:2.1"),
            SYNC,
            [],
            "PullImage web:2.1",
            id="a pull says which image",
        ),
        pytest.param(SIDE[0], SYNC, SIDE, "CreateContainer web", id="two containers are told apart"),
        pytest.param(SIDE[0], SYNC, SIDE[:1], "CreateContainer", id="one needs no name"),
    ],
)
def test_work(given: SpanData, parent: SpanData | None, siblings: list[SpanData], expected: str) -> None:
    """Stages are short where the row above says the rest."""
    assert expected == labels.work_label(given, parent, siblings)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(span("Pod", traceutil__reason="reached"), (), id="reached needs no word"),
        pytest.param(span("Pod", traceutil__reason="superseded"), ("superseded",), id="superseded"),
        pytest.param(
            span(
                "Pod", traceutil__reason="failed", traceutil__message="ProgressDeadlineExceeded: it timed out"
            ),
            ("failed: ProgressDeadlineExceeded", "failed"),
            id="failed, with the reason that heads the message",
        ),
        pytest.param(
            span("Pod", traceutil__reason="failed", traceutil__message="it timed out: sorry"),
            ("failed",),
            id="a message without a reason is left to the summary",
        ),
        pytest.param(span("Pod", status="error"), ("failed",), id="an error without a reason"),
    ],
)
def test_closing(given: SpanData, expected: tuple[str, ...]) -> None:
    """How an object span closed: the fuller wording first."""
    assert expected == labels.closing(given)


def test_the_message_falls_back_to_the_recorded_exception() -> None:
    """Attribute, status, exception, type: the first that says something."""
    event = EventData("exception", 5, {"exception.message": "no route to host"})
    failed = SpanData(
        "t", "s", None, "a.B", "a", 0, 10, "error", attributes={"error.type": "OSError"}, events=(event,)
    )
    assert labels.message(failed) == "no route to host"
    assert labels.message(span("a.B", status="error", error__type="TimeoutError")) == "TimeoutError"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.42, 420_000_000),
        (2, 2_000_000_000),
        (0, None),
        (-1, None),
        ("3", None),
        (True, None),
        (float("nan"), None),
    ],
)
def test_seconds(value: object, expected: int | None) -> None:
    """Attributes are input: what is no positive number of seconds counts as absent."""
    assert expected == labels.seconds(span("a.B", waited=value), "waited")


@pytest.mark.parametrize(
    ("kind", "count", "expected"),
    [("Pod", 1, "1 Pod"), ("Pod", 1000, "1,000 Pods"), ("NetworkPolicy", 2, "2 NetworkPolicies"),
     ("Ingress", 2, "2 Ingresses"), ("Gateway", 2, "2 Gateways")],
)  # fmt: skip
def test_plural(kind: str, count: int, expected: str) -> None:
    """Kinds in numbers."""
    assert expected == labels.plural(kind, count)


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [("web-6d4f", 8, "web-6d4f"), ("a-long-name-x7k2p", 11, "a-lon…x7k2p"), ("abcdefgh", 4, "abc…")],
)
def test_shorten(text: str, width: int, expected: str) -> None:
    """The middle goes first: names differ at their ends."""
    assert expected == labels.shorten(text, width)
