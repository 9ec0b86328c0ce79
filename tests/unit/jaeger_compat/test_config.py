"""Every key and every variable: what becomes of it, and what is said once of what is not supported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.unit.jaeger_compat.configs import CONST, config
from tests.unit.jaeger_compat.tracers import Kept
from traceutil.jaeger_compat import ConstSampler
from traceutil.jaeger_compat.codecs import B3Codec, CompositeCodec, W3CCodec
from traceutil.jaeger_compat.reporter import CompositeReporter, LoggingReporter, NullReporter

TAGS = {"tags": {"a": "1"}}
LONG, BITS = {"generate_128bit_trace_id": True}, "generate_128bit_trace_id"
QUEUE, FLUSH = "configured_queue_size", "configured_flush_interval"


@pytest.mark.parametrize(
    ("keys", "environ", "name", "expected"),
    [
        pytest.param({}, {}, "service_name", "test", id="service_name: the argument"),
        pytest.param({"service_name": "a"}, {}, "service_name", "a", id="service_name: the key goes first"),
        pytest.param({}, {}, "enabled", True, id="enabled: by default"),
        pytest.param({"enabled": "false"}, {}, "enabled", False, id="enabled: as text"),
        pytest.param({}, {"JAEGER_DISABLED": "true"}, "enabled", False, id="enabled: JAEGER_DISABLED"),
        pytest.param({}, {}, "logging", False, id="logging: off by default"),
        pytest.param({"logging": 1}, {}, "logging", True, id="logging: on"),
        pytest.param({}, {"JAEGER_REPORTER_LOG_SPANS": "true"}, "logging", True, id="logging: by variable"),
        pytest.param(TAGS, {"JAEGER_TAGS": "b=2, a=3"}, "tags", {"a": "3", "b": "2"}, id="tags: both"),
        pytest.param({}, {"JAEGER_TAGS": "a=${X:d},b=${Y:e}"}, "tags", {"a": "d", "b": "e"}, id="tags: ${}"),
        pytest.param({}, {}, "trace_id_header", "uber-trace-id", id="trace_id_header: the default"),
        pytest.param({"trace_id_header": "X"}, {}, "trace_id_header", "X", id="trace_id_header: the key"),
        pytest.param({}, {}, "baggage_header_prefix", "uberctx-", id="baggage_header_prefix: the default"),
        pytest.param({}, {}, "debug_id_header", "jaeger-debug-id", id="debug_id_header: the default"),
        pytest.param({}, {}, "generate_128bit_trace_id", False, id="generate_128bit_trace_id: the default"),
        pytest.param(LONG, {}, BITS, True, id="128 bits: the key"),
        pytest.param({}, {"JAEGER_TRACEID_128BIT": "true"}, BITS, True, id="128 bits: variable"),
        pytest.param({}, {}, "max_tag_value_length", 1024, id="max_tag_value_length: the default"),
        pytest.param({"max_tag_value_length": 9}, {}, "max_tag_value_length", 9, id="max_tag_value_length"),
        pytest.param({}, {}, "max_traceback_length", 4096, id="max_traceback_length: the default"),
        pytest.param({"reporter_queue_size": 7}, {}, "configured_queue_size", 7, id="reporter_queue_size"),
        pytest.param({}, {"JAEGER_REPORTER_MAX_QUEUE_SIZE": "8"}, QUEUE, 8, id="queue: variable"),
        pytest.param({"reporter_flush_interval": 2}, {}, FLUSH, 2.0, id="flush: in seconds"),
        pytest.param({}, {"JAEGER_REPORTER_FLUSH_INTERVAL": "500"}, FLUSH, 0.5, id="flush: ms"),
        pytest.param({}, {}, "sampler", None, id="sampler: none is remote"),
        pytest.param({"sampler": {"type": "remote"}}, {}, "sampler", None, id="sampler: remote"),
    ],
)  # fmt: skip
def test_a_setting(keys: Mapping[str, Any], environ: Mapping[str, str], name: str, expected: Any) -> None:
    assert expected == getattr(config(keys, environ), name)


@pytest.mark.parametrize(
    ("keys", "environ", "expected"),
    [
        pytest.param({"type": "const", "param": 1}, {}, "ConstSampler(True)", id="const"),
        pytest.param({"type": "const", "param": "0"}, {}, "ConstSampler(False)", id="const, as text"),
        pytest.param(
            {"type": "probabilistic", "param": 0.5}, {}, "ProbabilisticSampler(0.5)", id="probabilistic"
        ),
        pytest.param({"type": "ratelimiting", "param": 2}, {}, "RateLimitingSampler(2.0)", id="ratelimiting"),
        pytest.param(
            {"type": "rate_limiting", "param": 2}, {}, "RateLimitingSampler(2.0)", id="its other spelling"
        ),
        pytest.param(ConstSampler(True), {}, "ConstSampler(True)", id="a sampler of the program's own"),
        pytest.param(
            {},
            {"JAEGER_SAMPLER_TYPE": "probabilistic", "JAEGER_SAMPLER_PARAM": "0.25"},
            "ProbabilisticSampler(0.25)",
            id="by variables",
        ),
        pytest.param(
            {"type": "const", "param": 1},
            {"JAEGER_SAMPLER_TYPE": "probabilistic", "JAEGER_SAMPLER_PARAM": "0.25"},
            "ConstSampler(True)",
            id="the key goes first",
        ),
    ],
)
def test_a_sampler(keys: Any, environ: Mapping[str, str], expected: str) -> None:
    assert expected == str(config({"sampler": keys}, environ).sampler)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param("jaeger", [], id="Jaeger's own"),
        pytest.param("b3", [B3Codec], id="B3"),
        pytest.param("w3c", [W3CCodec], id="W3C"),
        pytest.param("jaeger, w3c", [CompositeCodec], id="several, with commas"),
        pytest.param(["b3", "w3c"], [CompositeCodec], id="several, as a list"),
    ],
)
def test_a_propagation(wanted: Any, expected: list[type]) -> None:
    """By key or by variable, for HTTP headers."""
    found = [config({"propagation": wanted}).propagation]
    if isinstance(wanted, str):
        found.append(config({}, {"JAEGER_PROPAGATION": wanted}).propagation)
    assert [expected] * len(found) == [[type(codec) for codec in each.values()] for each in found]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: config({}, service_name=None), "service_name required in the config"),
        (lambda: config({"smapler": {}}, validate=True), "Unexpected keys found in config: smapler; use"),
        (lambda: config({"sampler": {"type": "sometimes"}}).sampler, "Unknown sampler type sometimes: use"),
        (lambda: config({"sampler": {"type": "probabilistic"}}).sampler, "probabilistic: param: None"),
        (lambda: config({"sampler": {"type": "ratelimiting", "param": "nan"}}).sampler, "use a number"),
        (lambda: config({"propagation": "pigeon"}).propagation, "Unknown propagation pigeon: use jaeger"),
        (lambda: getattr(config({}, {"JAEGER_REPORTER_FLUSH_INTERVAL": "1s"}), FLUSH), "INTERVAL: '1s'"),
        (lambda: getattr(config({}, {"JAEGER_REPORTER_MAX_QUEUE_SIZE": "-4"}), QUEUE), "QUEUE_SIZE: '-4'"),
        (lambda: config({}, {"JAEGER_TAGS": "team"}).tags, "JAEGER_TAGS: 'team': use key=value"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


NO_NUMBERS = ("x", [1], {"a": 1}, object(), float("nan"), -1, 10**30)
NO_MAPPINGS = (5, "x", [1], True, object())


@pytest.mark.parametrize(
    ("key", "values"),
    [
        pytest.param("sampler", NO_MAPPINGS, id="sampler: a mapping"),
        pytest.param("tags", NO_MAPPINGS, id="tags: a mapping"),
        pytest.param("local_agent", NO_MAPPINGS, id="local_agent: a mapping"),
        pytest.param("propagation", (5, [1], {"b3": 1}, True), id="propagation: text, or a list"),
        pytest.param("reporter_queue_size", NO_NUMBERS, id="reporter_queue_size: a number"),
        pytest.param("reporter_flush_interval", (*NO_NUMBERS, 0), id="reporter_flush_interval: seconds"),
        pytest.param("max_tag_value_length", NO_NUMBERS, id="max_tag_value_length: a number"),
        pytest.param("max_traceback_length", NO_NUMBERS, id="max_traceback_length: a number"),
    ],
)
def test_a_key_of_another_type(key: str, values: tuple[Any, ...]) -> None:
    """It is refused when the tracer is made, by one line that names the key."""
    for value in values:
        with pytest.raises(ValueError, match=rf"^(Unknown )?{key}\b.*use "):
            config({key: value}).new_tracer()


@pytest.mark.parametrize(
    "key",
    ["sampler", "tags", "local_agent", "propagation", "reporter_queue_size", "reporter_flush_interval",
     "max_tag_value_length", "max_traceback_length"],
)  # fmt: skip
def test_a_key_without_a_value_is_absent(key: str) -> None:
    """As YAML has it: `sampler:` and nothing behind."""
    assert config({key: None}).new_tracer().close().result(10)


def test_a_service_name_by_variable() -> None:
    """Where the program gives none."""
    assert "shop" == config({}, {"JAEGER_SERVICE_NAME": "shop"}, service_name=None).service_name


def test_a_tracer_that_is_not_enabled_samples_nothing() -> None:
    """Whatever the sampler says."""
    tracer = config(CONST | {"enabled": False}).new_tracer()
    assert not tracer.start_span("s").is_sampled()
    assert tracer.close().result(10)


def test_a_tracer_with_other_parts() -> None:
    """`create_tracer` takes a reporter and a sampler; lengths are those configured."""
    tracer = config({"max_tag_value_length": 3, "max_traceback_length": 4}).create_tracer(
        CompositeReporter(NullReporter(), LoggingReporter()), ConstSampler(True)
    )
    assert (3, 4) == (tracer.max_tag_value_length, tracer.max_traceback_length)
    assert tracer.start_span("s").is_sampled()
    assert tracer.close().result(10)


@pytest.mark.parametrize(("long", "bits"), [(False, 64), (True, 128)])
def test_ids_have_as_many_bits_as_configured(long: bool, bits: int) -> None:
    tracer = Kept(generate_128bit_trace_id=long).tracer
    most = max((tracer.start_span("s").trace_id or 0).bit_length() for _ in range(50))
    assert bits - 8 < most <= bits
