"""Identity: which object is this, before and after it has a name."""

from __future__ import annotations

from traceutil.objects import Json, group_of, section, text


def identity(obj: Json, cluster: str = "") -> str:
    """`cluster/group/kind/namespace/name`; before a name exists `generateName` + `*`.

    docs/spec.md 1. The cluster is a setting, never fetched.
    """
    metadata = section(obj, "metadata")
    name = text(metadata, "name") or text(metadata, "generateName") + "*"
    return f"{cluster}/{group_of(obj)}/{text(obj, 'kind')}/{text(metadata, 'namespace')}/{name}"


def names(recorded: str, obj: Json, cluster: str = "") -> bool:
    """Whether the recorded identity is that of `obj`.

    A writer may not know all of it: a name that the server generates stands as `generateName*`, and a
    namespace that is only in the request's path is left empty.
    """
    mine = identity(obj, cluster)
    if recorded == mine:
        return True
    metadata = section(obj, "metadata")
    head, _, name = mine.rpartition("/")
    unplaced = head.rpartition("/")[0] + "/"
    generated = text(metadata, "generateName")
    known = {f"{unplaced}/{name}"}
    if generated:
        known |= {f"{head}/{generated}*", f"{unplaced}/{generated}*"}
    return recorded in known


def owner_identity(obj: Json, owner: Json, cluster: str = "") -> str:
    """The identity of an owner, from its reference (owners live in the same namespace)."""
    namespace = text(section(obj, "metadata"), "namespace")
    group = group_of(owner)
    return f"{cluster}/{group}/{text(owner, 'kind')}/{namespace}/{text(owner, 'name')}"
