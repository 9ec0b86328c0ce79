from __future__ import annotations

from itertools import pairwise

import pytest

from tests.unit.carriers.vectors import CONTEXT, OTHER, OTHER_TRACEPARENT, SPELLED, seen
from traceutil.carriers import DEFAULT_READ, DEFAULT_WRITE, by_name, read_context

ORDER = list(SPELLED)


def other(name: str) -> dict[str, str]:
    annotations: dict[str, str] = {}
    by_name(name)[0].write(OTHER, annotations)
    return annotations


def test_the_order_of_reading_is_the_documented_one() -> None:
    expected = ORDER
    assert expected == [carrier.name for carrier in DEFAULT_READ]


def test_w3c_alone_is_written_unless_configured() -> None:
    expected = ["w3c"]
    assert expected == [carrier.name for carrier in DEFAULT_WRITE]


@pytest.mark.parametrize(("first", "second"), list(pairwise(ORDER)))
def test_the_earlier_dialect_wins(first: str, second: str) -> None:
    assert seen(CONTEXT) == seen(read_context(other(second) | SPELLED[first], {}))


@pytest.mark.parametrize(("first", "second"), list(pairwise(ORDER)))
def test_a_malformed_dialect_is_named_and_the_next_one_is_read(first: str, second: str) -> None:
    malformed: list[str] = []
    annotations = dict.fromkeys(SPELLED[first], "no context") | SPELLED[second]
    assert seen(CONTEXT) == seen(read_context(annotations, {}, on_malformed=malformed.append))
    assert [first] == malformed


def test_carriers_can_be_chosen_and_ordered_by_name() -> None:
    annotations = SPELLED["w3c"] | other("jaeger")
    assert seen(OTHER) == seen(read_context(annotations, {}, by_name("jaeger", "w3c")))


def test_no_carrier_reads_nothing() -> None:
    assert read_context(SPELLED["w3c"], {}, ()) is None


def test_an_unknown_name_is_refused_with_the_names_that_exist() -> None:
    with pytest.raises(ValueError, match="unknown carrier 'zipkin'; known are: w3c, bare, operatortrace"):
        by_name("w3c", "zipkin")


def test_status_alone_is_enough_for_tekton() -> None:
    status = {"spanContext": {"traceparent": OTHER_TRACEPARENT}}
    assert seen(OTHER) == seen(read_context({}, status))


def test_no_two_dialects_own_the_same_key() -> None:
    keys = [key for carrier in DEFAULT_READ for key in carrier.keys]
    assert sorted(set(keys)) == sorted(keys)
