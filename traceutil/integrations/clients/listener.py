"""Hears what a client sends and what it is answered, and tells the work that is going on."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from traceutil.current import current_tracer
from traceutil.desired import State, desired_state_reached
from traceutil.integrations.clients.carry import Read, carries, with_context
from traceutil.integrations.clients.seen import Answer, Write, moves_state, seen, write_of
from traceutil.integrations.clients.target import Target, split, target_of
from traceutil.integrations.clients.versions import Versions
from traceutil.memory import Bounded
from traceutil.objects import Json, section, text
from traceutil.places import object_key
from traceutil.tracer import ObjectTracer
from traceutil.work import Work, current_work

#: Answers to GET in which objects are looked for; a log may hold anything.
_OBJECTS = frozenset({"", "status", "scale"})


class Listener:
    """One integration that is on: what it remembers, and whether it writes context.

    Args:
        encode: None: the tracer's setting `encode_created`.
        tracer: None: the current one.
    """

    def __init__(self, *, encode: bool | None, tracer: ObjectTracer | None) -> None:
        self._encode = encode
        self._tracer = tracer
        self.guard = _Guard(self)
        self.versions = Versions()
        #: False once the integration is off, where somebody else's replacement keeps ours in place.
        self.on = True
        #: Taken out and called at the first request.
        self.on_first: list[Callable[[], None]] = []
        #: What was read by whose work, by URL.
        self.reads: Bounded[str, tuple[Work, Read]] = Bounded(1_024)
        #: The verdict on what this process last wrote, by uid.
        self.verdicts: Bounded[str, State] = Bounded(1_024)

    @property
    def tracer(self) -> ObjectTracer:
        return self._tracer or current_tracer()

    @property
    def encodes(self) -> bool:
        return self.tracer.settings.encode_created if self._encode is None else self._encode

    def sent(self, method: str, url: str, body: Any = None, content_type: str = "") -> Exchange | None:
        """A request is about to be sent; None where it is not listened to.

        Args:
            body: JSON, as Python values or as text; anything else is left alone.
        """
        if self.on:
            with self.guard:
                return self._sent(method, url, body, content_type)
        return None

    def _sent(self, method: str, url: str, body: Any, content_type: str) -> Exchange:
        if self.on_first:
            with contextlib.suppress(IndexError):  # another thread was the first
                self.on_first.pop()()
        work = current_work()
        if work is not None:
            work.hear()
        path, query = split(url)
        target = target_of(path)
        value = as_value(body) if work is not None and method != "GET" else None
        exchange = Exchange(self, method, path, target, work, write_of(method, target, query, value))
        exchange.watches = method == "GET" and query.get("watch", ["false"])[0].lower() in ("true", "1")
        if work is not None and isinstance(value, Mapping) and self.encodes:
            manager = query.get("fieldManager", [""])[0] if "apply-patch" in content_type else ""
            exchange.carry(value, manager)
        return exchange


class _Guard:
    """What fails in here is counted, and fails no request."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        if kind is None or not issubclass(kind, Exception):
            return False
        self._listener.tracer.health.count("unheard")
        return True


class Exchange:
    """One request and its answer."""

    __slots__ = (
        "_listener",
        "_method",
        "_moment",
        "_path",
        "_read",
        "_target",
        "_work",
        "_write",
        "body",
        "watches",
    )

    def __init__(
        self,
        listener: Listener,
        method: str,
        path: str,
        target: Target,
        work: Work | None,
        write: Write | None,
    ) -> None:
        self._listener = listener
        self._method = method
        self._path = path
        self._target = target
        self._work = work
        self._write = write
        self._read = False
        self._moment = listener.versions.tick()
        #: What is to be sent instead; None: what the caller gave.
        self.body: Json | None = None
        #: Whether the answer is a stream of events.
        self.watches = False

    def carry(self, body: Json, manager: str) -> None:
        """Put the context into a copy of the body, where it may travel."""
        if self._write is None or not carries(self._write):
            return
        known = self._listener.reads.get(self._path)
        read = known[1] if known is not None and known[0] is self._work else None
        carried = with_context(self._listener.tracer, self._write, body, read, manager=manager)
        if carried is not body:
            self.body = carried

    def accepted(self, status: int) -> None:
        """The answer's head is there; its body may be read later, or never."""
        with self._listener.guard:
            self._accepted(status)

    def _accepted(self, status: int) -> None:
        if self._work is not None and self._write is not None and self._seen(status, None) != "no work":
            self._work.unread += 1

    def answered(self, status: int, data: bytes) -> None:
        """The answer's body was read, after `accepted`."""
        with self._listener.guard:
            self._answered(status, data)

    def _answered(self, status: int, data: bytes) -> None:
        if self._read:
            return
        self._read = True
        if self._target.subresource in _OBJECTS and self._target.resource:
            self._listener.versions.note(data)
        if self._work is None:
            return
        if self._write is None:
            self._remember_read(status, data)
            return
        if self._seen(status, None) != "no work":
            self._work.unread -= 1
            body = as_value(data)
            result = self._seen(status, body if isinstance(body, Mapping) else None)
            if result != "no work":
                self._work.mark_done(presumed=result == "unknown")

    def event(self, data: bytes) -> None:
        """A part of a watch went by."""
        with self._listener.guard:
            self._listener.versions.note(data)

    def _seen(self, status: int, body: Json | None) -> str:
        assert self._write is not None
        if body is None:
            return seen(self._write, Answer(status))
        metadata = section(body, "metadata")
        uid, version = text(metadata, "uid"), text(metadata, "resourceVersion")
        before_request = self._listener.versions.seen_before(uid, version, self._moment)
        before, after = self._verdicts(uid, body) if self._write.status_only else (None, None)
        return seen(self._write, Answer(status, body, before_request, before, after))

    def _verdicts(self, uid: str, body: Json) -> tuple[State | None, State | None]:
        """Before: as this process last wrote it, else as it stood when work on it began."""
        after = desired_state_reached(body).state
        before = self._listener.verdicts.get(uid)
        if before is None and self._work is not None and self._work.place.key == object_key(body):
            before = self._work.before
        if uid:
            self._listener.verdicts.set(uid, after)
        return before, after

    def _remember_read(self, status: int, data: bytes) -> None:
        if self._work is None or self._method != "GET" or not self._target.name or self._target.subresource:
            return
        if not moves_state(self._target) or not self._listener.encodes:
            return
        live = as_value(data) if status == 200 else None
        if status == 404 or isinstance(live, Mapping):
            self._listener.reads.set(self._path, (self._work, Read(live)))


def as_value(body: Any) -> Any:
    """JSON text as Python values; other values as they are; None for what is no JSON."""
    if isinstance(body, bytes | bytearray | str):
        with contextlib.suppress(ValueError):
            return json.loads(body)
        return None
    return body
