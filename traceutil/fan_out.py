"""A trace has a bound: how many overflow traces an object's children go into (docs/spec.md 4)."""

from __future__ import annotations

import math

from traceutil.objects import Json, section, text

#: Where a kind says how many children it will have.
_FAN_OUT = {
    "ReplicaSet": "replicas",
    "StatefulSet": "replicas",
    "ReplicationController": "replicas",
    "Job": "parallelism",
}


def shards_for(obj: Json, max_children: int) -> int:
    """Into how many overflow traces the object's children go; 0: into its own."""
    wanted = section(obj, "spec").get(_FAN_OUT.get(text(obj, "kind"), ""))
    if not isinstance(wanted, int) or wanted <= max_children:
        return 0
    return math.ceil(wanted / max_children)
