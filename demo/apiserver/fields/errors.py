"""What goes wrong with a patch."""

from __future__ import annotations


class PatchError(Exception):
    """A patch that cannot be applied; `code` is the HTTP status, `message` one line for the Status."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
