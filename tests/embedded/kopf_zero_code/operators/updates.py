"""Looks at what changed: the whole, one field, and raw events without interest. Knows nothing of tracing."""

import kopf


@kopf.on.create("example.com", "v1", "databases")
async def create(**_):
    pass


@kopf.on.update("example.com", "v1", "databases")
async def update(diff, patch, **_):
    patch.status["changed"] = ["/".join(field) for _, field, _, _ in diff]


@kopf.on.field("example.com", "v1", "databases", field="spec.size")
def resized(old, new, **_):
    return f"{old}→{new}"


@kopf.on.event("example.com", "v1", "databases")
async def glance(**_):
    pass
