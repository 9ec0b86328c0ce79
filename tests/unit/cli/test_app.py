"""The installed tool, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.view.stories import deployment
from traceutil.cli.app import run
from traceutil.view.otlp import to_lines

#: What `--help` must not import, since it costs more than all the rest.
HEAVY = [
    "kopf",
    "aiohttp",
    "opentelemetry.sdk",
    "kubernetes",
    "lightkube",
    "kr8s",
    "httpx",
    "yaml",
    "prometheus_client",
]


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )


def heavy(args: list[str]) -> tuple[int, list[str]]:
    """The exit code, and what of `HEAVY` the command imported."""
    code = (
        "import json, sys; from traceutil.cli import main; code = main(%r); "
        "print(json.dumps([code, [m for m in %r if m in sys.modules]]), file=sys.stderr)"
    )
    done = python(code % (args, HEAVY))
    exit_code, found = json.loads(done.stderr.splitlines()[-1])
    return exit_code, found


@pytest.mark.parametrize(
    "args", [["--help"], ["run", "--help"], ["--version"], ["apply", "--help"], ["show", "--help"]]
)
def test_help_imports_nothing_heavy(args: list[str]) -> None:
    """The help is there in an instant, because entry-point modules are light."""
    assert (0, []) == heavy(args)


def test_a_file_is_shown_without_a_client(tmp_path: Path) -> None:
    """No HTTP client, no Kubernetes client and no SDK is imported where nobody is asked."""
    file = tmp_path / "spans.jsonl"
    file.write_text("".join(f"{line}\n" for line in to_lines(deployment().spans)))

    assert (0, []) == heavy(["show", "deploy/web", "--from", str(file)])


def test_without_click_it_says_what_to_install() -> None:
    """One line, exit code 2."""
    done = python(
        "import sys; sys.modules['click'] = None; from traceutil.cli import main; sys.exit(main(['demo']))"
    )
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert "pip install 'traceutil[cli]'" in line


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        pytest.param([], 0, "Usage: traceutil", id="nothing asked: the help"),
        pytest.param(["dmeo"], 2, "no command 'dmeo'; did you mean 'demo'?", id="a near miss"),
        pytest.param(["run"], 2, "no operator given; there are: ", id="no operator"),
        pytest.param(
            ["run", "workload"], 2, "no operator 'workload'; did you mean 'workloads'?", id="an operator"
        ),
        pytest.param(["--colour"], 2, "see 'traceutil --help'", id="an unknown option of the root"),
    ],
)
def test_the_root(capsys: pytest.CaptureFixture[str], args: list[str], code: int, said: str) -> None:
    """What the tool says before any command runs."""
    assert code == run(args)
    out, err = capsys.readouterr()
    assert said in (err if code else out)


@pytest.mark.parametrize("name", ["explain", "doctor", "replay", "record"])
def test_no_command_is_registered_before_it_exists(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """A command in the help is one that works."""
    assert run([name]) == 2
    assert f"no command {name!r}" in capsys.readouterr().err
