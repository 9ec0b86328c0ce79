"""docs/zero-code.md, followed to the letter."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.embedded.demo.command import environment
from tests.embedded.kopf_operators.operators import Api
from tests.embedded.kopf_zero_code.process import Operator, on_path, until, watches
from tests.embedded.kopf_zero_code.seen import object_spans, tree
from tests.embedded.kopf_zero_code.stories import handled, next_second
from tests.unit.core.receivers import Received
from tests.unit.house.tree import ROOT

PAGE = (ROOT / "docs" / "zero-code.md").read_text()
pytestmark = pytest.mark.slow


def block(language: str) -> str:
    """The first of the page."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_page_is_true(api: Api, collector: Received, tmp_path: Path) -> None:
    """Its operator, under its command, with its variables, gives its two traces."""
    lines = [shlex.split(line[2:]) for line in block("console").splitlines()]
    variables = dict(word.split("=", 1) for line in lines if line[0] == "export" for word in line[1:])
    assert "http://localhost:4318" == variables["OTEL_EXPORTER_OTLP_ENDPOINT"]
    variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.url
    variables["KUBECONFIG"] = str(api.cluster.write_kubeconfig(tmp_path / "kubeconfig", "operator"))
    (tmp_path / lines[-1][-1]).write_text(block("python"))
    process = subprocess.Popen(
        lines[-1],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env=on_path(environment(variables)),
    )
    operator = Operator(process)
    try:
        until(lambda: watches(api) or process.poll() is not None, "the operator does not watch")
        api.create(size=1)
        handled(api, spec='"size":1')
        next_second()
        api.patch({"spec": {"size": 2}})
        handled(api, spec='"size":2')
        until(lambda: len(object_spans(collector)) == 2, "a root did not arrive")
    finally:
        operator.stop()

    assert block("text").rstrip() == tree(collector), operator.log
