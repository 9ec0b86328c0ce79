"""Which object spans an operator closes, and when: those of objects that it has to do with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kopf import Body

from traceutil.change import change_id
from traceutil.integrations.kopf.configuring import CLOSING
from traceutil.integrations.kopf.diff import handled
from traceutil.judging import Handled
from traceutil.memory import Bounded
from traceutil.objects import Json
from traceutil.tracer import ObjectTracer


@dataclass(slots=True)
class _Worked:
    """What was done on one object for one of its changes."""

    change: str
    #: Whether a handler of the change itself ran: then kopf's memory says when all are through.
    by_change: bool = False
    #: Whether one failed for good, which kopf's memory does not say.
    failed: bool = False


class Roots:
    """Closes the object spans of one process. What is forgotten here stays open, as after a restart."""

    def __init__(self, tracer: Callable[[], ObjectTracer]) -> None:
        self._tracer = tracer
        self._worked: Bounded[str, _Worked] = Bounded(65_536)

    def note(self, body: Json, *, by_change: bool = False, failed: bool = False) -> None:
        """A handler worked on the object: somebody has to export the span above."""
        uid, change = _key(body)
        before = self._worked.get(uid)
        if before is None or before.change != change:
            before = _Worked(change)
            self._worked.set(uid, before)
        before.by_change |= by_change
        before.failed |= failed
        if failed:
            self._tracer().end_if_reached(body, handled="failed")

    def look(self, registry: Any, settings: Any, resource: Any, event: Any) -> None:
        """Before kopf works on an event: close what came to its end with it.

        Only where kopf has handled the object, or a handler worked on this change of it: spans of whatever
        else is watched are others' to close.
        """
        obj = event["object"]
        body = Body(obj)
        uid, change = _key(obj)
        worked = self._worked.get(uid)
        gone = event["type"] == "DELETED" or change == "deletion"
        known = settings.persistence.diffbase_storage.fetch(body=body) is not None
        mine = known or (worked is not None and (gone or worked.change == change))
        if not mine or _is_configured(registry, resource):
            return
        done: Handled | None = handled(settings, body)
        if worked is not None and worked.change == change and worked.failed:
            done = "failed"
        self._tracer().end_if_reached(obj, deleted=event["type"] == "DELETED", handled=done)

    def settled(self, event: Any) -> None:
        """After kopf had nothing new to write for an event.

        Where only timers, daemons or event handlers worked on the change, nobody has more to do for it.
        """
        uid, change = _key(event["object"])
        worked = self._worked.get(uid)
        if worked is None or worked.change != change or worked.by_change or event["type"] == "DELETED":
            return
        done: Handled = "failed" if worked.failed else "succeeded"
        self._tracer().end_if_reached(event["object"], handled=done)


def _key(obj: Json) -> tuple[str, str]:
    return str(obj.get("metadata", {}).get("uid")), change_id(obj)


def _is_configured(registry: Any, resource: Any) -> bool:
    """Whether the operator closes these objects itself, by `configure`."""
    return any(
        handler.id == CLOSING and handler.selector is not None and handler.selector.check(resource)
        for handler in registry._watching.get_all_handlers()
    )
