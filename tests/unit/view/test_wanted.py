"""Which spans are of the object that was asked for."""

from __future__ import annotations

from typing import Any

import pytest

from traceutil import semconv
from traceutil.view.spans import SpanData
from traceutil.view.wanted import Wanted


def _span(start: int = 0, name: str = "Deployment", **attributes: Any) -> SpanData:
    return SpanData("a" * 32, f"{start + 1:016x}", None, name, "x", start, start + 5, attributes=attributes)


def _object(start: int = 0, namespace: str = "default") -> SpanData:
    own = {semconv.SPAN_TYPE: "object", "k8s.deployment.name": "web", semconv.K8S_NAMESPACE_NAME: namespace}
    return _span(start, **own)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        pytest.param("deploy", "Deployment", id="kubectl's short name"),
        pytest.param("Deploy", "Deployment", id="in any case"),
        pytest.param("deployments", "Deployment", id="the plural"),
        pytest.param("deployments.apps", "Deployment", id="with its group"),
        pytest.param("Deployment", "Deployment", id="the kind itself"),
        pytest.param("pvc", "PersistentVolumeClaim", id="a kind that the conventions do not know"),
        pytest.param("databases.example.com", "databases", id="a custom resource, as it was said"),
    ],
)
def test_words_without_a_cluster(word: str, kind: str) -> None:
    """What kubectl would take, as far as it can be known without discovery."""
    assert kind == Wanted.of(word, "web").kind


@pytest.mark.parametrize(
    ("wanted", "attributes"),
    [
        pytest.param(
            Wanted("Deployment", "web", "shop"),
            {"k8s.deployment.name": "web", "k8s.namespace.name": "shop"},
            id="a kind of the conventions",
        ),
        pytest.param(Wanted("Node", "n"), {"k8s.node.name": "n"}, id="without namespace"),
        pytest.param(Wanted("Database", "db"), {"traceutil.object.name": "db"}, id="a custom resource"),
    ],
)
def test_what_a_search_asks_for(wanted: Wanted, attributes: dict[str, str]) -> None:
    """The attributes that work on the object and its own span have in common."""
    assert attributes == wanted.attributes


DATABASE = _span(
    name="Database",
    **{semconv.SPAN_TYPE: "object", semconv.OBJECT_KIND: "Database", semconv.OBJECT_NAME: "db"},
)
WORK = _span(name="deployment.CreateReplicaSet", **{"k8s.deployment.name": "web"})


@pytest.mark.parametrize(
    ("wanted", "span", "named", "own"),
    [
        pytest.param(Wanted("Deployment", "web", "default"), _object(), True, True, id="its object span"),
        pytest.param(Wanted("Deployment", "web"), _object(), True, True, id="in whichever namespace"),
        pytest.param(Wanted("Deployment", "web", "other"), _object(), False, False, id="another namespace"),
        pytest.param(Wanted("Deployment", "api"), _object(), False, False, id="another name"),
        pytest.param(Wanted("ReplicaSet", "web"), _object(), False, False, id="another kind"),
        pytest.param(Wanted("Deployment", "web"), WORK, True, False, id="work on it"),
        pytest.param(Wanted.of("databases.example.com", "db"), DATABASE, True, True, id="a custom resource"),
        pytest.param(Wanted("Backup", "db"), DATABASE, False, False, id="a custom resource of another kind"),
    ],
)
def test_spans_of_an_object(wanted: Wanted, span: SpanData, named: bool, own: bool) -> None:
    """A span names the object by the attributes of the conventions, else by ours."""
    assert named is wanted.is_named_by(span)
    assert own is bool(wanted.object_spans([span]))


def test_the_newest_object_span_is_last() -> None:
    """Each once, in whichever order, and as often as they were exported."""
    old, new = _object(3), _object(9)
    assert [old, new] == Wanted("Deployment", "web").object_spans([new, old, WORK, new])


def test_it_is_called_by_kind_namespace_and_name() -> None:
    """As a drawing calls it."""
    assert ["Deployment shop/web", "Node n"] == [
        str(Wanted("Deployment", "web", "shop")),
        str(Wanted("Node", "n")),
    ]
