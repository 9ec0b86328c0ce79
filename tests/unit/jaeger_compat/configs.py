"""Configs with no variable of this process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from traceutil.jaeger_compat import Config

NONE: dict[str, str] = {}
CONST = {"sampler": {"type": "const", "param": 1}}


def config(keys: Mapping[str, Any], environ: Mapping[str, str] = NONE, **arguments: Any) -> Config:
    return Config(keys, **{"service_name": "test", "environ": environ, **arguments})
