"""A method is replaced for a while: of a class, or of one object, and put back as it was."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

from traceutil.integrations.clients.listener import Listener
from traceutil.listening import LISTENING

_ORIGINAL = "__traceutil_original__"
_REPLACED = "__traceutil_replaced__"


class Replaced:
    """`owner.name` replaced by what `make` makes of the original function, until `restore`."""

    def __init__(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        self._owner = owner
        self._name = name
        self._is_class = isinstance(owner, type)
        self._before = vars(owner).get(name)
        self._over = False
        found = getattr(owner if self._is_class else type(owner), name)
        # An object that is listened to by itself is not heard twice where its class is listened to as well.
        self._original = found if self._is_class else getattr(found, _ORIGINAL, found)
        self._made = make(self._original)
        setattr(self._made, _ORIGINAL, getattr(found, _ORIGINAL, found))
        setattr(self._made, _REPLACED, self)
        setattr(owner, name, self._made if self._is_class else types.MethodType(self._made, owner))

    def restore(self) -> None:
        """As it was before; where somebody else has replaced it since, theirs stays."""
        self._over = True
        now = vars(self._owner).get(self._name)
        if getattr(now, "__func__", now) is not self._made:
            return
        before = self._before
        while (other := _replacement(before)) is not None and other._over:
            before = other._before  # of ours too, and turned off before this one
        if before is None:
            delattr(self._owner, self._name)
        else:
            setattr(self._owner, self._name, before)


def _replacement(found: Any) -> Replaced | None:
    replaced: Replaced | None = getattr(getattr(found, "__func__", found), _REPLACED, None)
    return replaced


class Instrumentation:
    """An integration that is on. Leave the `with` block, or call `uninstrument`, to turn it off."""

    def __init__(self, listener: Listener, replaced: list[Replaced], *, single: bool) -> None:
        self._listener = listener
        self._replaced = replaced
        self._single = single
        LISTENING.begin(single=single)

    def count_when_used(self) -> None:
        """Silence is an answer only once a client of this library was used: it may just be installed."""
        LISTENING.end(single=self._single)
        single, self._single = self._single, True
        LISTENING.begin(single=True)

        def used() -> None:
            LISTENING.end(single=True)
            self._single = single
            LISTENING.begin(single=single)

        self._listener.on_first.append(used)

    def uninstrument(self) -> None:
        """Everything as it was before; calling it again does nothing."""
        if not self._listener.on:
            return
        self._listener.on = False
        LISTENING.end(single=self._single)
        for each in reversed(self._replaced):
            each.restore()

    def __enter__(self) -> Instrumentation:
        return self

    def __exit__(self, *_: object) -> None:
        self.uninstrument()
