"""Fills in a default and refuses what is too large. Knows nothing of tracing."""

import os

import kopf


@kopf.on.startup()
def serve(settings, **_):
    port = int(os.environ["WEBHOOK_PORT"])
    settings.admission.server = kopf.WebhookServer(addr="127.0.0.1", port=port, insecure=True)


@kopf.on.mutate("example.com", "v1", "databases")
def fill_in(spec, patch, **_):
    if "size" not in spec:
        patch.spec["size"] = 1


@kopf.on.validate("example.com", "v1", "databases")
async def refuse(spec, **_):
    if spec.get("size", 0) > 100:
        raise kopf.AdmissionError("larger than any disk", code=422)
