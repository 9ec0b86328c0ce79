"""The command and its settings: restarts, which SDK, what cannot be used, what was lost."""

from __future__ import annotations

import time
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from tests.embedded.kopf_operators.operators import Api
from tests.embedded.kopf_zero_code.process import running, until
from tests.embedded.kopf_zero_code.seen import object_spans, tree
from tests.embedded.kopf_zero_code.stories import handled, status
from tests.unit.core.receivers import Received, http_receiver

pytestmark = pytest.mark.slow

#: Nanoseconds for which what closed is exported again: a predecessor that was killed may have lost it.
WINDOW = 3_000_000_000
OURS = {"OTEL_PYTHON_CONFIGURATOR": "traceutil"}


def test_the_entry_points_are_there() -> None:
    """By them `opentelemetry-instrument` finds the instrumentor; no configurator is forced on anybody."""
    named = {
        group: [each.name for each in entry_points(group=group) if each.value.startswith("traceutil.")]
        for group in ("opentelemetry_instrumentor", "opentelemetry_configurator", "opentelemetry_distro")
    }
    assert "kopf" in named["opentelemetry_instrumentor"]
    assert [] == named["opentelemetry_configurator"] + named["opentelemetry_distro"]


def test_after_a_restart_a_resume_handler_works_in_a_trace_of_its_own(
    api: Api, collector: Received, tmp_path: Path
) -> None:
    """What had closed is not exported again; what resuming moves is drift, linked to it."""
    with running(api, tmp_path, "lifecycle", collector):
        api.create(size=1)
        handled(api)
        until(lambda: len(object_spans(collector)) == 1, "the root did not arrive")
    (root,) = object_spans(collector)
    until(lambda: time.time_ns() - root.end_time_unix_nano > WINDOW, "time does not pass")
    with http_receiver() as second, running(api, tmp_path, "lifecycle", second):
        status(api, resumedWith=1)
        until(lambda: len(object_spans(second)) == 1, "the episode did not arrive")

    assert "Database orders: reached\n  shop.create [create]" == tree(collector)
    assert "Database orders: reached\n  shop.resume [resume]" == tree(second)
    (episode,) = object_spans(second)
    assert root.trace_id != episode.trace_id
    assert [(root.trace_id, root.span_id)] == [(link.trace_id, link.span_id) for link in episode.links]


@pytest.mark.parametrize(
    ("environ", "expected", "services"),
    [
        pytest.param(
            {},
            "Database one: reached\n"
            "  shop.create [create]\n"
            "    PUT /disk\n"
            "Database two: reached\n"
            "  shop.measure [event added]\n"
            "  shop.create [create]\n"
            "    PUT /disk",
            {"shop"},
            id="OpenTelemetry's: reads before work was known are lost, the operator sends all",
        ),
        pytest.param(
            OURS,
            "Database one: reached\n"
            "  shop.create [create]\n"
            "    PUT /disk\n"
            "Database two: reached\n"
            "  shop.measure [event added]\n"
            "    GET /disk\n"
            "  shop.create [create]\n"
            "    PUT /disk",
            {"shop", "database"},
            id="ours: they are kept, and object spans are their kind's",
        ),
    ],
)
def test_with_which_sdk(
    api: Api, collector: Received, tmp_path: Path, environ: Any, expected: str, services: set[str]
) -> None:
    """Either will do; with both, what an idle handler read is not exported."""
    with running(api, tmp_path, "calls", collector, environ):
        api.create("one", size=1)
        api.create("two", size=2)
        handled(api, "one")
        handled(api, "two")
        until(lambda: len(object_spans(collector)) == 2, "a root did not arrive")

    assert expected == tree(collector)
    assert services == collector.services


@pytest.mark.parametrize("environ", [{}, OURS], ids=["OpenTelemetry's SDK", "ours"])
def test_a_variable_that_cannot_be_used_is_named_and_the_operator_works(
    api: Api, collector: Received, tmp_path: Path, environ: dict[str, str]
) -> None:
    """One line of the log, and no trace."""
    with running(api, tmp_path, "children", collector, {"TRACEUTIL_RATIO": "7", **environ}) as operator:
        api.create(size=1)
        handled(api)

    lines = [line for line in operator.log.splitlines() if "TRACEUTIL_RATIO" in line]
    assert "kopf is not traced: TRACEUTIL_RATIO='7': use a number from 0 to 1" in lines
    assert "Traceback" not in operator.log
    assert [] == collector.spans


def test_what_did_not_arrive_is_said_at_exit(api: Api, tmp_path: Path) -> None:
    """The collector went away: the operator works and stops as ever, and counts what was lost."""
    with http_receiver() as gone:
        pass
    with running(api, tmp_path, "children", gone, OURS) as operator:
        api.create(size=1)
        handled(api)

    assert "tracing lost 2 spans on their way to the collector" in operator.log
    assert 0 == operator.process.returncode


def test_object_spans_that_a_sampler_drops_are_said_at_exit(
    api: Api, collector: Received, tmp_path: Path
) -> None:
    """OpenTelemetry's SDK asks its sampler for them too: here, one that wants nothing."""
    with running(api, tmp_path, "children", collector, {"OTEL_TRACES_SAMPLER": "always_off"}) as operator:
        api.create(size=1)
        handled(api)

    assert "tracing lost: unsampled_crafted Database: 1" in operator.log
    assert [] == collector.spans
