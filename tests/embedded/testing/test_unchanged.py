"""An operator that knows nothing of tracing, under kopf's own test runner, as docs/testing.md has it."""

from __future__ import annotations

from pathlib import Path

import kopf
import pytest
from kopf.testing import KopfRunner

from demo.apiserver import ClusterThread
from tests.embedded.kopf_operators.operators import Api
from traceutil.integrations.kopf.instrumentor import KopfInstrumentor
from traceutil.testing import CapturedSpans

OPERATOR = """
import kopf

@kopf.on.login()
def login(**kwargs):
    return kopf.login_with_kubeconfig(**kwargs)

@kopf.on.create("example.com", "v1", "databases")
def create(patch, **_):
    patch.status["made"] = True
"""


@pytest.mark.slow
@pytest.mark.parametrize("run", ["first", "second"])
@pytest.mark.captured_spans("shop", real_time=True)
def test_unchanged_operator(
    run: str,
    captured_spans: CapturedSpans,
    embedded_cluster: ClusterThread,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is captured in its thread, in each test anew."""
    api = Api(embedded_cluster)
    api.define()
    monkeypatch.setenv("KUBECONFIG", str(embedded_cluster.write_kubeconfig(tmp_path / "kubeconfig")))
    file = tmp_path / "shop.py"
    file.write_text(OPERATOR)
    KopfInstrumentor().instrument()
    try:
        command = ["run", str(file), "-n", "default", "--standalone"]
        with KopfRunner(command, registry=kopf.OperatorRegistry()):
            api.create(size=1)
            captured_spans.wait_for("Database")
    finally:
        KopfInstrumentor().uninstrument()

    assert "Database\n  shop.create" == captured_spans.tree()
