"""`embedded_cluster` as a user of the package has it: no conftest, no import of ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.embedded.demo.command import environment

TEST = """
import pytest
from kubernetes import client, config

@pytest.fixture
def core(embedded_cluster, tmp_path):
    config.load_kube_config(str(embedded_cluster.write_kubeconfig(tmp_path / "kubeconfig")))
    return client.CoreV1Api()

def test_write_and_read(core):
    core.create_namespaced_config_map("default", {"metadata": {"name": "mine"}, "data": {"a": "1"}})
    assert core.read_namespaced_config_map("mine", "default").data == {"a": "1"}

def test_the_next_test_has_a_cluster_of_its_own(core):
    assert "mine" not in [each.metadata.name for each in core.list_namespaced_config_map("default").items]

def test_requests_are_counted(core, embedded_cluster):
    core.list_node()
    assert [(key.verb, key.resource) for key in embedded_cluster.cluster.requests] == [("list", "nodes")]
"""


@pytest.mark.slow
def test_in_a_project_of_its_own(tmp_path: Path) -> None:
    """A test file that uses the fixture with the kubernetes client passes."""
    (tmp_path / "test_mine.py").write_text(TEST)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "3 passed" in done.stdout, done.stdout + done.stderr
