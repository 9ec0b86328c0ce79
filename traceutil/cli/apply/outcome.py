"""What became of each object, and which exit code stands for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from traceutil.cli.errors import ExitCode
from traceutil.object_span import ObjectSpan

Written = Literal["created", "configured", "unchanged", "refused", "left out"]
State = Literal["reached", "failed", "in progress", "superseded", "deleted", "unknown"]

_FAILED: frozenset[State | None] = frozenset({"failed", "superseded", "deleted"})


@dataclass(slots=True)
class Outcome:
    """One object. `opened`: `span` began with this write. `state` is None where it was not waited for;
    `seconds` until it was known."""

    label: str
    api_version: str
    namespace: str
    written: Written = "left out"
    why: str = ""
    span: ObjectSpan | None = None
    state: State | None = None
    message: str = ""
    seconds: float | None = None
    opened: bool = False

    @property
    def traced(self) -> bool:
        return self.span is not None and self.span.context.is_valid

    def document(self, jaeger: str) -> dict[str, Any]:
        """For `-o json`; keys without a value are null."""
        kind, _, name = self.label.partition("/")
        span = self.span if self.traced else None
        return {
            "apiVersion": self.api_version,
            "kind": kind,
            "namespace": self.namespace or None,
            "name": name,
            "result": self.written,
            "reason": self.why or None,
            "state": self.state,
            "message": self.message or None,
            "seconds": None if self.seconds is None else round(self.seconds, 3),
            "traceId": None if span is None else span.trace_id,
            "spanId": None if span is None else span.span_id,
            "url": None if span is None else span.url(jaeger),
        }


def exit_code(outcomes: Iterable[Outcome]) -> ExitCode:
    """The worst: something was not written (2), failed (1), is in progress (3); else 0."""
    known = list(outcomes)
    if any(each.written in ("refused", "left out") for each in known):
        return ExitCode.BAD_INPUT
    if any(each.state in _FAILED for each in known):
        return ExitCode.FAILED
    if any(each.state == "in progress" for each in known):
        return ExitCode.IN_PROGRESS
    return ExitCode.OK


def lines(outcomes: Iterable[Outcome], release: ObjectSpan | None, jaeger: str) -> list[str]:
    """The answer as text: a line an object, then where Jaeger shows the traces."""
    known = list(outcomes)
    labels = [f"{each.label}{f' -n {each.namespace}' if each.namespace else ''}" for each in known]
    widths = [max(map(len, column), default=0) for column in (labels, [each.written for each in known])]
    rows = [
        f"{label:<{widths[0]}}  {each.written:<{widths[1]}}  {_about(each)}".rstrip()
        for label, each in zip(labels, known, strict=True)
    ]
    spans = [
        each.span for each in known if each.span is not None and each.traced and each.written != "unchanged"
    ]
    told = dict.fromkeys(_where(span, jaeger) for span in ([release] if release is not None else spans))
    return [*rows, *told]


def _where(span: ObjectSpan, jaeger: str) -> str:
    if span.context.trace_flags.sampled:
        return f"trace {span.url(jaeger)}"
    return f"trace {span.trace_id} is not sampled (TRACEPARENT or the ratio): Jaeger will have nothing of it"


def _about(outcome: Outcome) -> str:
    trace = f"trace {outcome.span.trace_id}" if outcome.span is not None and outcome.traced else ""
    state: str = outcome.state or ""
    if state and outcome.seconds is not None:
        state += f" {'in' if state == 'reached' else 'after'} {outcome.seconds:.1f} s"
    told = f"{state}: {outcome.message}" if outcome.message else state
    return "  ".join(part for part in (trace, told, outcome.why) if part)
