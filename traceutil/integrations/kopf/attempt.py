"""One attempt of a handler: a span that may outlast the handler, until kopf's own patch is answered."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from opentelemetry.trace import Span

from traceutil.semconv import OUTCOME
from traceutil.spans import WorkScope
from traceutil.work import current_work


class Attempt:
    """Entered when made. A sub-handler is a stage of the handler around it, and ends when it is left.

    Args:
        scope: not entered yet.
        presumed: whether the handler runs because desired state changed: then it is taken for work although
            no write was seen.
        on_work: called at the end, if there was work.
    """

    def __init__(
        self, scope: AbstractContextManager[Span], *, presumed: bool, on_work: Callable[[], None]
    ) -> None:
        self._scope = scope
        self._on_work = on_work
        self._span = scope.__enter__()
        self._work = current_work() if isinstance(scope, WorkScope) else None
        self.presumed = presumed
        #: Whether the handler gave kopf anything new to write.
        self.wrote = False
        self.error: BaseException | None = None

    def leave(self) -> None:
        """The handler has returned, or raised `error`."""
        if type(self.error).__name__ == "HandlerChildrenRetry":  # sub-handlers are left to run: no failure
            self._span.set_attribute(OUTCOME, "retry")
            self.error = None
        if isinstance(self._scope, WorkScope):
            self._scope.leave()
        else:
            self._scope.__exit__(type(self.error) if self.error else None, self.error, None)

    def again(self) -> AbstractContextManager[None]:
        """Current once more: for kopf's PATCH, which is made in this span."""
        return self._scope.again() if isinstance(self._scope, WorkScope) else nullcontext()

    def end(self, moved: bool, error: BaseException | None = None) -> None:
        """`moved`: kopf's patch was accepted and moved the object's resourceVersion; `error`: it failed."""
        if not isinstance(self._scope, WorkScope) or self._work is None:
            return
        error = self.error or error
        if self.wrote and moved:
            self._work.mark_done()
        if error is None and self.presumed and not self._work.done:
            self._work.mark_done(presumed=True)
        self._scope.end(error)
        if self._work.done:
            self._on_work()
