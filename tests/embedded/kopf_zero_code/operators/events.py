"""Marks what it sees, by raw events alone. Knows nothing of tracing."""

import kopf


@kopf.on.event("example.com", "v1", "databases")
async def mark(spec, patch, **_):
    patch.status["seen"] = spec["size"]
