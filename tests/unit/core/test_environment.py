"""`TRACEUTIL_*` variables."""

from __future__ import annotations

import re
from typing import Any

import pytest

from traceutil import ObjectTracer, current_tracer, use
from traceutil.current import set_process_default
from traceutil.environment import misspelt, settings_from


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        pytest.param("TRACEUTIL_COMPONENT", "db", "component", "db", id="who we are"),
        pytest.param("OTEL_SERVICE_NAME", "db", "component", "db", id="who we are, by the standard variable"),
        pytest.param("TRACEUTIL_RELATION", "link", "relation", "link", id="parent or link"),
        pytest.param("TRACEUTIL_DEADLINE", "1.5", "deadline", 1.5, id="seconds until overdue"),
        pytest.param("TRACEUTIL_BAGGAGE", "tenant, user", "baggage", ("tenant", "user"), id="baggage keys"),
        pytest.param("TRACEUTIL_WINDOW", "30", "window", 30.0, id="the window of a restart"),
        pytest.param("TRACEUTIL_MAX_LINKS", "5", "max_links", 5, id="links"),
        pytest.param("TRACEUTIL_MAX_CHILDREN", "50", "max_children", 50, id="children"),
        pytest.param("TRACEUTIL_RATIO", "0.25", "ratio", 0.25, id="the cluster-wide ratio"),
        pytest.param("TRACEUTIL_TRUST", "None", "trust", "none", id="nobody's flags are believed"),
        pytest.param(
            "TRACEUTIL_TRUST",
            "apply, kopf",
            "trust",
            frozenset({"apply", "kopf"}),
            id="those of some managers",
        ),
        pytest.param("TRACEUTIL_CLUSTER", "east", "cluster", "east", id="the cluster's name"),
        pytest.param("TRACEUTIL_FIELD_MANAGER", "me", "field_manager", "me", id="our field manager"),
        pytest.param(
            "TRACEUTIL_ENCODE_CREATED", "on", "encode_created", True, id="context into what clients create"
        ),
        pytest.param("TRACEUTIL_ENABLED", "no", "enabled", False, id="everything off"),
        pytest.param("TRACEUTIL_WRITING", "FALSE", "writing", False, id="writing off"),
        pytest.param("TRACEUTIL_WRITING", " 1 ", "writing", True, id="writing on, with spaces"),
        pytest.param("TRACEUTIL_RATIO", "", "ratio", 1.0, id="an empty variable is not set"),
    ],
)
def test_a_variable_sets(name: str, value: str, field: str, expected: Any) -> None:
    assert expected == getattr(ObjectTracer.from_env({name: value}).settings, field)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RELATION", "sibling"),
        ("DEADLINE", "soon"),
        ("DEADLINE", "0"),
        ("DEADLINE", "nan"),
        ("DEADLINE", "inf"),
        ("WINDOW", "-1"),
        ("CARRIERS", "w3c,pigeon"),
        ("MAX_LINKS", "-1"),
        ("MAX_CHILDREN", "many"),
        ("RATIO", "1.5"),
        ("RATIO", "nan"),
        ("ENABLED", "maybe"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name: str, value: str) -> None:
    """The variable, its value, and what is allowed."""
    with pytest.raises(ValueError, match=f"TRACEUTIL_{name}='{value}': .+"):
        settings_from({f"TRACEUTIL_{name}": value})


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param({"ratio": 7}, "ratio=7: use a number from 0 to 1", id="more than all"),
        pytest.param({"ratio": float("nan")}, "ratio=nan: use a number from 0", id="a share that is none"),
        pytest.param({"ratio": "half"}, "ratio='half': use a number", id="a word"),
        pytest.param({"relation": "sibling"}, "relation='sibling': use one of auto", id="a third relation"),
        pytest.param({"deadline": 0}, "deadline=0: use a number of seconds above 0", id="overdue at once"),
        pytest.param({"deadline": 1e10}, "deadline=1", id="a deadline that no record can hold"),
        pytest.param({"deadlines": {"Pod": -1}}, "deadlines['Pod']=-1: use a number", id="a kind's"),
        pytest.param({"max_links": -1}, "max_links=-1: use a whole number above 0", id="fewer than no links"),
        pytest.param({"max_children": 0}, "max_children=0: use a whole number above 0", id="no children"),
        pytest.param({"window": -1}, "window=-1: use a number of seconds", id="a window in the future"),
    ],
)
def test_a_setting_in_code_is_checked_as_a_variable_is(settings: dict[str, Any], expected: str) -> None:
    """When the tracer is made, by the setting's name."""
    with pytest.raises(ValueError, match=f"^{re.escape(expected)}"):
        ObjectTracer(**settings)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("TRACEUTIL_RATO", ["TRACEUTIL_RATIO"], id="a slip"),
        pytest.param("TRACEUTIL_MAX_LINK", ["TRACEUTIL_MAX_LINKS"], id="one that lost its plural"),
        pytest.param("TRACEUTIL_RATIO", [], id="the name itself"),
        pytest.param("TRACEUTIL_JAEGER", [], id="one that the command line reads"),
        pytest.param("TRACEUTIL_SERVICE_HOST", [], id="what Kubernetes sets for a Service of that name"),
        pytest.param("TRACEUTIL_PORT_80_TCP", [], id="and its port"),
        pytest.param("OTHER_RATO", [], id="somebody else's"),
    ],
)
def test_a_name_that_is_nearly_a_setting(
    name: str, expected: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """It has no effect, which is warned of together with the name that was meant."""
    settings_from({name: "0.5"})

    assert [(name, each) for each in expected] == list(misspelt({name: "0.5"}))
    assert len(expected) == len(caplog.records)


def test_a_prefix_is_read_and_written() -> None:
    """Besides, everything else is still read."""
    settings = ObjectTracer.from_env({"TRACEUTIL_PREFIX": "example.com/"}).settings
    assert settings.write[0].keys == ("example.com/traceparent", "example.com/tracestate")
    assert settings.read[0].keys == settings.write[0].keys
    assert "tracing.k8s.io/traceparent" in [key for carrier in settings.read for key in carrier.keys]


def test_carriers_that_are_written() -> None:
    settings = ObjectTracer.from_env({"TRACEUTIL_CARRIERS": "w3c, bare"}).settings
    assert [carrier.name for carrier in settings.write] == ["w3c", "bare"]


def test_a_setting_that_does_not_exist_is_a_programmers_mistake() -> None:
    with pytest.raises(TypeError, match="max_linkz"):
        ObjectTracer(max_linkz=3)


def test_the_environment_is_read_at_the_first_use_and_not_at_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """And once: changing it later changes nothing."""
    set_process_default(None)
    monkeypatch.setenv("TRACEUTIL_CLUSTER", "east")
    try:
        first = current_tracer()
        monkeypatch.setenv("TRACEUTIL_CLUSTER", "west")
        assert (first.settings.cluster, current_tracer()) == ("east", first)
    finally:
        set_process_default(None)


def test_a_tracer_is_current_for_a_block() -> None:
    """And the one before afterwards."""
    outer, inner = ObjectTracer(), ObjectTracer()
    with use(outer):
        with use(inner) as given:
            assert (given, current_tracer()) == (inner, inner)
        assert current_tracer() is outer
