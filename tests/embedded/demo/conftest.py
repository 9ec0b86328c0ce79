"""Every story is run once for all tests here, two at a time: they wait more than they compute."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.embedded.demo.collector import OtlpCollector
from tests.embedded.demo.command import Answer, traceutil
from tests.embedded.demo.told import Told

STORIES = ("crash", "slow-pull", "rollout", "failure", "drift", "deployment", "pod")
Stories: TypeAlias = Callable[[str], Told]


@pytest.fixture(scope="session")
def _answers() -> Iterator[dict[str, Future[Answer]]]:
    with ThreadPoolExecutor(3) as pool:
        yield {name: pool.submit(traceutil, "demo", name, "--output", "json") for name in STORIES}


@pytest.fixture(scope="session")
def stories(_answers: dict[str, Future[Answer]]) -> Stories:
    """A story by name, as `traceutil demo NAME --output json` told it."""
    return lambda name: Told(_answers[name].result())


@pytest.fixture(scope="session")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Told, Path, OtlpCollector]]:
    """`deployment` once more, sent to a collector and exported to a file too."""
    file = tmp_path_factory.mktemp("export") / "spans.jsonl"
    with OtlpCollector() as collector:
        args = ("demo", "deployment", "--otlp", collector.url, "--export", file, "-o", "json")
        yield Told(traceutil(*args)), file, collector
