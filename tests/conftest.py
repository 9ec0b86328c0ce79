"""For all tests: nothing is skipped, the order, no haste; which API server the conformance suite is for."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

pytest_plugins = ("tests.cluster.fixtures",)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--api-server real` (`make test-cluster`)."""
    parser.addoption(
        "--api-server",
        choices=("embedded", "real"),
        default="embedded",
        help="which API server tests/conformance and tests/crashes run against",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that was skipped, or expected to fail, proves nothing: it has failed."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped: a test that cannot run here must not be here"
    # What was logged may hold half a surrogate pair, which cannot be sent from a worker to its master.
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections
    ]
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself as it is imported."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped as it was imported"
    return report


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What answers at once goes first. Among several workers last: they share it, and end together."""
    slow_first = hasattr(config, "workerinput")
    items.sort(key=lambda item: (item.get_closest_marker("slow") is not None) != slow_first)
