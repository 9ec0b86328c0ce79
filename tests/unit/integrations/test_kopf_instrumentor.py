"""`KopfInstrumentor` where it cannot do its work: it says so, and kopf stays as it was."""

from __future__ import annotations

import logging
from importlib.metadata import version

import kopf
import pytest
from kopf._core.actions import application, execution

from traceutil.integrations.kopf.instrumentor import KopfInstrumentor


def instrumented() -> bool:
    """Whether kopf's functions are wrapped, after turning it on and before turning it off again."""
    one = KopfInstrumentor()
    one.instrument()
    try:
        return hasattr(execution.execute_handler_once, "__wrapped__") and hasattr(kopf.adopt, "__wrapped__")
    finally:
        one.uninstrument()


def test_this_kopf_has_what_is_wrapped() -> None:
    """And afterwards its functions are its own again."""
    assert instrumented()
    assert not hasattr(execution.execute_handler_once, "__wrapped__")


def test_a_kopf_that_lacks_a_function_is_named_and_left_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A later kopf may have moved one; nothing is wrapped by halves."""
    monkeypatch.delattr(application, "patch_and_check")
    with caplog.at_level(logging.ERROR):
        assert not instrumented()

    expected = (
        f"kopf is not traced: kopf {version('kopf')} has no "
        "kopf._core.actions.application.patch_and_check(body, patch)"
    )
    assert [expected] == caplog.messages


def test_a_kopf_whose_function_takes_other_arguments_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def patch_and_check(changes: object) -> None: ...

    monkeypatch.setattr(application, "patch_and_check", patch_and_check)
    with caplog.at_level(logging.ERROR):
        assert not instrumented()

    assert "patch_and_check(body, patch)" in caplog.text


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("TRACEUTIL_KOPF_ADOPT", "maybe", "TRACEUTIL_KOPF_ADOPT='maybe': use true or false"),
        ("TRACEUTIL_RATIO", "7", "TRACEUTIL_RATIO='7': use a number from 0 to 1"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    variable: str,
    value: str,
    expected: str,
) -> None:
    """In one line; the operator goes on untraced."""
    monkeypatch.setenv(variable, value)
    monkeypatch.setattr("traceutil.current._default", None)
    with caplog.at_level(logging.ERROR):
        assert not instrumented()

    assert [f"kopf is not traced: {expected}"] == caplog.messages


def test_the_dependency_is_kopf() -> None:
    """In the form of a requirement, as OpenTelemetry checks it."""
    assert ("kopf >= 1.44, < 2",) == KopfInstrumentor().instrumentation_dependencies()
