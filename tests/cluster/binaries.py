"""Programs that the cluster suite runs, built from their Go modules once and kept in the user's cache.

`python -m tests.cluster.binaries` builds all that are not there yet; `make test-cluster` begins with it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

TOOLS = Path(__file__).parent / "tools"
#: Where Kubernetes' programs keep the version that they tell.
VERSIONED = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")


class BuildError(Exception):
    """A program cannot be built; the message says why, and what to do."""


class Program(NamedTuple):
    """A main package, and the folder below `tools` whose go.mod pins it."""

    module: str
    package: str


PROGRAMS = {
    "etcd": Program("control-plane", "go.etcd.io/etcd/server/v3"),
    "kubectl": Program("control-plane", "k8s.io/kubernetes/cmd/kubectl"),
    "kube-controller-manager": Program("control-plane", "k8s.io/kubernetes/cmd/kube-controller-manager"),
    "kube-apiserver": Program("control-plane", "k8s.io/kubernetes/cmd/kube-apiserver"),
    "jaeger": Program("jaeger", "github.com/jaegertracing/jaeger/cmd/jaeger"),
}


def binary(name: str) -> Path:
    """The program's path; built first where it is not in the cache.

    Raises:
        BuildError: Go is missing or too old, or the build failed.
    """
    program = PROGRAMS[name]
    flags = build_flags((TOOLS / program.module / "go.mod").read_text())
    place = cache() / key(TOOLS / program.module, flags)
    built = place / name
    if not built.exists():
        place.mkdir(parents=True, exist_ok=True)
        with _locked(place / ".lock"):
            if not built.exists():  # another process may have built it while this one waited
                _build(name, program, flags, built)
    return built


def cache() -> Path:
    """Outside the checkout, so that only the first run of the first checkout pays."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "traceutil"


def key(module: Path, flags: list[str]) -> str:
    """What decides the bytes of a module's programs, as one hash."""
    parts = ((module / "go.mod").read_bytes(), (module / "go.sum").read_bytes(), " ".join(flags).encode())
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


def build_flags(go_mod: str) -> list[str]:
    """For `go build`: no debug information; Kubernetes' version, which its own build stamps the same way."""
    link = "-s -w"
    if found := re.search(r"^\s*k8s\.io/kubernetes (v(\d+)\.(\d+)\S*)", go_mod, re.MULTILINE):
        for package in VERSIONED:
            for variable, value in zip(("gitVersion", "gitMajor", "gitMinor"), found.groups(), strict=True):
                link += f" -X {package}.{variable}={value}"
    return ["-trimpath", "-ldflags", link]


def _build(name: str, program: Program, flags: list[str], built: Path) -> None:
    go = _go(TOOLS / program.module)
    _say(f"building {name}; the first build on a machine takes minutes …")
    begun, unfinished = time.monotonic(), built.with_name(f"{name}.{os.getpid()}")
    try:
        done = _run([go, "build", *flags, "-o", str(unfinished), program.package], TOOLS / program.module)
        if done.returncode:
            raise BuildError(f"{name} cannot be built:\n{done.stderr.strip()}")
        unfinished.replace(built)
    finally:
        unfinished.unlink(missing_ok=True)
    _say(f"built {name} in {time.monotonic() - begun:.0f} s")


def _go(module: Path) -> str:
    needed = re.search(r"^go (\S+)", (module / "go.mod").read_text(), re.MULTILINE)
    remedy = f"install Go {needed[1] if needed else ''} or newer (https://go.dev/dl) and put it into PATH"
    go = shutil.which("go")
    if go is None:
        raise BuildError(f"go is not installed; {remedy}")
    tried = _run(
        [go, "env", "GOVERSION"], module
    )  # an older Go fetches the newer one, or says that it cannot
    if tried.returncode:
        raise BuildError(f"{tried.stderr.strip()}; {remedy}")
    return go


def _run(command: list[str], directory: Path) -> subprocess.CompletedProcess[str]:
    environ = os.environ | {"CGO_ENABLED": "0", "GOWORK": "off", "GOFLAGS": ""}
    return subprocess.run(command, cwd=directory, env=environ, capture_output=True, text=True, check=False)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _say(text: str) -> None:
    print(f"cluster: {text}", file=sys.stderr, flush=True)


def main() -> int:
    """Build everything; 2 where that cannot be."""
    try:
        for name in PROGRAMS:
            binary(name)
    except BuildError as error:
        _say(str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
