"""Which resource a word names, as kubectl takes it."""

from __future__ import annotations

import pytest

from traceutil.cli.errors import BadInput
from traceutil.cli.resources import Resource, find, parse_plain, split_target

PODS = Resource("", "v1", "pods", "Pod", True, "pod", ("po",))
EVENTS = Resource("", "v1", "events", "Event", True, "event", ("ev",))
NODES = Resource("", "v1", "nodes", "Node", False, "node", ("no",))
DEPLOYMENTS = Resource("apps", "v1", "deployments", "Deployment", True, "deployment", ("deploy",))
NEW_EVENTS = Resource("events.k8s.io", "v1", "events", "Event", True, "event", ("ev",))
CERTIFICATES = Resource(
    "cert-manager.io", "v1", "certificates", "Certificate", True, "certificate", ("cert",)
)
OLD = Resource("cert-manager.io", "v1beta1", "certificates", "Certificate", True, "certificate", ("cert",))
OTHERS = Resource("example.org", "v1", "certificates", "Certificate", True, "certificate")
ALL = [PODS, EVENTS, NODES, DEPLOYMENTS, NEW_EVENTS, CERTIFICATES, OLD]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("deployments", DEPLOYMENTS, id="the plural"),
        pytest.param("deployment", DEPLOYMENTS, id="the singular"),
        pytest.param("Deployment", DEPLOYMENTS, id="the kind, in its own case"),
        pytest.param("DEPLOYMENT", DEPLOYMENTS, id="and in any other"),
        pytest.param("deploy", DEPLOYMENTS, id="a short name"),
        pytest.param("deployments.apps", DEPLOYMENTS, id="plural and group"),
        pytest.param("deployment.v1.apps", DEPLOYMENTS, id="singular, version and group"),
        pytest.param("events", EVENTS, id="of two groups, the core one"),
        pytest.param("events.events.k8s.io", NEW_EVENTS, id="or that which is asked for"),
        pytest.param("cert", CERTIFICATES, id="of two versions, the server's first"),
        pytest.param("certificates.v1beta1.cert-manager.io", OLD, id="or the one that is asked for"),
        pytest.param("certificates.cert-manager.io", CERTIFICATES, id="a group with a dot"),
    ],
)
def test_a_word_names_a_resource(word: str, expected: Resource) -> None:
    """kubectl's spellings all work."""
    assert expected == find(ALL, word)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param(
            "deploymnts",
            "the cluster has no resource 'deploymnts'; did you mean 'deployments'?",
            id="a slip of the finger",
        ),
        pytest.param(
            "widgets",
            "the cluster has no resource 'widgets'; is its CustomResourceDefinition installed?",
            id="a kind that is not there",
        ),
        pytest.param(
            "certificates",
            "'certificates' is served by several API groups; "
            "say certificates.cert-manager.io or certificates.example.org",
            id="two groups",
        ),
    ],
)
def test_a_word_that_names_none(word: str, expected: str) -> None:
    """What can be meant instead is told in one line."""
    with pytest.raises(BadInput) as raised:
        find([*ALL, OTHERS], word)

    assert expected == str(raised.value)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(("deploy/web",), ("deploy", "web"), id="with a slash"),
        pytest.param(("deployment", "web"), ("deployment", "web"), id="in two words"),
    ],
)
def test_targets(words: tuple[str, ...], expected: tuple[str, str]) -> None:
    """Both of kubectl's ways to name an object."""
    assert expected == split_target(words)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param((), id="nothing"),
        pytest.param(("web",), id="a name without a kind"),
        pytest.param(("deploy/",), id="a kind without a name"),
        pytest.param(("/web",), id="a slash and a name"),
        pytest.param(("deploy/web", "db"), id="two names"),
        pytest.param(("a/b/c",), id="too many slashes"),
        pytest.param(("pod/..",), id="a name that would leave its path"),
        pytest.param(("pod", "%2e%2e"), id="one that is encoded"),
    ],
)
def test_no_targets(words: tuple[str, ...]) -> None:
    """Anything else is refused, with an example of what works."""
    with pytest.raises(BadInput, match="use KIND/NAME, such as deployment/web"):
        split_target(words)


@pytest.mark.parametrize(
    ("resource", "namespace", "name", "expected"),
    [
        pytest.param(PODS, "default", "a", "/api/v1/namespaces/default/pods/a", id="an object of the core"),
        pytest.param(DEPLOYMENTS, "", "", "/apis/apps/v1/deployments", id="a collection of all namespaces"),
        pytest.param(NODES, "default", "n", "/api/v1/nodes/n", id="what has no namespace"),
    ],
)
def test_paths(resource: Resource, namespace: str, name: str, expected: str) -> None:
    """Where the API server serves it."""
    assert expected == resource.path(namespace, name)


def test_plain_discovery() -> None:
    """Subresources go to their resource, and are none of their own."""
    document = {
        "groupVersion": "apps/v1",
        "resources": [
            {"name": "deployments", "singularName": "deployment", "namespaced": True, "kind": "Deployment",
             "shortNames": ["deploy"]},
            {"name": "deployments/status", "singularName": "", "namespaced": True, "kind": "Deployment"},
        ],
    }  # fmt: skip

    assert [
        Resource("apps", "v1", "deployments", "Deployment", True, "deployment", ("deploy",), ("status",))
    ] == list(parse_plain(document))
