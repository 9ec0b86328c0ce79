"""kubectl says and does the same on the embedded and on the real API server."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from demo.apiserver import ClusterThread
from tests.cluster.binaries import binary
from tests.cluster.control_plane import ControlPlane
from tests.conformance.objects import config, deployment, pod
from tests.embedded.demo.alone import eventually

AGE = re.compile(r"\b\d+s\b")
DONE = {
    "observedGeneration": 99,
    "replicas": 2,
    "updatedReplicas": 2,
    "readyReplicas": 2,
    "availableReplicas": 2,
    "conditions": [{"type": "Available", "status": "True"}],
}


@dataclass(frozen=True)
class Kubectl:
    """kubectl with a kubeconfig, in a namespace of this test's own."""

    directory: Path
    namespace: str

    def run(self, *args: str, given: Any = None) -> tuple[int, str]:
        """(exit code, what it said), ages left out; `given` is the manifest on stdin."""
        here = [f"--kubeconfig={self.directory / 'kubeconfig'}", f"--cache-dir={self.directory}"]
        done = subprocess.run(
            [binary("kubectl"), *here, f"--namespace={self.namespace}", *args],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        said = AGE.sub("AGE", done.stdout + done.stderr).replace(self.namespace, "NAMESPACE")
        return done.returncode, said

    def told(self, *args: str, given: Any = None) -> list[str]:
        """The lines that it said, columns parted by one blank; it must have succeeded."""
        code, said = self.run(*args, given=given)
        assert code == 0, said
        return [" ".join(line.split()) for line in said.splitlines() if line.strip()]


@pytest.fixture(params=["embedded", "real"])
def kubectl(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kubectl]:
    """kubectl on either server; the namespace is deleted afterwards."""
    cluster: ClusterThread | ControlPlane = request.getfixturevalue(
        {"embedded": "embedded_cluster", "real": "control_plane"}[request.param]
    )
    cluster.write_kubeconfig(tmp_path / "kubeconfig")
    found = Kubectl(tmp_path, f"kubectl-{uuid4().hex[:8]}")
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": found.namespace}}
    found.told("apply", "-f", "-", given=namespace)
    tried = ("create", "--dry-run=server", "-f", "-")
    eventually("pods to be let in", lambda: 0 == found.run(*tried, given=pod("probe"))[0])
    yield found
    found.told("delete", "namespace", found.namespace, "--wait=false")


def finish(kubectl: Kubectl) -> None:
    """Play the controller: the Deployment reports that all is there."""
    patch = json.dumps({"status": DONE})
    kubectl.told("patch", "deployment", "web", "--subresource=status", "--type=merge", f"--patch={patch}")


def test_apply(kubectl: Kubectl) -> None:
    """Created, then unchanged, then configured; the diff between is shown."""
    assert ["deployment.apps/web created"] == kubectl.told("apply", "-f", "-", given=deployment())
    assert ["deployment.apps/web unchanged"] == kubectl.told("apply", "-f", "-", given=deployment())
    code, diff = kubectl.run("diff", "-f", "-", given=deployment(replicas=3))
    assert (1, True) == (code, "+  replicas: 3" in diff)
    assert ["deployment.apps/web configured"] == kubectl.told(
        "apply", "-f", "-", given=deployment(replicas=3)
    )


def test_server_side_apply(kubectl: Kubectl) -> None:
    """It takes over from client-side apply, and from others only when forced."""
    kubectl.told("apply", "-f", "-", given=deployment())
    apply = ("apply", "--server-side", "-f", "-")
    applied = ["deployment.apps/web serverside-applied"]
    assert applied == kubectl.told(*apply, given=deployment(image="registry.example/web:2"))
    kubectl.told("scale", "deployment", "web", "--replicas=5")
    code, said = kubectl.run(*apply, given=deployment())
    assert (1, True) == (code, 'conflict with "kubectl" with subresource "scale"' in said)
    assert applied == kubectl.told(*apply, "--force-conflicts", given=deployment())


def test_get(kubectl: Kubectl) -> None:
    """The Table as it is printed, narrow and wide; one that is not there is NotFound."""
    kubectl.told("apply", "-f", "-", given=deployment())
    get = ("get", "deployments", "web")
    narrow = ["NAME READY UP-TO-DATE AVAILABLE AGE", "web 0/2 0 0 AGE"]
    assert narrow == kubectl.told(*get)
    wide = [" CONTAINERS IMAGES SELECTOR", " app registry.example/web:1 app=web"]
    assert [a + b for a, b in zip(narrow, wide, strict=True)] == kubectl.told(*get, "-o", "wide")
    assert ["deployment.apps/web"] == kubectl.told("get", "deployment", "-o", "name")
    missing = 'Error from server (NotFound): deployments.apps "no" not found\n'
    assert (1, missing) == kubectl.run("get", "deployment", "no")


def test_describe(kubectl: Kubectl) -> None:
    """A Deployment in words."""
    kubectl.told("apply", "-f", "-", given=deployment())
    said = dict(
        line.split(":", 1) for line in kubectl.told("describe", "deployment", "web") if line.count(":") == 1
    )
    found = {name: said[name].strip() for name in ("Name", "Selector", "StrategyType", "Replicas")}
    assert {
        "Name": "web",
        "Selector": "app=web",
        "StrategyType": "RollingUpdate",
        "Replicas": "2 desired | 0 updated | 0 total | 0 available | 0 unavailable",
    } == found


def test_scale(kubectl: Kubectl) -> None:
    """By its own subresource, with a precondition if asked for."""
    kubectl.told("apply", "-f", "-", given=deployment())
    scale = ("scale", "deployment", "web")
    assert ["deployment.apps/web scaled"] == kubectl.told(*scale, "--replicas=3")
    code, said = kubectl.run(*scale, "--replicas=4", "--current-replicas=1")
    assert (1, "error: Expected replicas to be 1, was 3\n") == (code, said)


def test_rollout_and_wait(kubectl: Kubectl) -> None:
    """Both wait for status, by a watch."""
    kubectl.told("apply", "-f", "-", given=deployment())
    code, said = kubectl.run("rollout", "status", "deployment", "web", "--timeout=1s")
    assert (1, True) == (code, "Waiting for deployment" in said)
    finish(kubectl)
    rolled_out = ['deployment "web" successfully rolled out']
    assert rolled_out == kubectl.told("rollout", "status", "deployment", "web", "--timeout=20s")
    met = ["deployment.apps/web condition met"]
    assert met == kubectl.told("wait", "--for=condition=Available", "deployment/web", "--timeout=20s")
    assert ["deployment.apps/web restarted"] == kubectl.told("rollout", "restart", "deployment", "web")


def test_edits(kubectl: Kubectl) -> None:
    """Label, annotate and set image: strategic and merge patches."""
    kubectl.told("apply", "-f", "-", given=deployment())
    assert ["deployment.apps/web labeled"] == kubectl.told("label", "deployment", "web", "tier=front")
    assert ["deployment.apps/web annotated"] == kubectl.told("annotate", "deployment", "web", "note=x")
    kubectl.told("set", "image", "deployment/web", "app=registry.example/web:3")
    where = "jsonpath={.metadata.labels.tier} {.spec.template.spec.containers[0].image}"
    assert ["front registry.example/web:3"] == kubectl.told("get", "deployment", "web", "-o", where)


def test_delete(kubectl: Kubectl) -> None:
    """It waits until the object is gone."""
    kubectl.told("apply", "-f", "-", given=config("settings"))
    kubectl.told("apply", "-f", "-", given=pod())
    deleted = ['configmap "settings" deleted from NAMESPACE namespace']
    assert deleted == kubectl.told("delete", "configmap", "settings")
    kubectl.told("delete", "pod", "web", "--timeout=20s")
    kubectl.told("wait", "--for=delete", "pod/web", "--timeout=20s")
    assert ["No resources found in NAMESPACE namespace."] == kubectl.told(
        "get", "pods,configmaps", "-l", "a=b"
    )
