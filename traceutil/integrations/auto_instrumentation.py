"""`OTEL_PYTHON_CONFIGURATOR=traceutil`: `opentelemetry-instrument` starts our SDK set-up instead of its own.

An entry point in `opentelemetry_configurator` would be taken by everybody who does not name one; this hook
does nothing unless it is named.
"""

from __future__ import annotations

import atexit
import logging
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traceutil.sdk import Telemetry

_LOG = logging.getLogger(__name__)
NAME = "traceutil"


def configure() -> None:
    """Called by `opentelemetry-instrument` before it loads the instrumentors."""
    if os.environ.get("OTEL_PYTHON_CONFIGURATOR") != NAME:
        return
    from traceutil import sdk  # only who asks for it pays for the import

    try:
        telemetry = sdk.setup()
    except ValueError as error:
        _LOG.error("nothing is traced: %s", error)
        return
    atexit.register(_stop, telemetry)


def _stop(telemetry: Telemetry) -> None:
    lost = telemetry.shutdown()
    if lost:
        _LOG.warning("tracing lost %d spans on their way to the collector", lost)
