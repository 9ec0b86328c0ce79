"""Names, label keys and label values: the formats of RFC 1123 and RFC 1035 as Kubernetes applies them.

Patterns, limits and wording: k8s.io/apimachinery/pkg/util/validation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias

#: Tells what is wrong with a name; nothing if it is right.
Rule: TypeAlias = Callable[[str], Iterable[str]]

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_LABEL_1035 = r"[a-z]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_VALUE = rf"({_QUALIFIED})?"
_PORT_NAME = r"(?=[-a-z0-9]*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?"


def _format(pattern: str, limit: int, message: str) -> Rule:
    matches = re.compile(pattern).fullmatch

    @lru_cache(maxsize=4096)  # the same few keys stand on thousands of objects
    def rule(name: str) -> tuple[str, ...]:
        long = (f"must be no more than {limit} bytes",) if len(name.encode()) > limit else ()
        wrong = () if matches(name) else (f"{message}, regex used for validation is '{pattern}')",)
        return long + wrong

    return rule


subdomain = _format(
    _SUBDOMAIN,
    253,
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    "and must start and end with an alphanumeric character (e.g. 'example.com'",
)
label = _format(
    _LABEL,
    63,
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
    "and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc'",
)
label_1035 = _format(
    _LABEL_1035,
    63,
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', "
    "start with an alphabetic character, and end with an alphanumeric character "
    "(e.g. 'my-name',  or 'abc-123'",
)
label_value = _format(
    _VALUE,
    63,
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345'",
)
_name_part = _format(
    _QUALIFIED,
    63,
    "name part must consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc'",
)


def path_segment(name: str) -> Iterator[str]:
    """What may not stand in one segment of a URL path (names of RBAC objects)."""
    if name in (".", ".."):
        yield f"may not be '{name}'"
    for illegal in ("/", "%"):
        if illegal in name:
            yield f"may not contain '{illegal}'"


@lru_cache(maxsize=4096)
def qualified(name: str) -> tuple[str, ...]:
    """A key of a label or annotation, or a finalizer: `name` or `prefix.example.com/name`."""
    return tuple(_qualified(name))


def _qualified(name: str) -> Iterator[str]:
    prefix, slash, rest = name.rpartition("/")
    if slash and not prefix:
        yield "prefix part must be non-empty"
    elif slash:
        yield from (f"prefix part {problem}" for problem in subdomain(prefix))
    if not rest:
        yield "name part must be non-empty"
    yield from _name_part(rest)


def port_name(name: str) -> Iterator[str]:
    """The name of a container's port (IANA service name)."""
    if len(name) > 15:
        yield "must be no more than 15 bytes"
    if not re.fullmatch(_PORT_NAME, name):
        yield (
            "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-), at least one letter, "
            "and no hyphen at its ends or twice in a row"
        )
