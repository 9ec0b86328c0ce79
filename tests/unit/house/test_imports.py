"""Which third parties each part may import. (Directions among our own packages: `make lint`.)"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from pathlib import Path

from .tree import PACKAGES, modules, named

API = (
    "opentelemetry.baggage",
    "opentelemetry.context",
    "opentelemetry.propagate",
    "opentelemetry.propagators.textmap",
    "opentelemetry.trace",
    "opentelemetry.util.types",
)
SDK = (*API, "opentelemetry.sdk", "opentelemetry.exporter")

#: The longest prefix that fits a module's path decides.
ALLOWED = {
    "traceutil/": API,
    "traceutil/answers.py": ("requests", "opentelemetry.proto"),
    "traceutil/cli/": ("click", "opentelemetry.trace"),
    "traceutil/cli/apply/manifests.py": ("yaml",),
    "traceutil/cli/apply/release.py": API,
    "traceutil/cli/apply/spans.py": API,
    "traceutil/cli/connection.py": ("httpx", "kr8s"),
    "traceutil/cli/traces/jaeger.py": ("httpx",),
    "traceutil/exporting.py": SDK,
    "traceutil/integrations/instrumentors.py": ("opentelemetry.instrumentation.instrumentor",),
    "traceutil/integrations/kr8s.py": ("kr8s",),
    "traceutil/integrations/lightkube.py": ("lightkube",),
    "traceutil/integrations/kopf/": (*API, "kopf"),
    "traceutil/integrations/kopf/instrumentor.py": (*API, "kopf", "opentelemetry.instrumentation", "wrapt"),
    "traceutil/jaeger_compat/": (*SDK, "opentelemetry.shim", "opentracing"),
    "traceutil/processors.py": SDK,
    "traceutil/pytest_plugin.py": ("pytest",),
    "traceutil/sampling.py": SDK,
    "traceutil/sdk.py": SDK,
    "traceutil/testing/": SDK,
    "traceutil/view/": (),
    "traceutil/view/convert.py": SDK,
    "demo/apiserver/": ("aiohttp", "multidict", "yaml", "yarl"),
}


def test_the_library_imports_only_what_its_part_may() -> None:
    """The core needs the OpenTelemetry API and the standard library; each extra is in one place."""
    assert {} == _offenders(modules("traceutil"))


def test_the_embedded_api_server_is_aiohttp_and_nothing_else() -> None:
    """The API server can be read, and moved, without the rest of the demo."""
    assert {} == _offenders(path for path in modules("demo") if "apiserver" in path.parts)


def _offenders(paths: Iterable[Path]) -> dict[str, list[str]]:
    found = {named(path): _third_parties(path, _allowed(named(path))) for path in paths}
    return {name: imported for name, imported in found.items() if imported}


def _allowed(name: str) -> tuple[str, ...]:
    return ALLOWED[max((prefix for prefix in ALLOWED if name.startswith(prefix)), key=len)]


def _third_parties(path: Path, allowed: tuple[str, ...]) -> list[str]:
    return [
        name
        for name in _imported(ast.parse(path.read_text()))
        if name.partition(".")[0] not in (*PACKAGES, *sys.stdlib_module_names)
        and not any(name == each or name.startswith(f"{each}.") for each in allowed)
    ]


def _imported(tree: ast.Module) -> list[str]:
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module == "opentelemetry":
            found.extend(f"opentelemetry.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.append(node.module)
    return found
