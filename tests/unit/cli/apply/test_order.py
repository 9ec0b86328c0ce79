"""In which order manifests are written."""

from __future__ import annotations

from typing import Any

import pytest

from traceutil.cli.apply.manifests import Manifest
from traceutil.cli.apply.order import definitions, ordered


def manifest(kind: str, name: str, api_version: str = "v1", **spec: Any) -> Manifest:
    obj = {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, "spec": spec}
    return Manifest(obj, "a.yaml")


NAMESPACE = manifest("Namespace", "shop")
CONFIG = manifest("ConfigMap", "web")
DEPLOYMENT = manifest("Deployment", "web", "apps/v1")
DEFINITION = manifest(
    "CustomResourceDefinition",
    "widgets.example.org",
    "apiextensions.k8s.io/v1",
    group="example.org",
    scope="Namespaced",
    names={"plural": "widgets", "kind": "Widget"},
    versions=[
        {"name": "v1", "served": True, "subresources": {"status": {}}},
        {"name": "v0", "served": False},
    ],
)
ODD = manifest(
    "CustomResourceDefinition",
    "x",
    "apiextensions.k8s.io/v1",
    names={},
    versions=[{"name": "v1", "subresources": 5}],
)
WIDGET = manifest("Widget", "a", "example.org/v1")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param([CONFIG, DEPLOYMENT], [CONFIG, DEPLOYMENT], id="the author's order stands"),
        pytest.param([DEPLOYMENT, CONFIG], [DEPLOYMENT, CONFIG], id="whichever it is"),
        pytest.param([DEPLOYMENT, NAMESPACE], [NAMESPACE, DEPLOYMENT], id="a namespace before its content"),
        pytest.param(
            [WIDGET, CONFIG, DEFINITION], [DEFINITION, CONFIG, WIDGET], id="a definition before its objects"
        ),
        pytest.param(
            [WIDGET, CONFIG], [WIDGET, CONFIG], id="a kind that is defined elsewhere is like any other"
        ),
        pytest.param([DEFINITION, NAMESPACE], [NAMESPACE, DEFINITION], id="namespaces before definitions"),
    ],
)
def test_order(given: list[Manifest], expected: list[Manifest]) -> None:
    """What others need comes first."""
    assert expected == ordered(given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(
            DEFINITION,
            [("example.org/v1", "Widget", "widgets", True, ("status",))],
            id="served versions alone",
        ),
        pytest.param(
            manifest("CustomResourceDefinition", "x", "apiextensions.k8s.io/v1"), [], id="one without names"
        ),
        pytest.param(
            ODD, [("v1", "", "", False, ())], id="subresources that are a number: the server will refuse them"
        ),
        pytest.param(CONFIG, [], id="no definition"),
    ],
)
def test_definitions(given: Manifest, expected: list[Any]) -> None:
    """The kinds that a manifest defines, as the server will serve them."""
    found = [(r.api_version, r.kind, r.plural, r.namespaced, r.subresources) for r in definitions([given])]

    assert expected == found
