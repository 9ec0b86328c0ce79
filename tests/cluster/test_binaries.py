"""What is built, with which flags, and what is said where it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster import binaries
from tests.cluster.binaries import BuildError, binary, build_flags, cache, key

KUBERNETES = "require (\n\tk8s.io/kubernetes v1.30.2 // indirect\n)\n"
STAMPED = (
    "-s -w"
    " -X k8s.io/component-base/version.gitVersion=v1.30.2"
    " -X k8s.io/component-base/version.gitMajor=1"
    " -X k8s.io/component-base/version.gitMinor=30"
    " -X k8s.io/client-go/pkg/version.gitVersion=v1.30.2"
    " -X k8s.io/client-go/pkg/version.gitMajor=1"
    " -X k8s.io/client-go/pkg/version.gitMinor=30"
)


@pytest.mark.parametrize(
    ("go_mod", "link"),
    [
        pytest.param(KUBERNETES, STAMPED, id="Kubernetes' programs tell the version that go.mod pins"),
        pytest.param("require example.com/other v1.0.0\n", "-s -w", id="others tell none"),
    ],
)
def test_build_flags(go_mod: str, link: str) -> None:
    """The version is read, not repeated."""
    assert ["-trimpath", "-ldflags", link] == build_flags(go_mod)


@pytest.mark.parametrize(
    ("file", "flags"),
    [
        pytest.param("go.mod", [], id="another go.mod"),
        pytest.param("go.sum", [], id="another go.sum"),
        pytest.param("README", ["-race"], id="other flags"),
    ],
)
def test_key(tmp_path: Path, file: str, flags: list[str]) -> None:
    """Whatever changes the programs changes the place where they are kept."""
    for each in ("go.mod", "go.sum"):
        (tmp_path / each).write_text("as it was\n")
    before = key(tmp_path, [])
    (tmp_path / file).write_text("changed\n")
    assert before != key(tmp_path, flags)


def test_without_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing is named, with where to get it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match=r"go is not installed; install Go 1\.\d+.* or newer"):
        binary("etcd")


def test_a_build_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiler's words are shown, and nothing is left in the cache."""
    module = tmp_path / "tools" / "mine"
    module.mkdir(parents=True)
    (module / "go.mod").write_text("module example.com/mine\n\ngo 1.26\n")
    (module / "go.sum").touch()
    (module / "main.go").write_text("package main\n\nfunc main() { missing() }\n")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(binaries, "TOOLS", tmp_path / "tools")
    monkeypatch.setitem(binaries.PROGRAMS, "mine", binaries.Program("mine", "example.com/mine"))
    with pytest.raises(BuildError, match="undefined: missing"):
        binary("mine")
    assert [".lock"] == [path.name for path in cache().rglob("*") if path.is_file()]
