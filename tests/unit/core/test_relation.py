from __future__ import annotations

import pytest

from traceutil.relation import Carried, Placement, Relation, place


@pytest.mark.parametrize(
    ("relation", "carried", "expected"),
    [
        pytest.param("auto", "open", "parent", id="work while the object span is open hangs under it"),
        pytest.param("auto", "closed", "drift", id="after its end: one linked trace for each episode"),
        pytest.param("auto", "plain", "parent", id="a fresh context without a record is a parent"),
        pytest.param("auto", "stale", "derived", id="a stale one is a link of the derived trace"),
        pytest.param(
            "auto", "owner", "parent", id="a copy of the controlling owner's open record is a parent"
        ),
        pytest.param("auto", "foreign", "derived", id="any other copy is a link of the derived trace"),
        pytest.param("auto", "nothing", "derived", id="no context: the trace that everybody derives"),
        pytest.param("link", "open", "root", id="link (KEP-5915): a new trace, even while it is open"),
        pytest.param("link", "plain", "root", id="link: a new trace beside a plain context"),
        pytest.param("link", "closed", "root", id="link: a new trace after the end"),
        pytest.param("link", "nothing", "derived", id="link with nothing to link to: the derived trace"),
        pytest.param("parent", "closed", "parent", id="parent: under the span although it has ended"),
        pytest.param("parent", "stale", "parent", id="parent: under a stale context"),
        pytest.param("parent", "foreign", "parent", id="parent: under a copy"),
        pytest.param("parent", "nothing", "derived", id="parent with no context: the derived trace"),
    ],
)
def test_work_goes(relation: Relation, carried: Carried, expected: Placement) -> None:
    assert expected == place(relation, carried)
