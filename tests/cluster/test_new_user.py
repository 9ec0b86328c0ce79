"""A new user: a fresh environment, an unchanged operator, its traces found in Jaeger by the docs alone."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from demo.apiserver import ClusterThread
from tests.cluster.jaeger import Jaeger
from tests.cluster.processes import Server
from tests.embedded.demo.alone import eventually
from tests.embedded.kopf_operators.operators import Api
from tests.embedded.kopf_zero_code.stories import handled, next_second
from tests.embedded.testing.fresh import Fresh
from tests.unit.house.tree import ROOT

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "zero-code.md").read_text()


def blocks(language: str) -> list[str]:
    """Those of the page, in order."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def commands(block: str) -> list[list[str]]:
    return [shlex.split(line.removeprefix("$ ")) for line in block.splitlines()]


RUN, LOOK = (commands(block) for block in blocks("console")[:2])


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    """What the page says to install; and what the cluster's page says, since there is no other cluster."""
    environment = Fresh(tmp_path_factory.mktemp("fresh"))
    for line in (RUN[0], LOOK[0], ["pip", "install", "/path/to/traceutil[demo]"]):
        assert ["pip", "install"] == line[:2]
        environment.pip_install(*line[2:])
    return environment


@pytest.fixture
def kubeconfig(fresh: Fresh, tmp_path: Path) -> Iterator[Path]:
    """`traceutil cluster`, out of the fresh environment."""
    file = tmp_path / "cluster.yaml"
    run = [fresh.bin / "traceutil", "cluster", "--kubeconfig", file]
    with Server("cluster", run, tmp_path, ready=file.exists, environ=fresh.environ):
        yield file


@pytest.fixture
def environ(fresh: Fresh, kubeconfig: Path, jaeger: Jaeger) -> dict[str, str]:
    """The page's exports; addresses alone are the test's."""
    told = dict(word.split("=", 1) for line in RUN if line[0] == "export" for word in line[1:])
    told |= {"OTEL_EXPORTER_OTLP_ENDPOINT": jaeger.otlp_http, "TRACEUTIL_JAEGER": jaeger.query_url}
    return fresh.environ | told | {"KUBECONFIG": str(kubeconfig)}


def test_traces_are_found(
    fresh: Fresh, kubeconfig: Path, environ: dict[str, str], jaeger: Jaeger, tmp_path: Path
) -> None:
    """The page's operator under its commands; then its commands that look."""
    (tmp_path / RUN[-1][-1]).write_text(blocks("python")[0])
    operator = [fresh.bin / RUN[-1][0], *RUN[-1][1:-1], tmp_path / RUN[-1][-1]]
    with Server("operator", operator, tmp_path, ready=lambda: True, environ=environ):
        change(user(kubeconfig))
        found = eventually("the page's two traces", lambda: whole(asked_by_curl(LOOK[2], jaeger)))

    assert [["Database", "shop.create_database"], ["Database", "shop.resize", "shop.resize"]] == found
    newest = shown(fresh, LOOK[1], environ)
    assert newest.startswith("✔ reached in "), newest
    assert ["┃ Database default/orders", "┃ └─ shop.resize  ×2"] == drawn(newest), newest
    assert f"→ {jaeger.query_url}/trace/" in newest
    first = shown(fresh, [*LOOK[1], "--generation", "1"], environ)
    assert ["┃ Database default/orders", "┃ └─ shop.create_database"] == drawn(first), first
    assert "Its start is known to the second alone" in first


def user(kubeconfig: Path) -> Api:
    config: dict[str, Any] = json.loads(kubeconfig.read_text())
    running = SimpleNamespace(url=config["clusters"][0]["cluster"]["server"], kubeconfig=lambda _: config)
    return Api(cast(ClusterThread, running))


def change(api: Api) -> None:
    """What the page says: create it, then resize it."""
    api.define()
    api.create(size=1)
    handled(api, spec='"size":1')
    next_second()
    api.patch({"spec": {"size": 2}})
    handled(api, spec='"size":2')


def asked_by_curl(command: list[str], jaeger: Jaeger) -> list[dict[str, Any]]:
    """What `curl -G URL --data-urlencode NAME=VALUE…` does, with the test's Jaeger for the page's."""
    assert ["curl", "-G"] == command[:2]
    assert {"--data-urlencode"} == set(command[3::2])
    query = urlencode(dict(word.split("=", 1) for word in command[4::2]))
    address = command[2].replace("http://localhost:16686", jaeger.query_url)
    assert address.startswith(jaeger.query_url)
    with urlopen(f"{address}?{query}", timeout=30) as response:
        return json.load(response)["data"] or []


def whole(traces: list[dict[str, Any]]) -> list[list[str]]:
    """The names of each trace's spans, once all of them are there; nothing before."""
    names = sorted(sorted(span["operationName"] for span in each["spans"]) for each in traces)
    return names if 5 == sum(map(len, names)) else []


def drawn(picture: str) -> list[str]:
    """The labels of its rows."""
    return re.findall(r"^(┃ .+?)(?:   .*)?$", picture, re.MULTILINE)


def shown(fresh: Fresh, command: list[str], environ: dict[str, str]) -> str:
    """What a command of the environment prints; it must end well."""
    done = subprocess.run(
        [fresh.bin / command[0], *command[1:]],
        env=environ,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout
