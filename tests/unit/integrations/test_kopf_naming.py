"""What a handler's span is called, and whether a handler gave kopf anything new to write."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from traceutil.integrations.kopf.naming import reviewed, span_name
from traceutil.integrations.kopf.news import is_news, result_is_news


def create(**_: Any) -> None: ...


@functools.wraps(create)
def wrapped(**_: Any) -> None: ...


class Callback:
    def __call__(self, **_: Any) -> None: ...

    def method(self, **_: Any) -> None: ...


@pytest.mark.parametrize(
    ("component", "function", "expected"),
    [
        pytest.param("shop", create, "shop.create", id="service and function"),
        pytest.param("", create, "kopf.create", id="without a service: kopf"),
        pytest.param("shop", wrapped, "shop.create", id="a decorated function has its own name"),
        pytest.param("shop", functools.partial(create, size=1), "shop.create", id="so has a partial one"),
        pytest.param("shop", Callback().method, "shop.method", id="a method"),
        pytest.param("shop", Callback(), "shop.Callback", id="an object that can be called: its class"),
        pytest.param("shop", lambda **_: None, "shop.lambda", id="a lambda"),
    ],
)
def test_a_span_is_named_by_service_and_function(
    component: str, function: Callable[..., Any], expected: str
) -> None:
    """Never by kopf's handler id, which may hold data."""
    assert expected == span_name(component, function)


@pytest.mark.parametrize(
    ("before", "after", "stored", "expected"),
    [
        pytest.param({}, {}, {}, False, id="nothing"),
        pytest.param({}, {"status": {"a": 1}}, {}, True, id="a value that is not there"),
        pytest.param({}, {"status": {"a": 1}}, {"status": {"a": 1}}, False, id="a value that is there"),
        pytest.param({}, {"status": {"a": 2}}, {"status": {"a": 1}}, True, id="another value"),
        pytest.param({}, {"status": {"a": None}}, {"status": {"a": 1}}, True, id="a removal"),
        pytest.param({}, {"status": {"a": None}}, {}, False, id="a removal of what is not there"),
        pytest.param(
            {"s": {"a": 1}}, {"s": {"a": 1}}, {}, False, id="what was in the patch before is another's"
        ),
        pytest.param(
            {"s": {"a": 1}}, {"s": {"a": 1, "b": 2}}, {"s": {"b": 2}}, False, id="added, but stored"
        ),
        pytest.param({}, {"s": {"l": [1]}}, {"s": {"l": [1]}}, False, id="an equal list"),
        pytest.param({}, {"s": {"l": [1]}}, {"s": {"l": [1, 2]}}, True, id="another list"),
        pytest.param({}, {"s": {}}, {}, False, id="an empty section"),
        pytest.param({}, {"s": {"a": 1}}, {"s": "text"}, True, id="a section where there was a value"),
    ],
)
def test_a_merge_patch_is_news_if_it_would_change_what_is_stored(
    before: dict[str, Any], after: dict[str, Any], stored: dict[str, Any], expected: bool
) -> None:
    assert expected is is_news(before, after, stored)


@pytest.mark.parametrize(
    ("result", "status", "expected"),
    [
        pytest.param(None, {}, False, id="nothing was returned"),
        pytest.param("a", {}, True, id="a value that is not there"),
        pytest.param("a", {"create/spec.size": "a"}, False, id="the value that is there"),
        pytest.param({"a": 1}, {"create/spec.size": {"a": 1, "b": 2}}, False, id="kopf merges a mapping"),
        pytest.param({"a": 2}, {"create/spec.size": {"a": 1}}, True, id="a mapping with something new"),
    ],
)
def test_a_result_is_news_if_status_has_it_not(result: Any, status: dict[str, Any], expected: bool) -> None:
    """kopf writes it to `status.<handler id>`."""
    assert expected is result_is_news(result, "create/spec.size", {"status": status})


def test_what_is_reviewed_has_no_uid() -> None:
    """The object of the review stays as it is."""
    body = {"kind": "Database", "metadata": {"name": "orders", "uid": "7f3a"}}

    assert {"kind": "Database", "metadata": {"name": "orders"}} == reviewed(body)
    assert "7f3a" == body["metadata"]["uid"]  # type: ignore[index]
