"""One set of settings for all verbs, with defaults that suit a controller."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from traceutil.carriers import DEFAULT_READ, DEFAULT_WRITE
from traceutil.carriers.base import Carrier
from traceutil.health import Health
from traceutil.ids import IdSource, RandomIds
from traceutil.ranges import check
from traceutil.relation import Relation
from traceutil.times import Clock
from traceutil.trust import Trust, checked


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What `ObjectTracer` goes by. Nothing here is read from the environment; see `from_env`."""

    component: str = ""
    """Who we are (`service.name`): we close the object spans whose `closer` is this, or names nobody."""
    relation: Relation = "auto"
    """Parent or link, where the call does not say."""
    deadline: float = 600.0
    """Seconds after which an object span without a deadline of its own is overdue."""
    deadlines: Mapping[str, float] = field(default_factory=dict)
    """The same by kind."""
    read: tuple[Carrier, ...] = DEFAULT_READ
    """Carriers that are read, in order of precedence."""
    write: tuple[Carrier, ...] = DEFAULT_WRITE
    """Carriers that are written."""
    baggage: tuple[str, ...] = ()
    """Baggage keys that may travel in objects."""
    max_links: int = 32
    """Links on one span; the rest is counted."""
    max_children: int = 1000
    """Children in one trace; beyond it they go into overflow traces."""
    ratio: float = 1.0
    """The cluster-wide share of new traces that is sampled."""
    trust: Trust = "all"
    """Whose sampling flags on objects are obeyed, by field manager; else the ratio decides, by trace id."""
    cluster: str = ""
    """The cluster's name in identities; never fetched."""
    namespaces: Callable[[str], Mapping[str, Any] | None] | None = None
    """Returns a Namespace that the process already holds, for its opt-out annotation."""
    field_manager: str = ""
    """Our field manager in server-side apply; where it is known, keys that another owns are left alone."""
    enabled: bool = True
    """False: every verb does nothing."""
    writing: bool = True
    """False: nothing is written into any object; spans go on."""
    encode_created: bool = False
    """Whether the integrations of clients write the context into what is created inside a work span."""
    export_owned_deletions: bool = False
    """Whether the small derived traces of deletions are exported for objects with a controlling owner."""
    window: float = 3.0
    """Seconds before the start of this process within which closed spans are exported again: a little longer
    than the export queue's delay, in which a killed predecessor may have lost them."""
    clock: Clock = time.time_ns
    ids: IdSource = field(default_factory=RandomIds)
    health: Health = field(default_factory=Health)

    def __post_init__(self) -> None:
        """Raises ValueError: names the setting that is out of its range, its value and what is allowed."""
        checked(self.trust)
        check(vars(self))
