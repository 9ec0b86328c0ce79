"""Parent or link? One pure function and its table (docs/adr/0001-parent-or-link.md, docs/spec.md 4)."""

from __future__ import annotations

from typing import Literal, TypeAlias

Relation: TypeAlias = Literal["auto", "parent", "link"]

#: What an object carries, as seen by whoever works on it.
#: `open`: a record that holds and has no end. `closed`: one that holds and has ended.
#: `plain`: a context without a record, fresh; `stale`: the same, but older than the deadline or than the
#: newest writer of the spec. `owner`: a copy of the controlling owner's open record. `foreign`: any other
#: copy, a record that does not hold. `nothing`: no context at all.
Carried: TypeAlias = Literal["open", "closed", "plain", "stale", "owner", "foreign", "nothing"]

#: Where work goes. `parent`: under what is carried. `drift`: into the one trace of this episode, linked.
#: `derived`: under the object span that everybody derives alike, linked to what is carried, if anything is.
#: `root`: a new trace, linked to what is carried.
Placement: TypeAlias = Literal["parent", "drift", "derived", "root"]

_AUTO: dict[Carried, Placement] = {
    "open": "parent",
    "closed": "drift",
    "plain": "parent",
    "stale": "derived",
    "owner": "parent",
    "foreign": "derived",
    "nothing": "derived",
}


def place(relation: Relation, carried: Carried) -> Placement:
    """Where work on an object goes that carries `carried`, under the setting `relation`."""
    if relation == "auto" or carried == "nothing":
        return _AUTO[carried]
    return "parent" if relation == "parent" else "root"
