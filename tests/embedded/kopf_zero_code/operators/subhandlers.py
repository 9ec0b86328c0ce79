"""One handler for each volume, some declared, some made on the way. Knows nothing of tracing."""

import kopf


@kopf.on.create("example.com", "v1", "databases")
async def create(spec, **_):
    @kopf.subhandler()
    async def users(**_):
        return "made"

    for volume in spec["volumes"]:
        kopf.register(attach, id=volume, param=volume)


def attach(param, retry, **_):
    if param == "busy" and not retry:
        raise kopf.TemporaryError("disk is busy", delay=1)
