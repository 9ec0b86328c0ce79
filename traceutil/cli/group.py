"""A group whose sub-commands are entry points: listed by name, imported only when needed."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import click

from traceutil.cli.errors import BadInput, one_line

#: Modules of these are ours: that one of them is missing is a bug, not a missing extra.
_OURS = frozenset({"traceutil", "operators", "demo"})


class LazyGroup(click.Group):
    """Sub-commands from the entry points of `entry_group`, beside those added by `add_command`.

    Their modules are light by convention: what is heavy is imported inside their functions. One that cannot
    be imported stands in the help with what to install, and ends with exit code 2 when called.
    """

    def __init__(
        self,
        *args: Any,
        entry_group: str,
        noun: str = "command",
        found: Callable[[], Iterable[EntryPoint]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.noun = noun
        self._found = found or (lambda: entry_points(group=entry_group))
        self._points: dict[str, EntryPoint] | None = None

    @property
    def points(self) -> dict[str, EntryPoint]:
        """The entry points by name; of two with one name, the first that was found."""
        if self._points is None:
            self._points = {}
            for point in self._found():
                self._points.setdefault(point.name, point)
        return self._points

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self.points})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        command = super().get_command(ctx, cmd_name)
        point = self.points.get(cmd_name)
        return command if command is not None or point is None else _load(point)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            raise BadInput(self._unknown(ctx, name))
        return super().resolve_command(ctx, args)

    def _unknown(self, ctx: click.Context, name: str) -> str:
        known = self.list_commands(ctx)
        close = difflib.get_close_matches(name, known, n=1)
        meant = (
            f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(known) or 'none installed'}"
        )
        return f"no {self.noun} {name!r}; {meant}"

    def invoke(self, ctx: click.Context) -> Any:
        """Run; a package that the command itself finds missing is bad input too: an extra is absent."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            point = self.points.get(ctx.invoked_subcommand or "")
            if point is None or (error.name or "").partition(".")[0] in _OURS:
                raise
            raise BadInput(
                f"{point.name!r} needs {error.name}, which is not installed; {remedy(point)}"
            ) from error


def remedy(point: EntryPoint) -> str:
    """What to install for a command: the extra that has its name, or that of its package; else that of the
    command line."""
    package = point.module.partition(".")[0]
    extras = (point.dist.metadata.get_all("Provides-Extra") if point.dist else None) or ()
    extra = next((name for name in (point.name, package, "cli") if name in extras), None)
    project = point.dist.name if point.dist else "traceutil"
    return f"pip install '{project}[{extra}]'" if extra else f"pip install --upgrade '{project}'"


def _load(point: EntryPoint) -> click.Command:
    try:
        command = point.load()
    except (ImportError, AttributeError) as error:
        return _unavailable(point, one_line(error))
    if isinstance(command, click.Command):
        return command
    return _unavailable(point, f"{point.value} is not a command")


def _unavailable(point: EntryPoint, why: str) -> click.Command:
    """Stands in for a command that cannot be imported."""

    def tell() -> None:
        raise BadInput(f"{point.name!r} cannot be loaded ({why}); {remedy(point)}")

    return click.Command(
        point.name,
        callback=tell,
        help=f"Not available: {why}. Try {remedy(point)}.",
        short_help=f"not available: {remedy(point)}",
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )
