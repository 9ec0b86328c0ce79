"""What a kubelet asks of its container runtime: a small part of CRI, as a protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from operators.workloads.objects import Object


class PullError(Exception):
    """An image cannot be had; the message is the registry's."""


@dataclass(frozen=True)
class PulledImage:
    """`size` in bytes; `cached`: nothing had to be fetched."""

    image_id: str
    size: int
    cached: bool


class ContainerRuntime(Protocol):
    """Times are seconds of the kubelet's clock; ids are the runtime's own."""

    @property
    def simulated(self) -> bool:
        """True where no container really runs; said on every span."""

    async def run_sandbox(self, node: str, pod: Object) -> str:
        """Make the pod's sandbox and network; its IP address."""

    async def image(self, node: str, reference: str) -> PulledImage | None:
        """The image as the node has it, None where it does not."""

    async def pull_image(self, node: str, reference: str) -> PulledImage:
        """Fetch what is missing of the image. Raises PullError."""

    async def create_container(
        self, node: str, pod: Object, container: Mapping[str, Any], attempt: int
    ) -> str:
        """A container id. `container`: core/v1 Container; `attempt`: 0 for the first run."""

    async def start_container(self, container_id: str) -> None: ...

    async def adopt_container(
        self, node: str, pod: Object, container: Mapping[str, Any], container_id: str, started: int
    ) -> bool:
        """After a restart of the kubelet: does the container still run? `started`: Unix ns."""

    async def probe(self, container_id: str) -> bool:
        """The answer of the readiness probe now."""

    async def wait(self, container_id: str) -> int:
        """The exit code, once the container has ended."""

    async def stop_container(self, container_id: str, grace: float) -> int:
        """SIGTERM, after `grace` seconds SIGKILL; the exit code."""

    async def remove_sandbox(self, node: str, pod: Object) -> None:
        """Remove the pod's containers and its sandbox; no error where there is none."""
