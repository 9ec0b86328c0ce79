"""Options that several commands have: what they take, and what they refuse."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from traceutil.cli.options import jaeger_option, otlp_endpoint, otlp_option, speed_option


@click.command()
@otlp_option("Where to.")
@speed_option(1.0)
def command(otlp: str | None, speed: float) -> None:
    click.echo(f"{otlp} {speed}")


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://localhost:4318", id="HTTP with a port"),
        pytest.param("https://collector.example", id="HTTPS without one"),
        pytest.param("http://[::1]:4318/v1/traces", id="IPv6 with a path"),
        pytest.param("grpc://localhost:4317", id="gRPC"),
        pytest.param(None, id="none at all"),
    ],
)
def test_urls(url: str | None) -> None:
    """An address at which a collector can be is taken as it is."""
    done = CliRunner().invoke(command, [] if url is None else ["--otlp", url])
    assert f"{url} 1.0\n" == done.output


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="nothing"),
        pytest.param("localhost:4318", id="no scheme"),
        pytest.param("http://", id="no host"),
        pytest.param("http://:4318", id="only a port"),
        pytest.param("http://host:port", id="a port in letters"),
        pytest.param("http://host:99999", id="a port beyond 65535"),
        pytest.param("http://[::1", id="a bracket that does not close"),
        pytest.param("file:///tmp/spans", id="a file"),
    ],
)
def test_what_is_no_url(url: str) -> None:
    """Where no collector can be, the value and what to use are told."""
    done = CliRunner().invoke(command, ["--otlp", url])
    assert 2 == done.exit_code
    assert f"{url!r} is no URL; use http://HOST:4318" in done.output


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("grpc://h:4317", ("http://h:4317", "grpc"), id="gRPC by its scheme"),
        pytest.param("https://h", ("https://h", None), id="else the variables choose the protocol"),
    ],
)
def test_endpoints(url: str, expected: tuple[str, str | None]) -> None:
    """OTLP knows no scheme of its own for gRPC; we do."""
    assert expected == otlp_endpoint(url)


@pytest.mark.parametrize(
    "speed",
    [
        pytest.param("nan", id="not a number"),
        pytest.param("inf", id="without end"),
        pytest.param("0", id="standing still"),
        pytest.param("-1", id="backwards"),
        pytest.param("100.5", id="faster than a clock can be read"),
        pytest.param("fast", id="in words"),
    ],
)
def test_speeds_that_no_clock_has(speed: str) -> None:
    """Refused at the option."""
    done = CliRunner().invoke(command, ["--speed", speed])
    assert 2 == done.exit_code
    assert "--speed" in done.output


@click.command()
@jaeger_option
def jaeger(jaeger: str) -> None:
    click.echo(jaeger)


@pytest.mark.parametrize(
    ("args", "variable", "expected"),
    [
        pytest.param([], None, "http://localhost:16686", id="this machine"),
        pytest.param([], "https://jaeger.example/ui/", "https://jaeger.example/ui", id="the variable"),
        pytest.param(
            ["--jaeger", "http://[::1]:1"], "https://x", "http://[::1]:1", id="the option goes first"
        ),
    ],
)
def test_where_jaeger_is(args: list[str], variable: str | None, expected: str) -> None:
    """A base URL without a slash at its end, or a template."""
    done = CliRunner().invoke(jaeger, args, env={"TRACEUTIL_JAEGER": variable})
    assert f"{expected}\n" == done.output


@pytest.mark.parametrize("url", ["localhost:16686", "grpc://h:1", "http://", "http://h:port"])
def test_where_jaeger_cannot_be(url: str) -> None:
    """Refused at the option, the value and what to use told."""
    done = CliRunner().invoke(jaeger, ["--jaeger", url])
    assert 2 == done.exit_code
    assert f"{url!r} is no URL; use http://HOST:16686" in done.output
