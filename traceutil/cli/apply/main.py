"""From options to exit code: telemetry around the run, and the answer, however it ends."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence

from traceutil.cli.apply.manifests import Manifest, load
from traceutil.cli.apply.outcome import Outcome, exit_code, lines
from traceutil.cli.apply.release import Release, parent_from
from traceutil.cli.apply.run import Options, Run
from traceutil.cli.cluster import Cluster
from traceutil.cli.errors import BadInput, ExitCode
from traceutil.cli.options import otlp_endpoint
from traceutil.cli.progress import Progress
from traceutil.losses import sentence
from traceutil.sdk import Telemetry, setup

#: Who we are: the closer of the spans that nobody else closes.
COMPONENT = "traceutil-apply"


def main(options: Options, environ: Mapping[str, str] = os.environ) -> ExitCode:
    """Apply, print the answer, and return what the process tells its caller.

    Raises:
        BadInput: nothing was written.
    """
    manifests = load(options.files, sys.stdin, recursive=options.recursive)
    try:
        telemetry = _telemetry(options, environ)
    except ValueError as error:  # a variable that cannot be used
        raise BadInput(f"{error}") from error
    release = Release(telemetry.provider, parent_from(environ), len(manifests))
    interrupted = False
    outcomes: list[Outcome] = []
    try:
        asyncio.run(_apply(manifests, telemetry, release, options, outcomes))
    except KeyboardInterrupt:
        interrupted = True
    finally:
        code = exit_code(outcomes)
        if any(each.opened for each in outcomes):
            release.end(failure=_failure(code), cancelled=interrupted)
        telemetry.shutdown(report=False)
    if lost := sentence(telemetry.losses):
        print(f"traceutil: {lost}; check --otlp or OTEL_*", file=sys.stderr)
    if outcomes:
        _answer(outcomes, release, options, code)
    return ExitCode.INTERRUPTED if interrupted else code


def _telemetry(options: Options, environ: Mapping[str, str]) -> Telemetry:
    endpoint, protocol = (None, None) if options.otlp is None else otlp_endpoint(options.otlp)
    name = environ.get("OTEL_SERVICE_NAME") or COMPONENT
    return setup(name, endpoint, protocol, set_global=False, environ=environ)


async def _apply(
    manifests: Sequence[Manifest],
    telemetry: Telemetry,
    release: Release,
    options: Options,
    outcomes: list[Outcome],
) -> None:
    """`outcomes` is filled even when this is interrupted."""
    tracer = telemetry.tracer()
    with Progress() as progress:
        async with Cluster(options.kubeconfig, options.context) as cluster:
            run = Run(cluster, tracer, release, options, progress)
            try:
                await run.run(manifests)
            finally:
                if any(each.written != "left out" for each in run.outcomes):
                    outcomes += run.outcomes


def _failure(code: ExitCode) -> str:
    return {ExitCode.BAD_INPUT: "refused", ExitCode.FAILED: "failed", ExitCode.IN_PROGRESS: "timeout"}.get(
        code, ""
    )


def _answer(outcomes: list[Outcome], release: Release, options: Options, code: ExitCode) -> None:
    span = release.span if any(each.opened for each in outcomes) else None
    if options.output == "json":
        own = None if span is None else {
            "traceId": span.trace_id, "spanId": span.span_id, "url": span.url(options.jaeger)
        }  # fmt: skip
        objects = [each.document(options.jaeger) for each in outcomes]
        print(
            json.dumps(
                {"objects": objects, "release": own, "exitCode": int(code)}, indent=2, ensure_ascii=False
            )
        )
    else:
        print("\n".join(lines(outcomes, span, options.jaeger)))
    for each in outcomes:
        if each.written in ("refused", "left out"):
            print(f"traceutil: {each.label}: {each.why}", file=sys.stderr)
