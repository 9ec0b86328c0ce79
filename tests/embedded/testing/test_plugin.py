"""The pytest plug-in as a user's project has it: what it costs, offers and says when a test fails."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.embedded.testing.project import run

pytestmark = pytest.mark.slow

WORK = """
import asyncio
import pytest
from traceutil import start_span_from_object

OBJECT = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "b", "uid": "1"}}

def work(name="test.Work", inner=()):
    with start_span_from_object(OBJECT, name):
        for each in inner:
            work(each)
"""

ASYNC = """
@pytest.mark.parametrize("number", range(4))
async def test_coroutine(captured_spans, number):
    work()
    await asyncio.gather(asyncio.to_thread(work, "test.Thread"), task())
    assert captured_spans.one("test.Work").context.span_id == 1  # a test's own ids
    assert {"test.Work", "test.Thread", "test.Task"} == {span.name for span in captured_spans}

async def task():
    work("test.Task")

@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("number", range(4))
async def test_loop_of_the_module(captured_spans, number):
    work()
    await asyncio.create_task(task())
    await asyncio.to_thread(captured_spans.wait_for, "test.Task")
    assert captured_spans.tree() == "test.Task\\ntest.Work"  # of one time: by name
"""


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["one process", "pytest-xdist"])
def test_coroutines_are_captured(tmp_path: Path, options: tuple[str, ...]) -> None:
    """With pytest-asyncio: loops of a test and of a module, tasks and threads; each test apart."""
    said = run(tmp_path, WORK + ASYNC, *options)
    assert "8 passed" in said, said


FAILING = """
STEPS = [f"test.Step{n:02}" for n in range(40)]

def test_tree(captured_spans):
    work("test.Outer", STEPS)
    assert captured_spans.tree() == "\\n  ".join(["test.Outer", *STEPS[:38], "test.Step39"])

def test_one(captured_spans):
    work("test.Outer", ["test.Inner"])
    captured_spans.one("test.Other")
"""


def test_failures_are_told_by_trees(tmp_path: Path) -> None:
    """Of a long tree what differs, without `-v`; of a missing span what there is instead."""
    said = run(tmp_path, WORK + FAILING)

    assert "2 failed" in said, said
    assert [
        "assert the captured tree is not the expected one (- expected, + captured)",
        "    …",
        "      test.Step36",
        "      test.Step37",
        "  +   test.Step38",
        "      test.Step39",
        "    AssertionError: 0 spans named 'test.Other' instead of one, in:",
        "    test.Outer",
        "      test.Inner",
    ] == [line.removeprefix("E       ") for line in said.splitlines() if line.startswith("E ")]


def test_fixtures_and_marker_are_described(tmp_path: Path) -> None:
    """`pytest --fixtures` and `--markers` tell what a user needs to begin."""
    fixtures = run(tmp_path, WORK, "--fixtures")
    told = re.search(r"^captured_spans -- .*\n((?:    .*\n)+)", fixtures, re.MULTILINE)
    assert told is not None, fixtures
    for name in (".tree()", ".one(name)", ".wait_for(name)", ".advance(seconds)", ".drive(obj, **status)"):
        assert name in told[1]
    assert "embedded_cluster -- " in fixtures
    assert "@pytest.mark.captured_spans(component=" in run(tmp_path, WORK, "--markers")


def test_who_does_not_use_it_does_not_pay() -> None:
    """pytest starts with the plug-ins, without the SDK, exporters, kopf, clients and servers."""
    code = (
        "import sys, traceutil.pytest_plugin, demo.pytest_plugin;print(*sorted(name for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = ("opentelemetry.sdk", "opentelemetry.exporter", "opentelemetry.proto", "google.protobuf")
    heavy += ("traceutil.testing", "kopf", "aiohttp", "click", "httpx", "requests", "demo.apiserver", "yaml")
    loaded = done.stdout.split()
    assert [] == [name for name in heavy if name in loaded]


def test_without_pytest(tmp_path: Path) -> None:
    """`capture_spans` needs none."""
    code = WORK.replace("import pytest\n", "") + (
        "import sys\nfrom traceutil.testing import capture_spans\n"
        "with capture_spans() as spans:\n    work()\n"
        "print(spans.tree(), 'pytest' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "test.Work False" == done.stdout.strip()
