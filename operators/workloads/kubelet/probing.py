"""When is a container ready? Asking its readiness probe."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from operators.workloads.objects import number

if TYPE_CHECKING:
    from operators.workloads.kubelet.controller import KubeletController


async def first_success(kubelet: KubeletController, container_id: str, probe: Mapping[str, Any]) -> bool:
    """True once the probe succeeded `successThreshold` times in a row; False where the container ended.

    First asked after initialDelaySeconds, then every periodSeconds (10 where not given).
    """
    ended = asyncio.ensure_future(kubelet.runtime.wait(container_id))
    asking = asyncio.ensure_future(_ask(kubelet, container_id, probe))
    try:
        await asyncio.wait((ended, asking), return_when=asyncio.FIRST_COMPLETED)
        return asking.done() and asking.exception() is None
    finally:
        for each in (ended, asking):
            each.cancel()
        await asyncio.gather(ended, asking, return_exceptions=True)


async def _ask(kubelet: KubeletController, container_id: str, probe: Mapping[str, Any]) -> None:
    await kubelet.clock.sleep(number(probe.get("initialDelaySeconds")))
    needed, period = number(probe.get("successThreshold"), 1), number(probe.get("periodSeconds"), 10)
    successes = 0
    while True:
        successes = successes + 1 if await kubelet.runtime.probe(container_id) else 0
        if successes >= needed:
            return
        await kubelet.clock.sleep(period)
