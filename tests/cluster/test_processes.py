"""Servers come up, or say why not; they never outlive the tests that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.control_plane import ControlPlane
from tests.cluster.processes import Server, StartError
from tests.conformance.http_client import ApiServer, Client
from tests.conformance.objects import config, core
from tests.embedded.demo.command import ROOT

#: A session of its own that starts a control plane and says the pids of its servers.
SESSION = """
import signal

def test_until_killed(control_plane):
    print("pids", *(server.pid for server in control_plane.servers), flush=True)
    signal.pause()
"""


def test_a_server_that_ends(tmp_path: Path) -> None:
    """The error has its exit code and the end of its log."""
    server = Server("mine", ["sh", "-c", "echo no such flag >&2; exit 3"], tmp_path, ready=lambda: False)
    with pytest.raises(StartError, match="mine ended with 3:\nno such flag"):
        server.start()


def test_a_server_that_is_never_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is killed, and the error says for how long it was waited."""
    monkeypatch.setattr("tests.cluster.processes.PATIENCE", 0.2)
    server = Server("mine", ["sleep", "1000"], tmp_path, ready=lambda: False)
    with pytest.raises(StartError, match=r"mine was not ready after 0\.2 s"):
        server.start()
    assert not alive(server.pid)


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(signal.SIGINT, id="Ctrl-C"),
        pytest.param(signal.SIGTERM, id="told to end"),
        pytest.param(signal.SIGKILL, id="killed outright"),
    ],
)
def test_nothing_is_left_behind(tmp_path: Path, number: signal.Signals) -> None:
    """However pytest ends, etcd, API server and controller manager end with it."""
    test = tmp_path / "test_session.py"
    test.write_text(SESSION)
    command = [sys.executable, "-m", "pytest", "-s", "-p", "tests.cluster.fixtures", str(test)]
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, text=True) as session:
        assert session.stdout is not None
        said = next(line for line in session.stdout if "pids" in line)
        pids = [int(word) for word in said.partition("pids")[2].split()]
        assert [True] * 3 == [alive(pid) for pid in pids]
        session.send_signal(number)
        session.communicate(timeout=30)
    end = time.monotonic() + 10
    while left := [pid for pid in pids if alive(pid)]:
        assert time.monotonic() < end, f"still there: {left}"
        time.sleep(0.02)


def test_a_restart_keeps_what_was_stored(tmp_path: Path) -> None:
    """The API server comes up again at its address, after SIGKILL, with the objects of before."""
    with ControlPlane(tmp_path) as cluster:
        before = cluster.api_server.pid
        made = _request(cluster, "POST", core("default", "configmaps"), config("kept"))
        cluster.kill_api_server()
        assert (False, True) == (alive(before), alive(cluster.etcd.pid))
        cluster.restart_api_server()
        assert cluster.api_server.pid != before
        assert made == _request(cluster, "GET", core("default", "configmaps", "kept"))


def _request(cluster: ControlPlane, verb: str, path: str, body: Any = None) -> Any:
    client = Client(ApiServer(cluster.url, cluster.token, cluster.ca))
    reply = client.request(verb, path, body)
    client.close()
    assert reply.code < 300, reply.body
    return reply.body


def alive(pid: int) -> bool:
    """Whether such a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False
