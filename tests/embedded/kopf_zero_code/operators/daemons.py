"""One daemon waits for its object to be resized and leaves a result, one fails. Knows nothing of tracing."""

import kopf


@kopf.daemon("example.com", "v1", "databases", when=lambda name, **_: name != "broken")
async def await_growth(body, stopped, **_):
    while not stopped and body.spec["size"] < 5:
        await stopped.wait(0.05)
    return None if stopped else {"grown": body.spec["size"]}


@kopf.daemon("example.com", "v1", "databases", when=lambda name, **_: name == "broken")
def give_up(**_):
    raise kopf.PermanentError("no such disk")
