"""Operators that know nothing of tracing, run as `opentelemetry-instrument kopf run …`."""

from __future__ import annotations

import functools
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

from demo.apiserver import ClusterThread
from tests.embedded.kopf_operators.operators import QUIET, Api
from tests.embedded.kopf_zero_code.process import requests_of, running, until
from tests.embedded.kopf_zero_code.seen import object_spans, tree
from tests.embedded.kopf_zero_code.stories import STORIES, Story
from tests.unit.core.receivers import http_receiver

pytestmark = pytest.mark.slow

Requests: TypeAlias = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Played:
    """What arrived over OTLP, and what the operator asked the server for, by verb and resource."""

    tree: str
    services: set[str]
    requests: Requests


def played(story: Story, directory: Path, *, traced: bool) -> Played:
    """The story with an operator and a cluster of its own, until the operator rests."""
    with ExitStack() as stack:
        collector = stack.enter_context(http_receiver())
        api = Api(stack.enter_context(ClusterThread()))
        api.define()
        with running(api, directory, story.operator, collector if traced else None):
            story.act(api)
            if traced:
                until(lambda: len(object_spans(collector)) >= story.roots, "a root did not arrive")
            if story in COUNTABLE.values():
                until(lambda: _rests(api), "the operator does not rest")
        return Played(tree(collector), collector.services, requests_of(api))


def _rests(api: Api) -> bool:
    before = requests_of(api)
    time.sleep(QUIET)
    return before == requests_of(api)


#: Timers ask as often as they have time for, and are not to be compared.
COUNTABLE = {name: story for name, story in STORIES.items() if story.operator not in ("timers", "daemons")}


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Story], Played]:
    """The story told with tracing, once for both tests."""
    return functools.cache(lambda story: played(story, tmp_path_factory.mktemp("traced"), traced=True))


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_an_operator_that_was_not_changed_is_traced(story: Story, traced: Callable[[Story], Played]) -> None:
    """The whole tree of what it did, as it arrived over OTLP: nothing missing, nothing more."""
    found = traced(story)

    assert story.tree == found.tree
    assert {"shop"} == found.services


@pytest.mark.parametrize("story", COUNTABLE.values(), ids=[story.operator for story in COUNTABLE.values()])
def test_tracing_adds_no_request(story: Story, traced: Callable[[Story], Played], tmp_path: Path) -> None:
    """The server counts the same requests, by verb and resource, as from the same operator untraced."""
    plain = played(story, tmp_path, traced=False)

    assert "" == plain.tree
    assert plain.requests == traced(story).requests
