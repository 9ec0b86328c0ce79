"""Was an episode of drift begun before our time? The children that were made in it say so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from traceutil.derive import Ids
from traceutil.objects import as_json
from traceutil.reading import read_record
from traceutil.settings import Settings

#: What an object has made, asked for only where it matters.
Children: TypeAlias = Callable[[], Iterable[Any]]


def begun_by(children: Children, episode: Ids, settings: Settings) -> int | None:
    """When (Unix ns) the first of these children was written on behalf of the episode; None: none was."""
    records = (read_record(as_json(child), settings) for child in children())
    return min(
        (each.start for each in records if each and (each.trace_id, each.parent_id) == tuple(episode)),
        default=None,
    )
