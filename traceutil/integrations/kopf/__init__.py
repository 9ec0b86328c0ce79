"""kopf: `configure` for operators that use the verbs; `instrumentor` for those that are not changed."""

from __future__ import annotations

from traceutil.integrations.kopf.configuring import configure

__all__ = ["configure"]
