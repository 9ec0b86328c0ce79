"""No controller waits for a collector: beside a broken one, work goes as fast as beside a sound one."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from demo.stories.objects import NEWER, deployment, set_image
from demo.target import embedded
from operators.workloads.clock import Clock
from tests.embedded.faults.collectors import Collector, Fault, says, silent, sound
from tests.embedded.faults.scene import scene
from traceutil.exporting import otlp_exporter

pytestmark = pytest.mark.slow

SPEED = 10.0
#: How much longer it may take beside a broken collector. One export in a handler would cost 2 s of timeout,
#: and there are dozens: that would be a factor of ten at least.
MARGIN = 3.0


class Watched(SpanExporter):
    """Notes in which threads it exports."""

    def __init__(self, inner: SpanExporter) -> None:
        self.threads: set[int] = set()
        self._inner = inner

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.threads.add(threading.get_ident())
        return self._inner.export(spans)

    def shutdown(self) -> None:
        self._inner.shutdown()


async def seconds_to_roll_out(collector: Collector) -> float:
    """A Deployment of three, then another image: from the first write until all of it is reached."""
    clock = Clock(speed=SPEED)
    exporter = Watched(otlp_exporter(collector.url))
    async with embedded(clock, 1) as target, scene(target, clock, exporters=[exporter]) as played:
        began = time.monotonic()
        await played.stage.create(deployment("web", 3), closer="deployment")
        await played.stage.settled()
        await played.stage.change(await played.stage.get("Deployment", "web"), set_image(NEWER))
        await played.stage.settled()
        took = time.monotonic() - began
        collector.released.set()
    assert threading.get_ident() not in exporter.threads
    assert exporter.threads
    return took


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(silent, id="one that never answers"),
        pytest.param(says("503 Service Unavailable"), id="one that says 503"),
    ],
)
async def test_work_keeps_its_speed(fault: Fault) -> None:
    """The same rollout, side by side; and not one export happens in the controllers' own thread."""
    with Collector(sound) as healthy, Collector(fault) as broken:
        usual, took = await asyncio.gather(seconds_to_roll_out(healthy), seconds_to_roll_out(broken))
        assert broken.started
    assert took < MARGIN * usual
