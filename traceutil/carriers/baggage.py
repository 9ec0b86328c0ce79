"""W3C baggage in an annotation, by allow-list only: objects are readable by many.

https://www.w3.org/TR/baggage/: comma-separated key=value with percent-encoded values; properties
after a semicolon are not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any
from urllib.parse import quote, unquote

from opentelemetry import baggage
from opentelemetry.context import Context

from .w3c import PREFIX

#: Bytes and entries that W3C baggage 1.0 asks everyone to carry; beyond them nothing is.
MAX_BYTES = 8_192
MAX_ENTRIES = 180


class Baggage:
    """Carries the allowed keys of a context's baggage; with an empty list it does nothing.

    Args:
        allowed: keys that may stand on an object, and that are taken from one.
        prefix: of the annotation key.
    """

    def __init__(self, allowed: Iterable[str] = (), prefix: str = PREFIX) -> None:
        self.allowed = frozenset(allowed)
        self.key = prefix + "baggage"

    def read(self, annotations: Mapping[str, Any]) -> dict[str, str]:
        """The allowed entries; empty where the annotation is absent, oversized or no baggage."""
        value = annotations.get(self.key) if self.allowed else None
        if not isinstance(value, str) or len(value) > MAX_BYTES:
            return {}
        entries: dict[str, str] = {}
        for member in value.split(",")[:MAX_ENTRIES]:
            key, equals, content = member.partition(";")[0].partition("=")
            if equals and (name := unquote(key.strip())) in self.allowed:
                entries[name] = unquote(content.strip())
        return entries

    def extract(self, annotations: Mapping[str, Any], context: Context | None = None) -> Context | None:
        """`context` with the allowed entries added to its baggage; unchanged where there are none."""
        for key, value in self.read(annotations).items():
            context = baggage.set_baggage(key, value, context)
        return context

    def write(self, context: Context | None, annotations: MutableMapping[str, str]) -> None:
        """Write the allowed entries of `context`'s baggage, in the order of their keys.

        Entries that would pass the limits are left out; with none left the annotation is removed.
        """
        if not self.allowed:
            return
        members: list[str] = []
        size = 0
        for key, value in sorted(baggage.get_all(context).items()):
            member = f"{quote(key)}={quote(str(value))}"
            if key in self.allowed and len(members) < MAX_ENTRIES and size + len(member) + 1 <= MAX_BYTES:
                members.append(member)
                size += len(member) + 1
        if members:
            annotations[self.key] = ",".join(members)
        else:
            annotations.pop(self.key, None)
