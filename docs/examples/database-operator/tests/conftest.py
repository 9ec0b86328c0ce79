"""A cluster that knows Databases, the operator on it, and a user."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kopf.testing import KopfRunner
from lightkube import Client, KubeConfig, codecs

CRD = Path(__file__).parents[1] / "crd.yaml"


@pytest.fixture
def user(embedded_cluster) -> Client:
    """A client of somebody else than the operator."""
    client = Client(KubeConfig.from_dict(embedded_cluster.kubeconfig("somebody")).get())
    for definition in codecs.load_all_yaml(CRD.read_text()):
        client.create(definition)
    return client


@pytest.fixture
def operator(user, captured_spans, embedded_cluster, tmp_path, monkeypatch) -> Iterator[KopfRunner]:
    """Runs in a thread of this process, as `kopf run` does; its spans are captured."""
    kubeconfig = embedded_cluster.write_kubeconfig(tmp_path / "kubeconfig", user="database-operator")
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    with KopfRunner(["run", "-m", "database_operator", "-n", "default", "--standalone"]) as runner:
        yield runner
