"""Cradle to grave: start-up, index, create, resume, delete, clean-up. Knows nothing of tracing."""

import kopf


@kopf.on.startup()
async def start(logger, **_):
    logger.info("starting")


@kopf.on.cleanup()
async def stop(logger, **_):
    logger.info("stopping")


@kopf.index("example.com", "v1", "databases")
def sizes(name, spec, **_):
    return {name: spec["size"]}


@kopf.on.create("example.com", "v1", "databases")
def create(**_):
    return "created"


@kopf.on.resume("example.com", "v1", "databases")
def resume(sizes, patch, **_):
    patch.status["resumedWith"] = len(sizes)


@kopf.on.delete("example.com", "v1", "databases")
async def delete(patch, **_):
    patch.status["phase"] = "Deleting"
