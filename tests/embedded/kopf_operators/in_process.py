"""One operator in a thread of this process: its registry, its settings, its spans."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import kopf

from tests.embedded.kopf_operators.operators import GROUP, PLURAL, VERSION, Api, operator
from traceutil.integrations.kopf import configure
from traceutil.semconv import REASON
from traceutil.testing import CapturedSpans

RESOURCE = (GROUP, VERSION, PLURAL)


class Operator:
    """One operator: its registry, settings and spans, and how often each handler ran."""

    def __init__(self, name: str = "operator") -> None:
        self.registry = kopf.OperatorRegistry()
        self.settings = kopf.OperatorSettings()
        self.spans = CapturedSpans(name)
        self.spans.clock.now = time.time_ns()
        self.calls: list[str] = []

    def counted(self, name: str, body: Callable[..., Any] = lambda **_: None) -> Callable[..., Any]:
        """A handler that counts."""

        def handler(**kwargs: Any) -> Any:
            self.calls.append(name)
            return body(**kwargs)

        handler.__name__ = handler.__qualname__ = name
        return handler

    def on(self, kind: str, handler: Callable[..., Any], **options: Any) -> None:
        decorate = getattr(kopf.on, kind) if hasattr(kopf.on, kind) else kopf.timer
        decorate(*RESOURCE, registry=self.registry, **options)(handler)

    def configure(self, **options: Any) -> None:
        configure(self.settings, tracer=self.spans.tracer, registry=self.registry, **options)

    def run(self, api: Api, user: str = "operator") -> Any:
        return operator(api, self.registry, self.settings, self.spans.tracer, user)

    def reasons(self) -> list[Any]:
        return [dict(span.attributes or {})[REASON] for span in self.spans.all("Database")]
