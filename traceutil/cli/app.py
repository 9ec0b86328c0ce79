"""The root command, and how whatever goes wrong below it becomes an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from traceutil.cli.errors import BadInput, ExitCode, about_file, one_line
from traceutil.cli.group import LazyGroup

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(
    "traceutil",
    cls=LazyGroup,
    entry_group="traceutil.commands",
    invoke_without_command=True,
    context_settings=_SETTINGS,
    epilog="Exit codes: 0 reached · 1 failed · 2 bad input · 3 in progress · 4 no trace · 130 interrupted.",
)
@click.version_option(package_name="traceutil")
@click.pass_context
def root(ctx: click.Context) -> None:
    """One trace from desired state to actual state, carried in Kubernetes objects."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@root.group(
    "run",
    cls=LazyGroup,
    entry_group="traceutil.operators",
    noun="operator",
    invoke_without_command=True,
    subcommand_metavar="OPERATOR [ARGS]...",
)
@click.pass_context
def operators(ctx: click.Context) -> None:
    """Run an operator until it is stopped."""
    if ctx.invoked_subcommand is None:
        known = ", ".join(operators.list_commands(ctx)) or "none installed"
        raise BadInput(f"no operator given; there are: {known}")


def run(argv: Sequence[str] | None = None, command: click.Command = root) -> int:
    """Run `command` and return its exit code: what it returned, or what its error stands for."""
    try:
        args = None if argv is None else list(argv)
        value = command.main(args=args, prog_name="traceutil", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        return _bad_input(_said(error))
    except BadInput as error:
        return _bad_input(error)
    except OSError as error:
        if error.filename is None:
            raise
        return _bad_input(about_file(error))
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else ExitCode.OK


def _said(error: click.ClickException) -> str:
    """Click's message, and where to read more."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    where = f" (see '{context.command_path} --help')" if context else ""
    return error.format_message().rstrip(". ") + where


def _bad_input(message: object) -> int:
    print(f"traceutil: {one_line(message)}", file=sys.stderr)
    return ExitCode.BAD_INPUT
