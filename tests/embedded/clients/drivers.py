"""Each client, sync and async, behind one face: what a controller does with a Deployment."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, TypeAlias

import kr8s
import kubernetes
import kubernetes.aio.client
import kubernetes.aio.config
import kubernetes.aio.dynamic
import lightkube
from lightkube.resources.apps_v1 import Deployment, DeploymentStatus
from lightkube.types import PatchType

from traceutil.integrations import kr8s as for_kr8s
from traceutil.integrations import kubernetes as for_kubernetes
from traceutil.integrations import lightkube as for_lightkube

Obj: TypeAlias = dict[str, Any]
NAMESPACE = "default"
MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"


class Driver(Protocol):
    """A client as the checks use it. What it returns is an object in JSON."""

    integration: ModuleType
    client: Any

    async def create(self, body: Obj, dry_run: bool = False) -> Obj: ...
    async def get(self, name: str) -> Obj: ...
    async def names(self) -> list[str]: ...
    async def watched(self, since: str, count: int) -> list[str]: ...
    async def patch(self, name: str, patch: Obj) -> Obj: ...
    async def patch_status(self, name: str, patch: Obj) -> None: ...
    async def delete(self, name: str) -> None: ...
    async def close(self) -> None: ...


class Kubernetes:
    """kubernetes: its typed API."""

    integration = for_kubernetes

    def __init__(self, kubeconfig: Path) -> None:
        self.client: Any = kubernetes.config.new_client_from_config(str(kubeconfig))
        self.api = kubernetes.client.AppsV1Api(self.client)

    def _json(self, obj: Any) -> Obj:
        return self.client.sanitize_for_serialization(obj)  # type: ignore[no-any-return]

    async def create(self, body: Obj, dry_run: bool = False) -> Obj:
        more = {"dry_run": "All"} if dry_run else {}
        return self._json(self.api.create_namespaced_deployment(NAMESPACE, body, **more))

    async def get(self, name: str) -> Obj:
        return self._json(self.api.read_namespaced_deployment(name, NAMESPACE))

    async def names(self) -> list[str]:
        return [each.metadata.name for each in self.api.list_namespaced_deployment(NAMESPACE).items]

    async def watched(self, since: str, count: int) -> list[str]:
        watch = kubernetes.watch.Watch()
        seen = []
        for event in watch.stream(
            self.api.list_namespaced_deployment, NAMESPACE, resource_version=since, timeout_seconds=5
        ):
            seen.append(event["type"])
            if len(seen) == count:
                watch.stop()
        return seen

    async def patch(self, name: str, patch: Obj) -> Obj:
        return self._json(self.api.patch_namespaced_deployment(name, NAMESPACE, patch))

    async def patch_status(self, name: str, patch: Obj) -> None:
        self.api.patch_namespaced_deployment_status(name, NAMESPACE, patch)

    async def delete(self, name: str) -> None:
        self.api.delete_namespaced_deployment(name, NAMESPACE)

    async def replace(self, body: Obj) -> Obj:
        name = body["metadata"]["name"]
        return self._json(self.api.replace_namespaced_deployment(name, NAMESPACE, body))

    async def apply(self, body: Obj, manager: str = "test") -> Obj:
        name = body["metadata"]["name"]
        made = self.api.patch_namespaced_deployment(
            name, NAMESPACE, body, field_manager=manager, _content_type=APPLY
        )
        return self._json(made)

    async def close(self) -> None:
        self.client.close()


class KubernetesDynamic:
    """kubernetes: its dynamic client."""

    integration = for_kubernetes

    def __init__(self, kubeconfig: Path) -> None:
        self.client: Any = kubernetes.dynamic.DynamicClient(
            kubernetes.config.new_client_from_config(str(kubeconfig))
        )
        self.api = self.client.resources.get(api_version="apps/v1", kind="Deployment")

    async def create(self, body: Obj, dry_run: bool = False) -> Obj:
        more = {"dry_run": "All"} if dry_run else {}
        return self.api.create(body, NAMESPACE, **more).to_dict()  # type: ignore[no-any-return]

    async def get(self, name: str) -> Obj:
        return self.api.get(name, NAMESPACE).to_dict()  # type: ignore[no-any-return]

    async def names(self) -> list[str]:
        return [each.metadata.name for each in self.api.get(namespace=NAMESPACE).items]

    async def watched(self, since: str, count: int) -> list[str]:
        seen = []
        for event in self.api.watch(namespace=NAMESPACE, resource_version=since, timeout=5):
            seen.append(event["type"])
            if len(seen) == count:
                break
        return seen

    async def patch(self, name: str, patch: Obj) -> Obj:
        return self.api.patch(patch, name, NAMESPACE, content_type=MERGE).to_dict()  # type: ignore[no-any-return]

    async def patch_status(self, name: str, patch: Obj) -> None:
        self.api.status.patch(patch, name, NAMESPACE, content_type=MERGE)

    async def delete(self, name: str) -> None:
        self.api.delete(name, NAMESPACE)

    async def replace(self, body: Obj) -> Obj:
        return self.api.replace(body, body["metadata"]["name"], NAMESPACE).to_dict()  # type: ignore[no-any-return]

    async def apply(self, body: Obj, manager: str = "test") -> Obj:
        name = body["metadata"]["name"]
        return self.api.server_side_apply(body, name, NAMESPACE, field_manager=manager).to_dict()  # type: ignore[no-any-return]

    async def close(self) -> None:
        self.client.client.close()


class KubernetesAio:
    """kubernetes.aio: its typed API."""

    integration = for_kubernetes

    def __init__(self, kubeconfig: Path) -> None:
        self._kubeconfig = str(kubeconfig)

    async def start(self) -> KubernetesAio:
        self.client: Any = await kubernetes.aio.config.new_client_from_config(self._kubeconfig)
        self.api = kubernetes.aio.client.AppsV1Api(self.client)
        return self

    def _json(self, obj: Any) -> Obj:
        return self.client.sanitize_for_serialization(obj)  # type: ignore[no-any-return]

    async def create(self, body: Obj, dry_run: bool = False) -> Obj:
        more = {"dry_run": "All"} if dry_run else {}
        return self._json(await self.api.create_namespaced_deployment(NAMESPACE, body, **more))

    async def get(self, name: str) -> Obj:
        return self._json(await self.api.read_namespaced_deployment(name, NAMESPACE))

    async def names(self) -> list[str]:
        return [each.metadata.name for each in (await self.api.list_namespaced_deployment(NAMESPACE)).items]

    async def watched(self, since: str, count: int) -> list[str]:
        seen = []
        async with kubernetes.aio.watch.Watch() as watch:
            async for event in watch.stream(
                self.api.list_namespaced_deployment, NAMESPACE, resource_version=since, timeout_seconds=5
            ):
                seen.append(event["type"])
                if len(seen) == count:
                    break
        return seen

    async def patch(self, name: str, patch: Obj) -> Obj:
        return self._json(await self.api.patch_namespaced_deployment(name, NAMESPACE, patch))

    async def patch_status(self, name: str, patch: Obj) -> None:
        await self.api.patch_namespaced_deployment_status(name, NAMESPACE, patch)

    async def delete(self, name: str) -> None:
        await self.api.delete_namespaced_deployment(name, NAMESPACE)

    async def replace(self, body: Obj) -> Obj:
        name = body["metadata"]["name"]
        return self._json(await self.api.replace_namespaced_deployment(name, NAMESPACE, body))

    async def apply(self, body: Obj, manager: str = "test") -> Obj:
        name = body["metadata"]["name"]
        made = await self.api.patch_namespaced_deployment(
            name, NAMESPACE, body, field_manager=manager, _content_type=APPLY
        )
        return self._json(made)

    async def close(self) -> None:
        await self.client.close()


class Lightkube:
    """lightkube.Client."""

    integration = for_lightkube

    def __init__(self, kubeconfig: Path) -> None:
        config = lightkube.KubeConfig.from_file(str(kubeconfig)).get()
        self.client: Any = lightkube.Client(config, namespace=NAMESPACE, field_manager="test")
        self._dry: Any = lightkube.Client(config, namespace=NAMESPACE, field_manager="test", dry_run=True)

    async def create(self, body: Obj, dry_run: bool = False) -> Obj:
        client = self._dry if dry_run else self.client
        return client.create(Deployment.from_dict(body)).to_dict()  # type: ignore[no-any-return]

    async def get(self, name: str) -> Obj:
        return self.client.get(Deployment, name).to_dict()  # type: ignore[no-any-return]

    async def names(self) -> list[str]:
        return [each.metadata.name for each in self.client.list(Deployment)]

    async def watched(self, since: str, count: int) -> list[str]:
        seen = []
        for kind, _ in self.client.watch(Deployment, resource_version=since, server_timeout=5):
            seen.append(kind)
            if len(seen) == count:
                break
        return seen

    async def patch(self, name: str, patch: Obj) -> Obj:
        return self.client.patch(Deployment, name, patch).to_dict()  # type: ignore[no-any-return]

    async def patch_status(self, name: str, patch: Obj) -> None:
        self.client.patch(DeploymentStatus, name, patch, patch_type=PatchType.MERGE)

    async def delete(self, name: str) -> None:
        self.client.delete(Deployment, name)

    async def replace(self, body: Obj) -> Obj:
        return self.client.replace(Deployment.from_dict(body)).to_dict()  # type: ignore[no-any-return]

    async def apply(self, body: Obj, manager: str = "test") -> Obj:
        return self.client.apply(Deployment.from_dict(body), field_manager=manager).to_dict()  # type: ignore[no-any-return]

    async def close(self) -> None:
        self.client.close()
        self._dry.close()


class LightkubeAsync:
    """lightkube.AsyncClient."""

    integration = for_lightkube

    def __init__(self, kubeconfig: Path) -> None:
        self._config = lightkube.KubeConfig.from_file(str(kubeconfig)).get()

    async def start(self) -> LightkubeAsync:
        options: Obj = {"namespace": NAMESPACE, "field_manager": "test"}
        self.client: Any = lightkube.AsyncClient(self._config, **options)
        self._dry: Any = lightkube.AsyncClient(self._config, **options, dry_run=True)
        return self

    async def create(self, body: Obj, dry_run: bool = False) -> Obj:
        client = self._dry if dry_run else self.client
        return (await client.create(Deployment.from_dict(body))).to_dict()  # type: ignore[no-any-return]

    async def get(self, name: str) -> Obj:
        return (await self.client.get(Deployment, name)).to_dict()  # type: ignore[no-any-return]

    async def names(self) -> list[str]:
        return [each.metadata.name async for each in self.client.list(Deployment)]

    async def watched(self, since: str, count: int) -> list[str]:
        seen = []
        async for kind, _ in self.client.watch(Deployment, resource_version=since, server_timeout=5):
            seen.append(kind)
            if len(seen) == count:
                break
        return seen

    async def patch(self, name: str, patch: Obj) -> Obj:
        return (await self.client.patch(Deployment, name, patch)).to_dict()  # type: ignore[no-any-return]

    async def patch_status(self, name: str, patch: Obj) -> None:
        await self.client.patch(DeploymentStatus, name, patch, patch_type=PatchType.MERGE)

    async def delete(self, name: str) -> None:
        await self.client.delete(Deployment, name)

    async def replace(self, body: Obj) -> Obj:
        return (await self.client.replace(Deployment.from_dict(body))).to_dict()  # type: ignore[no-any-return]

    async def apply(self, body: Obj, manager: str = "test") -> Obj:
        made = await self.client.apply(Deployment.from_dict(body), field_manager=manager)
        return made.to_dict()  # type: ignore[no-any-return]

    async def close(self) -> None:
        await self.client.close()
        await self._dry.close()


class Kr8sAsync:
    """kr8s.asyncio; what its objects cannot do goes through `call_api`."""

    integration = for_kr8s

    def __init__(self, kubeconfig: Path) -> None:
        self._kubeconfig = str(kubeconfig)

    async def start(self) -> Kr8sAsync:
        self.client: Any = await kr8s.asyncio.api(kubeconfig=self._kubeconfig)
        return self

    async def _call(self, method: str, name: str = "", body: Any = None, **more: Any) -> Obj:
        url = f"deployments/{name}" if name else "deployments"
        content = {} if body is None else {"content": json.dumps(body)}
        async with self.client.call_api(
            method, version="apps/v1", namespace=NAMESPACE, url=url, **content, **more
        ) as response:
            return response.json()  # type: ignore[no-any-return]

    async def _object(self, body: Obj) -> Any:
        return await kr8s.asyncio.objects.Deployment(body, namespace=NAMESPACE, api=self.client)

    async def create(self, body: Obj, dry_run: bool = False) -> Obj:
        if dry_run:
            return await self._call("POST", body=body, params={"dryRun": "All"})
        made = await self._object(body)
        await made.create()
        return made.raw.to_dict()  # type: ignore[no-any-return]

    async def get(self, name: str) -> Obj:
        return await self._call("GET", name)

    async def names(self) -> list[str]:
        return [each.name async for each in self.client.get("deployments", namespace=NAMESPACE)]

    async def watched(self, since: str, count: int) -> list[str]:
        seen = []
        async for kind, _ in self.client.watch("deployments", namespace=NAMESPACE, since=since):
            seen.append(kind)
            if len(seen) == count:
                break
        return seen

    async def patch(self, name: str, patch: Obj) -> Obj:
        found = await self._object({"metadata": {"name": name}})
        await found.patch(patch)
        return found.raw.to_dict()  # type: ignore[no-any-return]

    async def patch_status(self, name: str, patch: Obj) -> None:
        found = await self._object({"metadata": {"name": name}})
        await found.patch(patch, subresource="status")

    async def delete(self, name: str) -> None:
        await (await self._object({"metadata": {"name": name}})).delete()

    async def replace(self, body: Obj) -> Obj:
        return await self._call("PUT", body["metadata"]["name"], body)

    async def apply(self, body: Obj, manager: str = "test") -> Obj:
        name = body["metadata"]["name"]
        more: Obj = {"params": {"fieldManager": manager}, "headers": {"Content-Type": APPLY}}
        return await self._call("PATCH", name, body, **more)

    async def close(self) -> None:
        return None


class Kr8s:
    """kr8s: its sync objects, which are its async ones run in a thread of their own."""

    integration = for_kr8s

    def __init__(self, kubeconfig: Path) -> None:
        self.client: Any = kr8s.api(kubeconfig=str(kubeconfig))

    def _object(self, body: Obj) -> Any:
        return kr8s.objects.Deployment(body, namespace=NAMESPACE, api=self.client)

    async def create(self, body: Obj, dry_run: bool = False) -> Obj:
        assert not dry_run, "kr8s has no dry run of its own"
        made = self._object(body)
        made.create()
        return made.raw.to_dict()  # type: ignore[no-any-return]

    async def get(self, name: str) -> Obj:
        found = self._object({"metadata": {"name": name}})
        found.refresh()
        return found.raw.to_dict()  # type: ignore[no-any-return]

    async def names(self) -> list[str]:
        return [each.name for each in self.client.get("deployments", namespace=NAMESPACE)]

    async def watched(self, since: str, count: int) -> list[str]:
        seen = []
        for kind, _ in self.client.watch("deployments", namespace=NAMESPACE, since=since):
            seen.append(kind)
            if len(seen) == count:
                break
        return seen

    async def patch(self, name: str, patch: Obj) -> Obj:
        found = self._object({"metadata": {"name": name}})
        found.patch(patch)
        return found.raw.to_dict()  # type: ignore[no-any-return]

    async def patch_status(self, name: str, patch: Obj) -> None:
        self._object({"metadata": {"name": name}}).patch(patch, subresource="status")

    async def delete(self, name: str) -> None:
        self._object({"metadata": {"name": name}}).delete()

    async def close(self) -> None:
        return None


DRIVERS: dict[str, Callable[[Path], Any]] = {
    "kubernetes": Kubernetes,
    "kubernetes-dynamic": KubernetesDynamic,
    "kubernetes-aio": KubernetesAio,
    "lightkube": Lightkube,
    "lightkube-async": LightkubeAsync,
    "kr8s": Kr8s,
    "kr8s-async": Kr8sAsync,
}
