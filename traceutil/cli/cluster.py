"""The command line's view of a cluster: objects as dicts, found by the words that kubectl takes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

from traceutil.cli.connection import Connection, Refused, Sleep, Unreachable
from traceutil.cli.resources import (
    Resource,
    find,
    of_kind,
    parse_aggregated,
    parse_plain,
    split_target,
)

Json = dict[str, Any]

#: Who we are in `managedFields`.
FIELD_MANAGER = "traceutil"
_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
_PAGE = "500"
#: Seconds after which the server ends a watch: whoever watches looks again then, whatever was lost.
_WATCH = "30"


@dataclass(frozen=True, slots=True)
class Target:
    """One object's place. `namespace` is empty for what has none."""

    resource: Resource
    namespace: str
    name: str

    @property
    def path(self) -> str:
        return self.resource.path(self.namespace, quote(self.name, safe=""))

    def __str__(self) -> str:
        return f"{self.resource.kind}/{self.name}"


class Cluster:
    """`async with Cluster(kubeconfig, context) as cluster:`; both may be None, as for kubectl.

    Whatever fails is a BadInput of one line: `Unreachable`, or `Refused` with the HTTP status.
    """

    def __init__(
        self, kubeconfig: Path | None = None, context: str | None = None, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self.connection = Connection(kubeconfig, context, sleep=sleep)
        self._sleep = sleep
        self._resources: list[Resource] | None = None

    async def __aenter__(self) -> Cluster:
        await self.connection.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.connection.__aexit__(kind, error, trace)

    @property
    def namespace(self) -> str:
        """The namespace of the context."""
        return self.connection.namespace

    async def resolve(self, words: Sequence[str], namespace: str | None = None) -> Target:
        """The object that `("deploy/web",)` or `("deployment", "web")` names; it need not exist.

        Raises:
            BadInput: it names no object, or no kind that there is, or those of several API groups.
        """
        word, name = split_target(words)
        resource = find(await self.resources(), word)
        return Target(resource, (namespace or self.namespace) if resource.namespaced else "", name)

    async def resource(self, api_version: str, kind: str) -> Resource | None:
        """The resource of an object's apiVersion and kind; looked up once more where it is not known."""
        found = of_kind(await self.resources(), api_version, kind)
        return found or of_kind(await self.resources(fresh=True), api_version, kind)

    async def resources(self, *, fresh: bool = False) -> list[Resource]:
        """What the server can store, in its own order. Asked once; again where `fresh`."""
        if self._resources is None or fresh:
            found: list[Resource] = []
            for path in ("/api", "/apis"):
                document = await self.connection.request("GET", path, accept=_AGGREGATED)
                if document.get("kind") == "APIGroupDiscoveryList":
                    found += parse_aggregated(document)
                else:
                    found += await self._plain(document)
            self._resources = found
        return self._resources

    async def _plain(self, document: Json) -> list[Resource]:
        """Discovery one version at a time. A group whose server is down is left out, as kubectl does."""
        paths = [f"/api/{version}" for version in document.get("versions") or ()]
        for group in document.get("groups") or ():
            paths += [f"/apis/{version['groupVersion']}" for version in group["versions"]]
        found: list[Resource] = []
        for path in paths:
            try:
                found += parse_plain(await self.connection.request("GET", path))
            except Refused as error:
                if error.status < 500:
                    raise
        return found

    async def get(self, target: Target) -> Json | None:
        """The object; None where there is none."""
        try:
            return await self.connection.request("GET", target.path)
        except Refused as error:
            if error.status == 404:
                return None
            raise

    async def list(
        self, resource: Resource, namespace: str = "", *, selector: str = "", owner_uid: str = ""
    ) -> list[Json]:
        """The objects of a namespace (all, where it is empty), of a label selector, with that owner."""
        params = {"limit": _PAGE}
        found: list[Json] = []
        if selector:
            params["labelSelector"] = selector
        while True:
            page = await self.connection.request("GET", resource.path(namespace), params=params)
            found += [
                {"apiVersion": resource.api_version, "kind": resource.kind, **item}
                for item in page.get("items") or ()
                if not owner_uid or _is_owned(item, owner_uid)
            ]
            token = page.get("metadata", {}).get("continue")
            if not token:
                return found
            params["continue"] = token

    async def watch(self, target: Target) -> AsyncGenerator[Json | None]:
        """The object as it is, then each version of it; None when it is not there. Never ends by itself.

        What breaks off is taken up again by reading the object; close it (`contextlib.aclosing`) when done.
        """
        delay = 0.1
        while True:
            found = await self.get(target)
            yield found
            try:
                async for seen in self._events(target, found):
                    delay = 0.1
                    yield seen
            except (Refused, Unreachable):
                delay = min(delay * 2, 2.0)  # a server that is away, or a user who may get but not watch
            await self._sleep(delay)

    async def _events(self, target: Target, found: Json | None) -> AsyncGenerator[Json | None]:
        params = {
            "watch": "true",
            "fieldSelector": f"metadata.name={target.name}",
            "timeoutSeconds": _WATCH,
        }
        if found is not None:
            params["resourceVersion"] = found["metadata"]["resourceVersion"]
        path = target.resource.path(target.namespace)
        async with self.connection.lines(path, params) as lines:
            async for line in lines:
                event = json.loads(line)
                if event["type"] == "ERROR":  # 410: the version is too old
                    return
                if event["type"] != "BOOKMARK":
                    yield None if event["type"] == "DELETED" else event["object"]

    async def create(self, target: Target, obj: Mapping[str, Any], *, dry_run: bool = False) -> Json:
        """POST; the object as the server stored it."""
        path = target.resource.path(target.namespace)
        return await self.connection.request("POST", path, params=_params(dry_run), body=obj)

    async def merge_patch(self, target: Target, patch: Mapping[str, Any], *, dry_run: bool = False) -> Json:
        """A JSON merge patch (RFC 7386). With a `resourceVersion` inside, only that version is changed."""
        return await self.connection.request(
            "PATCH", target.path, params=_params(dry_run), body=patch,
            content_type="application/merge-patch+json",
        )  # fmt: skip

    async def server_side_apply(
        self, target: Target, obj: Mapping[str, Any], *, force: bool = False, dry_run: bool = False
    ) -> Json:
        """Server-side apply under the field manager `traceutil`; `force` takes over what others own."""
        params = {**_params(dry_run), "force": "true" if force else "false"}
        return await self.connection.request(
            "PATCH", target.path, params=params, body=obj, content_type="application/apply-patch+yaml"
        )


def _params(dry_run: bool) -> dict[str, str]:
    return {"fieldManager": FIELD_MANAGER, **({"dryRun": "All"} if dry_run else {})}


def _is_owned(item: Json, uid: str) -> bool:
    owners = item.get("metadata", {}).get("ownerReferences") or ()
    return any(owner.get("uid") == uid for owner in owners)
