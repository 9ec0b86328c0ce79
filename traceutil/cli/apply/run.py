"""One run of `traceutil apply`: everything is checked, then written in order, then followed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from traceutil import ObjectTracer
from traceutil.cli.apply.follow import Follower, settle_at_once
from traceutil.cli.apply.manifests import Manifest
from traceutil.cli.apply.merge import LAST_APPLIED
from traceutil.cli.apply.order import definitions, is_definition, ordered
from traceutil.cli.apply.outcome import Outcome
from traceutil.cli.apply.release import Release
from traceutil.cli.apply.spans import Opening
from traceutil.cli.apply.write import Stored, Writer, is_owned_by_others
from traceutil.cli.cluster import Cluster, Target
from traceutil.cli.connection import Refused, Unreachable
from traceutil.cli.errors import BadInput
from traceutil.cli.progress import Progress
from traceutil.cli.resources import Resource

#: Seconds until the server serves a kind that was just defined.
ESTABLISHED = 30.0
_PAUSE = 0.1


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the command line was given. `timeout` in seconds, for each object since its write."""

    files: tuple[str, ...] = ()
    recursive: bool = False
    namespace: str | None = None
    server_side: bool = False
    force_conflicts: bool = False
    wait: bool = False
    timeout: float = 600.0
    output: Literal["text", "json"] = "text"
    jaeger: str = ""
    otlp: str | None = None
    kubeconfig: Path | None = None
    context: str | None = None


@dataclass(slots=True)
class _Item:
    manifest: Manifest
    target: Target
    outcome: Outcome
    stored: Stored | None = None


class Run:
    """Writes and follows. `outcomes` says at any moment what has become of each object."""

    def __init__(
        self,
        cluster: Cluster,
        tracer: ObjectTracer,
        release: Release,
        options: Options,
        progress: Progress,
    ) -> None:
        self._cluster = cluster
        self._tracer = tracer
        self._options = options
        self._progress = progress
        self._release = release
        self._items: list[_Item] = []

    @property
    def outcomes(self) -> list[Outcome]:
        """One for each object, in the order in which they are written."""
        return [item.outcome for item in self._items]

    async def run(self, manifests: Sequence[Manifest]) -> None:
        """Write all; with `wait`, until each is settled.

        Raises:
            BadInput: a kind or a namespace that is wrong; then nothing has been written.
        """
        inside = ordered(manifests)
        self._items = [await self._item(manifest, list(definitions(inside))) for manifest in inside]
        writer = self._writer()
        for number, item in enumerate(self._items):
            self._progress.update(f"{number} of {len(self._items)} written; {item.outcome.label}")
            try:
                await self._write(item, writer)
            except Unreachable as error:
                item.outcome.written, item.outcome.why = "refused", str(error)
                for left in self._items[number + 1 :]:
                    left.outcome.why = "not tried: the API server was gone"
                break
        if self._options.wait:
            await asyncio.gather(*map(self._follow, self._items))

    async def _item(self, manifest: Manifest, defined: Sequence[Resource]) -> _Item:
        resource = await self._resource(manifest, defined)
        namespace = self._namespace(manifest, resource)
        target = Target(resource, namespace, manifest.name)
        return _Item(manifest, target, Outcome(manifest.label, manifest.api_version, namespace))

    async def _resource(self, manifest: Manifest, defined: Sequence[Resource]) -> Resource:
        for each in defined:
            if (each.api_version, each.kind) == (manifest.api_version, manifest.kind):
                return each
        found = await self._cluster.resource(manifest.api_version, manifest.kind)
        if found is None:
            raise BadInput(
                f"{manifest.source}: the cluster has no kind {manifest.kind} in {manifest.api_version}; "
                "correct it, or apply its CustomResourceDefinition too"
            )
        return found

    def _namespace(self, manifest: Manifest, resource: Resource) -> str:
        if not resource.namespaced:
            return ""
        own, asked = manifest.obj["metadata"].get("namespace"), self._options.namespace
        if own and asked and own != asked:
            raise BadInput(
                f"{manifest.source}: {manifest.label} is of namespace {own}, not {asked}; "
                f"leave out -n {asked}, or its metadata.namespace"
            )
        return str(own or asked or self._cluster.namespace)

    def _writer(self) -> Writer:
        options = self._options
        opening = Opening(self._tracer, self._release.begin(), options.timeout if options.wait else None)
        return Writer(self._cluster, opening, server_side=options.server_side, force=options.force_conflicts)

    async def _write(self, item: _Item, writer: Writer) -> None:
        """Write one. A refusal is its own: the rest goes on.

        Raises:
            Unreachable: so will the rest be.
        """
        outcome = item.outcome
        try:
            stored = await writer.write(item.manifest, item.target)
        except Refused as error:
            outcome.written, outcome.why = "refused", self._refusal(error)
            return
        item.stored = stored
        item.target = Target(item.target.resource, item.target.namespace, stored.obj["metadata"]["name"])
        outcome.label, outcome.written, outcome.span = str(item.target), stored.written, stored.span
        outcome.opened = stored.opened
        if is_definition(item.manifest):
            await self._established(item.manifest)
        settle_at_once(self._tracer, stored)

    def _refusal(self, error: Refused) -> str:
        if not self._options.server_side and "metadata.annotations: Too long" in error.message:
            return f"{error.message}; {LAST_APPLIED} repeats the manifest: go without it by --server-side"
        if is_owned_by_others(error):
            return f"{error.message}; leave those fields to their owners, or take them with --force-conflicts"
        return str(error)

    async def _established(self, manifest: Manifest) -> None:
        """Until the server serves what was defined, for as long as that may take at most."""
        for _ in range(int(ESTABLISHED / _PAUSE)):
            found = [
                await self._cluster.resource(each.api_version, each.kind) for each in definitions([manifest])
            ]
            if all(found):
                return
            await asyncio.sleep(_PAUSE)

    async def _follow(self, item: _Item) -> None:
        if item.stored is None:
            return
        item.outcome.state = "in progress"
        follower = Follower(
            self._tracer, item.stored, item.outcome, self._tell, reports=item.target.resource.reports
        )
        if item.stored.written != "unchanged" or not follower.look(item.stored.obj):
            await follower.until_settled(self._cluster, item.target, self._options.timeout)

    def _tell(self) -> None:
        followed = [each for each in self.outcomes if each.state is not None]
        waiting = [each for each in followed if each.state == "in progress"]
        about = f"; {waiting[0].label} {waiting[0].message}" if waiting else ""
        self._progress.update(f"{len(followed) - len(waiting)} of {len(followed)} settled{about}")
