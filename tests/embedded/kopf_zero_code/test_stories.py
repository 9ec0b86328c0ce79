"""Operators that know nothing of tracing, run as `opentelemetry-instrument kopf run …`."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.apiserver import ClusterThread
from tests.embedded.kopf_operators.operators import Api
from tests.embedded.kopf_zero_code.process import requests_of, running, until
from tests.embedded.kopf_zero_code.seen import object_spans, tree
from tests.embedded.kopf_zero_code.stories import STORIES, Story
from tests.unit.core.receivers import Received

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_an_operator_that_was_not_changed_is_traced(
    story: Story, api: Api, collector: Received, tmp_path: Path
) -> None:
    """The whole tree of what it did, as it arrived over OTLP: nothing missing, nothing more."""
    with running(api, tmp_path, story.operator, collector):
        story.act(api)
        until(lambda: len(object_spans(collector)) >= story.roots, "a root did not arrive")

    assert story.tree == tree(collector)
    assert {"shop"} == collector.services


#: Timers ask as often as they have time for, and are not to be compared.
COUNTABLE = {name: story for name, story in STORIES.items() if story.operator not in ("timers", "daemons")}


@pytest.mark.parametrize("story", COUNTABLE.values(), ids=[story.operator for story in COUNTABLE.values()])
def test_tracing_adds_no_request(story: Story, collector: Received, tmp_path: Path) -> None:
    """The server counts the same requests, by verb and resource, as from the same operator untraced."""
    counted = []
    for name, receiver in (("plain", None), ("traced", collector)):
        (tmp_path / name).mkdir()
        with ClusterThread() as cluster:
            api = Api(cluster)
            api.define()
            with running(api, tmp_path / name, story.operator, receiver):
                story.act(api)
            counted.append(requests_of(api))

    assert counted[0] == counted[1]
    assert collector.spans
