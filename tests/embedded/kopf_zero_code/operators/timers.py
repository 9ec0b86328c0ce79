"""Ticks: one timer writes what it sees, another finds nothing to do. Knows nothing of tracing."""

import kopf


@kopf.timer("example.com", "v1", "databases", interval=0.2)
def measure(spec, patch, **_):
    patch.status["measured"] = spec["size"]


@kopf.timer("example.com", "v1", "databases", interval=0.2)
async def idle(**_):
    pass
