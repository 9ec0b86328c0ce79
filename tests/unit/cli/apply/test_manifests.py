"""Which objects are in the files that are given, and what is said of files that hold none."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from traceutil.cli.apply.manifests import load
from traceutil.cli.errors import BadInput

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"


def loaded(text: str, directory: Path) -> list[dict[str, Any]]:
    file = directory / "a.yaml"
    file.write_text(text)
    return [each.obj for each in load([str(file)], io.StringIO())]


def config(name: str, **more: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, **more}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(CONFIG % "a", [config("a")], id="one document"),
        pytest.param(
            CONFIG % "a" + "---\n---\n" + CONFIG % "b",
            [config("a"), config("b")],
            id="several, one empty",
        ),
        pytest.param(
            '{"apiVersion": "v1", "kind": "ConfigMap",\t"metadata": {"name": "a"}}',
            [config("a")],
            id="JSON, with a tab that YAML would refuse",
        ),
        pytest.param(
            "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n",
            [config("a")],
            id="a List",
        ),
        pytest.param(
            "apiVersion: v1\nkind: ConfigMapList\nitems: [{metadata: {name: a}}]",
            [config("a")],
            id="a typed list, whose items say no kind",
        ),
        pytest.param(
            CONFIG % "a" + "data: {date: 2024-01-31, time: 12:30:45, small: 1e3, octal: 0644, yes: 1.50}\n",
            [
                config(
                    "a",
                    data={
                        "date": "2024-01-31",
                        "time": "12:30:45",
                        "small": 1000.0,
                        "octal": 420,
                        "true": 1.5,
                    },
                )
            ],
            id="scalars as kubectl reads them: neither dates nor numbers to the base of 60",
        ),
        pytest.param(
            "apiVersion: v1\nkind: ConfigMap\nstatus: {x: 1}\n"
            "metadata: {name: a, uid: u, resourceVersion: '7', generation: 2}\n",
            [config("a")],
            id="an export, without what the server said of it",
        ),
    ],
)
def test_what_a_file_holds(text: str, expected: list[dict[str, Any]], tmp_path: Path) -> None:
    """Objects in the order of the file."""
    assert expected == loaded(text, tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", "there is no object in it; give a file of Kubernetes manifests", id="nothing"),
        pytest.param("---\n# only a remark\n", "there is no object in it", id="a comment"),
        pytest.param("a: [", "is no YAML (while parsing", id="no YAML"),
        pytest.param("a: .nan\nb: 1e999", "is no YAML (Out of range float", id="no number that JSON has"),
        pytest.param("just words", 'is no object but "just words"', id="a string"),
        pytest.param("- a\n", 'is no object but ["a"]', id="a sequence"),
        pytest.param(
            "kind: ConfigMap", "has no apiVersion; give it one, such as apps/v1", id="no apiVersion"
        ),
        pytest.param("apiVersion: v1", "has no kind; give it one, such as Deployment", id="no kind"),
        pytest.param("{apiVersion: v1, kind: 7}", "has no kind", id="a kind that is a number"),
        pytest.param("{apiVersion: v1, kind: Pod}", "Pod has no metadata; give it a name", id="no metadata"),
        pytest.param(
            "{apiVersion: v1, kind: Pod, metadata: {labels: {}}}",
            "Pod has no name; give it one",
            id="no name",
        ),
        pytest.param(
            "{apiVersion: v1, kind: Pod, metadata: {name: 12}}",
            "metadata.name is 12; put it in quotes",
            id="a name that is a number",
        ),
        pytest.param(CONFIG % "..", 'metadata.name ".." can be no name', id="a name that leaves its path"),
        pytest.param(CONFIG % "a/b", 'metadata.name "a/b" can be no name', id="a name with a slash"),
        pytest.param(
            CONFIG % "a, namespace: ../x", 'metadata.namespace "../x" can be no name', id="such a namespace"
        ),
        pytest.param(
            CONFIG % "a, annotations: [b]",
            'metadata.annotations is ["b"]; use KEY: VALUE',
            id="annotations that are a list",
        ),
        pytest.param(
            CONFIG % "a" + "---\nkind: X\n", ", document 2: has no apiVersion", id="the second document"
        ),
        pytest.param(
            "apiVersion: v1\nkind: List\nitems: [{}]", ", item 1: has no apiVersion", id="an item of a list"
        ),
    ],
)
def test_what_is_no_manifest(text: str, expected: str, tmp_path: Path) -> None:
    """The file, the place in it and the remedy are told in one line."""
    with pytest.raises(BadInput) as raised:
        loaded(text, tmp_path)

    assert str(raised.value).startswith(str(tmp_path / "a.yaml"))
    assert expected in str(raised.value)
    assert "\n" not in str(raised.value)


def test_byte_order_mark(tmp_path: Path) -> None:
    """A byte order mark, as editors on Windows write it, is no part of the text."""
    file = tmp_path / "a.json"
    file.write_text('{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}', "utf-8-sig")

    assert [config("a")] == [each.obj for each in load([str(file)], io.StringIO())]


def test_directories_and_stdin(tmp_path: Path) -> None:
    """A directory is its manifests in order; with -R those below it too; - is stdin."""
    (tmp_path / "sub").mkdir()
    for name in ("b.yaml", "a.json", "notes.txt", "sub/c.yml"):
        (tmp_path / name).write_text(CONFIG % name[:1].replace("s", "c"))

    def names(*paths: str, recursive: bool = False) -> list[str]:
        return [each.name for each in load(paths, io.StringIO(CONFIG % "in"), recursive=recursive)]

    assert ["a", "b"] == names(str(tmp_path))
    assert ["a", "b", "c"] == names(str(tmp_path), recursive=True)
    assert ["in", "b"] == names("-", str(tmp_path / "b.yaml"))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param(
            "", "no .yaml, .yml, .json in this directory; give one that has, or use -R", id="a bare one"
        ),
        pytest.param(
            "https://example.org/a.yaml", "is not fetched; download it, and give the file", id="a URL"
        ),
    ],
)
def test_what_is_no_file(path: str, expected: str, tmp_path: Path) -> None:
    """What cannot be read is told before anything is sent."""
    with pytest.raises(BadInput, match=expected):
        load([path or str(tmp_path)], io.StringIO())


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The command line turns this into its one line."""
    with pytest.raises(FileNotFoundError):
        load([str(tmp_path / "none.yaml")], io.StringIO())


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are told by the file's name."""
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xff\xfe")

    with pytest.raises(BadInput, match=r"a\.yaml: is no text in UTF-8"):
        load([str(file)], io.StringIO())
