"""One container as its kubelet knows it, and how the API spells it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from operators.workloads.clock import rfc3339


@dataclass(frozen=True)
class Ended:
    """How a container ended. Times in Unix ns."""

    exit_code: int
    started: int
    finished: int
    container_id: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "exitCode": self.exit_code,
            "reason": "Completed" if self.exit_code == 0 else "Error",
            "startedAt": rfc3339(self.started),
            "finishedAt": rfc3339(self.finished),
            "containerID": self.container_id,
        }


@dataclass(frozen=True)
class Container:
    """State of one container: waiting (with a reason) until `started`, running until `ended`."""

    name: str
    image: str
    init: bool = False
    waiting: str = "ContainerCreating"
    message: str = ""
    started: int = 0  #: Unix ns; 0 while it waits
    ended: Ended | None = None
    last: Ended | None = None  #: how the run before this one ended
    restarts: int = 0
    ready: bool = False
    container_id: str = ""
    image_id: str = ""

    @property
    def running(self) -> bool:
        return self.started > 0 and self.ended is None

    def held(self, reason: str, message: str = "") -> Container:
        """Waiting for `reason`; a run that ended becomes the last one."""
        return replace(
            self, waiting=reason, message=message, started=0, ended=None,
            last=self.ended or self.last, ready=False,
        )  # fmt: skip

    def runs(self, started: int, container_id: str, *, ready: bool) -> Container:
        return replace(
            self, started=started, container_id=container_id, ended=None,
            last=self.ended or self.last, ready=ready,
        )  # fmt: skip

    def exits(self, exit_code: int, finished: int) -> Container:
        ended = Ended(exit_code, self.started, finished, self.container_id)
        return replace(self, ended=ended, ready=self.init and exit_code == 0)

    def as_json(self) -> dict[str, Any]:
        """core/v1 ContainerStatus."""
        return {
            "name": self.name,
            "image": self.image,
            "imageID": self.image_id,
            "containerID": self.container_id,
            "ready": self.ready,
            "started": self.running,
            "restartCount": self.restarts,
            "state": self._state(),
            "lastState": {"terminated": self.last.as_json()} if self.last else {},
        }

    def _state(self) -> dict[str, Any]:
        if self.ended is not None:
            return {"terminated": self.ended.as_json()}
        if self.started:
            return {"running": {"startedAt": rfc3339(self.started)}}
        said = {"message": self.message} if self.message else {}
        return {"waiting": {"reason": self.waiting} | said}
