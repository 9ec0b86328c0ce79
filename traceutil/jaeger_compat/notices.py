"""What is not supported is said once, with what replaces it."""

from __future__ import annotations

import logging

#: The logger that jaeger_client writes to.
logger = logging.getLogger("jaeger_tracing")


class Notices:
    """One warning for one setting."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def say(self, setting: str, text: str) -> None:
        """Warn about `setting`, if that was not done before."""
        if setting not in self._said:
            self._said.add(setting)
            logger.warning("%s: %s", setting, text)
