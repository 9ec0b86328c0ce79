"""Sub-commands come from entry points; what cannot be imported says what to install."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import click
import pytest

from traceutil.cli.app import run
from traceutil.cli.group import LazyGroup

#: A module of commands, as an operator would bring it.
MODULE = '''
import click

@click.command()
@click.option("--replicas", type=int)
def good(replicas):
    """Does its work."""
    return replicas

@click.command()
def heavy():
    """Imports when it is called."""
    import a_package_that_is_not_installed

@click.command()
def ours():
    """Has a bug."""
    import demo.a_module_that_does_not_exist

@click.command()
def absent():
    """Opens a file that is not there."""
    open("/nonexistent/trace.json")

@click.command()
def stopped():
    """Is interrupted."""
    raise KeyboardInterrupt

@click.command()
def silent():
    """Returns nothing."""

value = 5
'''


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LazyGroup:
    """A group of commands, good and bad, in a module made for the test."""
    (tmp_path / "commands_of_a_test.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "commands_of_a_test", raising=False)
    module = "commands_of_a_test"
    values = {
        name: f"{module}:{name}" for name in ("good", "heavy", "ours", "absent", "stopped", "silent", "value")
    }
    values |= {"broken": "a_package_that_is_not_installed:cli", "renamed": f"{module}:gone"}
    points = [EntryPoint(name, value, "a.group") for name, value in values.items()]
    return LazyGroup("traceutil", entry_group="a.group", found=lambda: points)


@pytest.mark.parametrize(
    ("args", "code", "line"),
    [
        pytest.param(["silent"], 0, "", id="a command that returns nothing is fine"),
        pytest.param(["good", "--replicas", "3"], 3, "", id="what a command returns is the exit code"),
        pytest.param(["stopped"], 130, "", id="interrupted"),
        pytest.param(["goud"], 2, "no command 'goud'; did you mean 'good'?", id="a near miss"),
        pytest.param(["xyz"], 2, "no command 'xyz'; there are: absent, broken, good", id="nothing near"),
        pytest.param(
            ["good", "--replicas", "many"],
            2,
            "Invalid value for '--replicas': 'many' is not a valid integer (see 'traceutil good --help')",
            id="a bad value",
        ),
        pytest.param(["good", "--replcas", "3"], 2, "--replcas", id="an option that does not exist"),
        pytest.param(
            ["broken", "--any", "thing"],
            2,
            "'broken' cannot be loaded (No module named 'a_package_that_is_not_installed'); pip install",
            id="a command whose package is missing",
        ),
        pytest.param(
            ["renamed"], 2, "'renamed' cannot be loaded", id="a command that its module does not have"
        ),
        pytest.param(["value"], 2, "commands_of_a_test:value is not a command", id="something else"),
        pytest.param(
            ["heavy"],
            2,
            "'heavy' needs a_package_that_is_not_installed, which is not installed; pip install",
            id="a package that is missing only when it is used",
        ),
        pytest.param(
            ["absent"], 2, "/nonexistent/trace.json: no such file or directory;", id="an absent file"
        ),
    ],
)
def test_exit_codes(
    group: LazyGroup, capsys: pytest.CaptureFixture[str], args: list[str], code: int, line: str
) -> None:
    """Bad input is one line on stderr, and exit code 2; nothing on stdout."""
    assert code == run(args, group)
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) <= 1 or args == ["stopped"]
    assert line in err
    assert code != 2 or err.startswith("traceutil: ")


def test_a_bug_of_ours_is_not_called_bad_input(group: LazyGroup) -> None:
    """A module of the project that is missing shows its traceback."""
    with pytest.raises(ModuleNotFoundError):
        run(["ours"], group)


def test_help_lists_all_and_marks_what_is_missing(
    group: LazyGroup, capsys: pytest.CaptureFixture[str]
) -> None:
    """A broken command does not break the help of the others."""
    assert run(["--help"], group) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.startswith("  ")}
    assert "Does its work." in lines["good"]
    assert "not available: pip install" in lines["broken"]


def test_the_extra_is_that_of_the_command_or_its_package() -> None:
    """Installed with the project: `cluster` comes with the extra of its package, `demo`."""
    from traceutil.cli.app import root
    from traceutil.cli.group import remedy

    assert isinstance(root, LazyGroup)
    assert {
        "apply": "pip install 'traceutil[apply]'",
        "cluster": "pip install 'traceutil[demo]'",
        "demo": "pip install 'traceutil[demo]'",
        "show": "pip install 'traceutil[cli]'",
    } == {
        name: remedy(point)
        for name, point in root.points.items()
        if name in ("apply", "cluster", "demo", "show")
    }


def test_commands_that_were_added_stand_beside_entry_points(group: LazyGroup) -> None:
    """`run` is one of those."""
    group.add_command(click.Command("added"))
    assert "added" in group.list_commands(click.Context(group))
