"""Handlers that fail: for now, for good, and by surprise. Knows nothing of tracing."""

import kopf


@kopf.on.create("example.com", "v1", "databases", when=lambda name, **_: name == "slow")
def wait(retry, **_):
    if retry < 2:
        raise kopf.TemporaryError(f"not yet, {retry}", delay=1)


@kopf.on.create("example.com", "v1", "databases", when=lambda name, **_: name == "wrong")
async def refuse(**_):
    raise kopf.PermanentError("no such engine")


@kopf.on.create("example.com", "v1", "databases", retries=2, backoff=1, when=lambda name, **_: name == "odd")
def stumble(retry, **_):
    raise KeyError(f"engine {retry}")


@kopf.on.event("example.com", "v1", "databases", when=lambda name, **_: name == "loud")
def shout(**_):
    raise RuntimeError("nobody hears")
