"""`opentelemetry-instrument python program.py` turns the integrations on; an environment variable writes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from demo.apiserver import ClusterThread

pytestmark = pytest.mark.slow

PROGRAM = """
import sys
import kubernetes
import lightkube
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.core_v1 import ConfigMap
from traceutil import start_span_from_object

core = kubernetes.client.CoreV1Api(kubernetes.config.new_client_from_config(sys.argv[1]))
other = lightkube.Client(lightkube.KubeConfig.from_file(sys.argv[1]).get())
owner = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "owner", "uid": "1"}}
with start_span_from_object(owner, "program.Reconcile"):
    made = core.create_namespaced_config_map("default", {"metadata": {"name": sys.argv[2] + "-a"}})
    also = other.create(ConfigMap(metadata=ObjectMeta(name=sys.argv[2] + "-b", namespace="default")))
print(sorted((made.metadata.annotations or {}).keys() | (also.metadata.annotations or {}).keys()))
"""


@pytest.mark.parametrize(
    ("encode", "expected"),
    [
        pytest.param("true", ["tracing.k8s.io/traceparent"], id="written where the environment asks for it"),
        pytest.param("", [], id="not written by default"),
    ],
)
def test_zero_code(shared_cluster: ClusterThread, tmp_path: Path, encode: str, expected: list[str]) -> None:
    """The program names no integration."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    kubeconfig = shared_cluster.write_kubeconfig(tmp_path / "kubeconfig")
    instrument = Path(sys.executable).with_name("opentelemetry-instrument")
    quiet = {f"OTEL_{signal}_EXPORTER": "none" for signal in ("TRACES", "METRICS", "LOGS")}
    ran = subprocess.run(
        [instrument, sys.executable, program, kubeconfig, encode or "plain"],
        env={**os.environ, **quiet, "TRACEUTIL_ENCODE_CREATED": encode},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (0, str(expected)) == (ran.returncode, ran.stdout.strip()), ran.stderr
