"""What a request's URL speaks of."""

from __future__ import annotations

import pytest

from traceutil.integrations.clients.target import Target, split, target_of

CORE = ("", "v1")
APPS = ("apps", "v1")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/api/v1/pods", Target(*CORE, "", "pods"), id="all of a core resource"),
        pytest.param("/api/v1/namespaces/a/pods", Target(*CORE, "a", "pods"), id="those of a namespace"),
        pytest.param("/api/v1/namespaces/a/pods/b", Target(*CORE, "a", "pods", "b"), id="one object"),
        pytest.param(
            "/api/v1/namespaces/a/pods/b/binding",
            Target(*CORE, "a", "pods", "b", "binding"),
            id="a subresource",
        ),
        pytest.param(
            "/api/v1/namespaces/a/pods/b/proxy/x/y",
            Target(*CORE, "a", "pods", "b", "proxy"),
            id="what follows a proxied pod is the pod's own",
        ),
        pytest.param("/api/v1/namespaces", Target(*CORE, "", "namespaces"), id="all namespaces"),
        pytest.param("/api/v1/namespaces/a", Target(*CORE, "", "namespaces", "a"), id="a namespace"),
        pytest.param(
            "/api/v1/namespaces/a/finalize",
            Target(*CORE, "", "namespaces", "a", "finalize"),
            id="a subresource of a namespace is no resource in it",
        ),
        pytest.param(
            "/apis/apps/v1/namespaces/a/deployments/b/status",
            Target(*APPS, "a", "deployments", "b", "status"),
            id="a group's subresource",
        ),
        pytest.param("/apis/apps/v1/deployments", Target(*APPS, "", "deployments"), id="all of a group's"),
        pytest.param(
            "/k8s/clusters/c-1/apis/apps/v1/deployments",
            Target(*APPS, "", "deployments"),
            id="behind a proxy with a prefix",
        ),
        pytest.param("/apis/apps/v1", Target(), id="discovery is none"),
        pytest.param("/version", Target(), id="the version is none"),
        pytest.param("", Target(), id="nothing is none"),
    ],
)
def test_target(path: str, expected: Target) -> None:
    assert expected == target_of(path)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param(
            "https://a:1/api/v1/pods?dryRun=All&x=",
            ("https://a:1/api/v1/pods", {"dryRun": ["All"]}),
            id="a URL with a query",
        ),
        pytest.param("https://a/api", ("https://a/api", {}), id="a URL without one"),
    ],
)
def test_split(url: str, expected: tuple[str, dict[str, list[str]]]) -> None:
    assert expected == split(url)
