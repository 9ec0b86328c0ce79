"""One set of settings, all verbs. No verb does I/O, so there are no async twins."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from opentelemetry.trace import TracerProvider

from traceutil.carriers.w3c import W3C
from traceutil.context_verbs import ContextVerbs
from traceutil.desired import Convergence, desired_state_reached
from traceutil.environment import settings_from
from traceutil.health import Health
from traceutil.object_verbs import ObjectVerbs
from traceutil.objects import KubernetesObject, as_json
from traceutil.settings import Settings
from traceutil.work_verbs import WorkVerbs


class ObjectTracer(WorkVerbs, ContextVerbs, ObjectVerbs):
    """Carries trace context through Kubernetes objects, by one set of settings.

    Args:
        provider: where spans go; None: OpenTelemetry's global provider, looked up at each use.
        settings: any field of `Settings` by name.
        prefix: of the W3C annotations that are read and written.

    Raises:
        TypeError: a setting that does not exist.
        ValueError: `trust` is a lone name.
    """

    def __init__(
        self, provider: TracerProvider | None = None, *, prefix: str | None = None, **settings: Any
    ) -> None:
        if prefix is not None:
            w3c = W3C(prefix)
            settings.setdefault("write", (w3c,))
            settings.setdefault("read", (w3c, *Settings().read))
        super().__init__(provider, Settings(**settings))
        #: Set by `integrations.kopf.configure`: it sees when the last of several handlers has succeeded.
        self.waits_for_all_handlers = False

    @classmethod
    def from_env(
        cls, environ: Mapping[str, str] = os.environ, provider: TracerProvider | None = None
    ) -> ObjectTracer:
        """Settings from `TRACEUTIL_*`; what is not set keeps its default.

        Raises:
            ValueError: a variable has a value that cannot be used; the message names both.
        """
        return cls(provider, **settings_from(environ))

    @property
    def health(self) -> Health:
        """What was lost, refused or could not be read."""
        return self.settings.health

    def desired_state_reached(self, obj: KubernetesObject) -> Convergence:
        """Whether status reports actual == desired for the current change. Pure."""
        return desired_state_reached(as_json(obj))

    def flush(self) -> None:
        """Export what is held back to be folded: repeated failures."""
        self._attempts.release_all()
