"""What cannot be done is told in one line on stderr, with the remedy, and exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.embedded.demo import kubeconfigs
from tests.embedded.demo.command import Answer, traceutil
from tests.embedded.demo.inside import inside


def assert_one_line(answer: Answer, *said: str) -> None:
    """Exit code 2, nothing on stdout, one line on stderr that has all of `said`."""
    assert (2, "") == (answer.code, answer.out)
    assert 1 == answer.err.count("\n")
    assert answer.err.startswith("traceutil: ")
    assert [] == [each for each in said if each not in answer.err]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        pytest.param(["deploymnet"], ["'deploymnet'", "did you mean 'deployment'"], id="a misspelt scenario"),
        pytest.param(["nonsense"], ["there are: pod, deployment"], id="no scenario at all like it"),
        pytest.param(["pod", "--speed", "0"], ["--speed"], id="time that stands still"),
        pytest.param(["pod", "--speed", "nan"], ["--speed"], id="time that is not a number"),
        pytest.param(["crash", "--speed", "2"], ["--speed", "clock"], id="processes on a clock of ours"),
        pytest.param(["pod", "--speed", "inf"], ["--speed", "100"], id="time without end"),
        pytest.param(["pod", "--replicas", "0"], ["--replicas"], id="no replicas"),
        pytest.param(["pod", "--replicas", "many"], ["--replicas", "'many'"], id="replicas in words"),
        pytest.param(["pod", "--cluster", "moon"], ["'embedded', 'current'"], id="a cluster elsewhere"),
        pytest.param(
            ["pod", "--otlp", "localhost:4318"], ["--otlp", "http://HOST"], id="OTLP without scheme"
        ),
        pytest.param(["pod", "--otlp", "ftp://host"], ["--otlp", "http://HOST"], id="OTLP over FTP"),
        pytest.param(["pod", "--otlp", "http://"], ["--otlp", "http://HOST"], id="OTLP without host"),
        pytest.param(["pod", "--otlp", "http://h:x"], ["--otlp", "http://HOST"], id="OTLP with an odd port"),
        pytest.param(["pod", "--export", "/"], ["--export", "directory"], id="a file that is a directory"),
        pytest.param(["pod", "--kubeconfig", "/no/file"], ["/no/file"], id="a kubeconfig that is not there"),
    ],
)
def test_options_of_the_demo(args: list[str], said: list[str]) -> None:
    """Told before anything is started."""
    assert_one_line(inside("demo", *args), *said)


def test_export_file_that_cannot_be_written(tmp_path: Path) -> None:
    """Told before the story, not after it."""
    file = tmp_path / "missing" / "spans.jsonl"
    assert_one_line(inside("demo", "pod", "--export", file), str(file), "no such file", "directory")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param(
            "closed-port", ["no answer from http://127.0.0.1:1", "start"], id="nobody listens there"
        ),
        pytest.param("no-yaml", ["is not YAML"], id="a file that is not YAML"),
        pytest.param("binary", ["is not YAML"], id="a file that is not text"),
        pytest.param("empty", ["empty or not a mapping"], id="an empty file"),
        pytest.param("a-list", ["empty or not a mapping"], id="a list"),
        pytest.param("other-shape", ["no context named 'here'"], id="contexts that are numbers"),
        pytest.param("no-list", ["no context named 'here'"], id="a number in the place of contexts"),
        pytest.param("bad-certificate", ["certificate"], id="a certificate that is none"),
    ],
)
def test_unreachable_cluster(tmp_path: Path, name: str, said: list[str]) -> None:
    """`--cluster current` with a kubeconfig that leads nowhere."""
    file = kubeconfigs.write(tmp_path, name)
    assert_one_line(inside("demo", "pod", "--cluster", "current", "--kubeconfig", file), *said)


def test_bad_context(tmp_path: Path) -> None:
    """A context that the kubeconfig has not is named."""
    args = ("--kubeconfig", kubeconfigs.write(tmp_path, "closed-port"), "--context", "there")
    assert_one_line(inside("demo", "pod", "--cluster", "current", *args), "'there'")


def test_no_kubeconfig(tmp_path: Path) -> None:
    """Without a kubeconfig the file that was looked for is named."""
    answer = traceutil("demo", "pod", "--cluster", "current", environ={"HOME": str(tmp_path)})
    assert_one_line(answer, str(tmp_path / ".kube" / "config"), "--cluster embedded")


def test_cluster_on_a_taken_port() -> None:
    """The port is named, and that 0 takes any."""
    with kubeconfigs.taken_port() as taken:
        port = taken.getsockname()[1]
        assert_one_line(inside("cluster", "--port", port), f"--port {port}", "0 for any")


def test_cluster_with_a_kubeconfig_that_cannot_be_written(tmp_path: Path) -> None:
    """A directory that is not there is named with its file."""
    file = tmp_path / "missing" / "kubeconfig"
    assert_one_line(traceutil("cluster", "--kubeconfig", file), str(file))
