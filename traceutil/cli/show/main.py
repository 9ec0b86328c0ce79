"""Find an object's trace and draw it, again and again where that is wished, until its span has closed."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from traceutil.cli import answer
from traceutil.cli.errors import BadInput, ExitCode
from traceutil.cli.logs import configure
from traceutil.cli.progress import Progress
from traceutil.cli.resources import split_target
from traceutil.cli.traces.file import FileSource
from traceutil.cli.traces.find import NoTrace, find
from traceutil.cli.traces.live import Asked, look
from traceutil.cli.traces.source import Source
from traceutil.environment import settings_from
from traceutil.settings import Settings
from traceutil.view.fold import Expand
from traceutil.view.labels import IN_PROGRESS
from traceutil.view.result import Result

#: Seconds between two looks.
PAUSE = 1.0
_TOP = "\x1b[H\x1b[J"


def main(
    words: Sequence[str],
    file: Path | None,
    *,
    output: answer.Output,
    color: Literal["auto", "always", "never"],
    verbose: int,
    namespace: str | None,
    generation: int | None,
    expand: Expand,
    follow: bool,
    jaeger: str,
    kubeconfig: Path | None,
    context: str | None,
) -> int:
    """The command `traceutil show`; returns its exit code.

    Raises:
        BadInput: an object, a cluster, a Jaeger or a file that cannot be used.
    """
    configure(verbosity=verbose)
    if not verbose:  # one line for each request
        logging.getLogger("httpx").setLevel(logging.WARNING)
    split_target(words)  # before anything is opened
    asked = Asked(words, namespace, kubeconfig, context, offline=file is not None)
    drawing = follow and output == "text" and sys.stdout.isatty()

    with Progress() as progress:

        def seen(result: Result) -> None:
            if drawing:
                sys.stdout.write(_TOP)
                answer.show(result, output, color, expand=expand)
            else:
                progress.update(f"{result.scenario}: {result.state}, {len(result.spans)} spans")

        try:
            result = asyncio.run(_answered(asked, file, jaeger, generation, seen if follow else None))
        except NoTrace as error:
            progress.clear()
            print(f"traceutil: {error}", file=sys.stderr)
            return ExitCode.NO_TRACE
    if drawing:
        sys.stdout.write(_TOP)
    return answer.show(result, output, color, expand=expand)


async def _answered(
    asked: Asked,
    file: Path | None,
    jaeger: str,
    generation: int | None,
    seen: Callable[[Result], None] | None,
) -> Result:
    """The result; with `seen`, which is told of all before it, the one in which the span has closed."""
    settings = _settings()
    while True:
        async with _opened(file, jaeger, settings) as source:
            result = await find(source, await look(asked), settings, generation)
        if seen is None or result.state != IN_PROGRESS:
            return result
        seen(result)
        await asyncio.sleep(PAUSE)


@asynccontextmanager
async def _opened(file: Path | None, jaeger: str, settings: Settings) -> AsyncIterator[Source]:
    if file is not None:
        yield FileSource(file)
        return
    from traceutil.cli.traces.jaeger import JaegerSource  # an HTTP client, which files need not wait for

    async with JaegerSource(jaeger, settings.clock) as source:
        yield source


def _settings() -> Settings:
    """As the controllers have them: the cluster's name and the carriers decide which trace is meant.

    Raises:
        BadInput: a variable's value is none that it may have.
    """
    try:
        return Settings(**settings_from(os.environ))
    except ValueError as error:
        raise BadInput(str(error)) from error
