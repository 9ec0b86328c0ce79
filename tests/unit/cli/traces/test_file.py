"""Spans from a file, in each of the forms that users have."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.unit.view.recorded import DATA, exported
from traceutil.cli.errors import BadInput
from traceutil.cli.traces.file import FileSource
from traceutil.view.wanted import Wanted


def _unpacked(name: str, directory: Path) -> Path:
    path = directory / name.removesuffix(".gz")
    path.write_bytes(gzip.decompress((DATA / name).read_bytes()))
    return path


@pytest.mark.parametrize("name", ["drift.otlp.jsonl.gz", "drift.json.gz"])
async def test_forms(tmp_path: Path, name: str) -> None:
    """OTLP JSON lines, and what Jaeger's page or API gives: the same traces."""
    source = FileSource(_unpacked(name, tmp_path))
    spans = exported("drift")

    for trace_id in {span.trace_id for span in spans}:
        expected = {span.span_id for span in spans if span.trace_id == trace_id}
        assert expected == {span.span_id for span in await source.trace(trace_id)}
    assert [] == await source.trace("0" * 32)
    assert (str(tmp_path / name.removesuffix(".gz")), "") == (source.place, source.links)


async def test_what_is_found_by_name_and_by_links(tmp_path: Path) -> None:
    """All spans of traces that name the object; the traces that link to one."""
    source = FileSource(_unpacked("drift.otlp.jsonl.gz", tmp_path))
    found = await source.naming(Wanted("Deployment", "web"))
    (first,) = {span.trace_id for span in found}
    (other,) = {span.trace_id for span in exported("drift")} - {first}

    assert len(await source.trace(first)) == len(found)
    assert [other] == await source.linking(found)
    assert [] == await source.naming(Wanted("Deployment", "nobody"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"hello\n", "line 1 is not an OTLP JSON trace export", id="text"),
        pytest.param(b"\xff\xfe", "can't decode", id="not text"),
        pytest.param(b'{"data": [{"spans": [{}]}]}', "'traceID' is missing", id="an answer with an odd span"),
        pytest.param(b"[" * 100_000, "line 1 is not an OTLP JSON", id="nested without end"),
        pytest.param(b'{"resourceSpans": [', "line 1 is not an OTLP JSON", id="one line, cut off"),
        pytest.param(b'{"kind": "Pod"}', "it has no resourceSpans", id="a manifest"),
    ],
)
def test_what_is_no_file_of_spans(tmp_path: Path, content: bytes, said: str) -> None:
    """The file, what is wrong with it, and what to give instead."""
    path = tmp_path / "spans"
    path.write_bytes(content)

    with pytest.raises(BadInput) as caught:
        FileSource(path)

    assert [] == [each for each in (f"--from {path}", said, "demo --export") if each not in str(caught.value)]


@pytest.mark.parametrize(
    ("more", "warnings"),
    [
        pytest.param(b"", 0, id="a whole file"),
        pytest.param(b'{"resourceSpans": [{"sc', 1, id="its writer was killed in the last line"),
    ],
)
async def test_a_file_that_is_cut_off(
    tmp_path: Path, more: bytes, warnings: int, caplog: pytest.LogCaptureFixture
) -> None:
    """What is whole is read, a byte order mark is none of it, and the loss is told."""
    path = _unpacked("drift.otlp.jsonl.gz", tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + more)
    source = FileSource(path)

    found = [len(await source.trace(each)) for each in {span.trace_id for span in exported("drift")}]
    assert (len(exported("drift")), warnings) == (sum(found), len(caplog.records))


def test_an_empty_file_has_no_traces(tmp_path: Path) -> None:
    """The Collector makes it before it has anything to write."""
    (tmp_path / "spans").touch()
    assert {} == FileSource(tmp_path / "spans")._traces
