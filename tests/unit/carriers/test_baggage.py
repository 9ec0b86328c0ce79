from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import baggage

from traceutil.carriers.baggage import MAX_BYTES, MAX_ENTRIES, Baggage

KEY = "tracing.k8s.io/baggage"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("team=web,user=alice", {"team": "web"}, id="only allowed keys are taken"),
        pytest.param(" team = web ;ttl=3 , x=1", {"team": "web"}, id="blanks and properties are not kept"),
        pytest.param("team=a%20b%2Cc", {"team": "a b,c"}, id="values are percent-decoded"),
        pytest.param("team", {}, id="a key without a value is nothing"),
        pytest.param("team=" + "x" * MAX_BYTES, {}, id="an oversized annotation is nothing"),
        pytest.param("x=1," * MAX_ENTRIES + "team=web", {}, id="entries beyond the limit are nothing"),
        pytest.param(7, {}, id="a number is nothing"),
        pytest.param(None, {}, id="null is nothing"),
    ],
)
def test_reading(value: Any, expected: dict[str, str]) -> None:
    assert expected == Baggage(["team"]).read({KEY: value})


def test_with_no_allow_list_nothing_is_read_or_written() -> None:
    annotations = {KEY: "team=web"}
    Baggage().write(baggage.set_baggage("team", "db"), annotations)
    expected = {KEY: "team=web"}
    assert expected == annotations
    assert not Baggage().read(annotations)


def test_only_allowed_entries_are_written_in_the_order_of_their_keys() -> None:
    context = baggage.set_baggage("team", "a b,c", baggage.set_baggage("secret", "x"))
    annotations: dict[str, str] = {}
    Baggage(["team", "area"]).write(baggage.set_baggage("area", "eu", context), annotations)
    expected = {KEY: "area=eu,team=a%20b%2Cc"}
    assert expected == annotations


def test_an_entry_that_would_pass_the_limit_is_left_out() -> None:
    context = baggage.set_baggage("big", "x" * MAX_BYTES, baggage.set_baggage("team", "web"))
    annotations: dict[str, str] = {}
    Baggage(["big", "team"]).write(context, annotations)
    expected = {KEY: "team=web"}
    assert expected == annotations


def test_with_nothing_left_to_write_the_old_entries_go() -> None:
    annotations = {KEY: "team=web"}
    Baggage(["team"]).write(None, annotations)
    assert not annotations


def test_entries_are_added_to_a_context() -> None:
    context = Baggage(["team"]).extract({KEY: "team=web"}, baggage.set_baggage("area", "eu"))
    expected = {"area": "eu", "team": "web"}
    assert expected == baggage.get_all(context)
    assert Baggage(["team"]).extract({}) is None


@given(entries=st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=20), max_size=5))
def test_what_is_written_is_read_again(entries: dict[str, str]) -> None:
    context = None
    for key, value in entries.items():
        context = baggage.set_baggage(key, value, context)
    annotations: dict[str, str] = {}
    Baggage(entries).write(context, annotations)
    assert entries == Baggage(entries).read(annotations)


@given(value=st.text() | st.binary() | st.integers() | st.lists(st.text()))
def test_any_value_never_raises(value: Any) -> None:
    assert isinstance(Baggage(["a"]).read({KEY: value}), dict)
