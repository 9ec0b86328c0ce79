"""Pods on their nodes: restarts, back-off, readiness, ends."""

from __future__ import annotations

from typing import Any

from tests.embedded.workloads.manifests import condition, deployment, pod
from tests.embedded.workloads.world import World, is_gone


def container(obj: dict[str, Any]) -> dict[str, Any]:
    found: list[dict[str, Any]] = obj.get("status", {}).get("containerStatuses") or [{}]
    return found[0]


async def test_a_crashing_container_backs_off(world: World) -> None:
    """It is started again at once, then after 10 s; while it waits it says CrashLoopBackOff."""
    async with world.controllers():
        await world.user.create(pod(image="crash:1"))

        async def loops() -> Any:
            found = container(await world.get("Pod", "solo"))
            waits = found.get("state", {}).get("waiting", {}).get("reason") == "CrashLoopBackOff"
            return found if waits and found["restartCount"] >= 2 else None

        found = await world.until(loops)
    assert found["lastState"]["terminated"]["exitCode"] == 1
    assert "back-off 20s" in found["state"]["waiting"]["message"]


async def test_a_container_that_crashed_once_becomes_ready(world: World) -> None:
    """One crash, one restart, and it stays up."""
    async with world.controllers():
        await world.user.create(pod(image="once:1"))

        async def restarted() -> bool:
            found = await world.get("Pod", "solo")
            return (
                container(found).get("restartCount") == 1
                and condition(found, "Ready").get("status") == "True"
            )

        await world.until(restarted)


async def test_a_pod_that_is_done_succeeds(world: World) -> None:
    """With restartPolicy Never exit code 0 is success."""
    async with world.controllers():
        await world.user.create(pod(image="job:1", restartPolicy="Never"))

        async def succeeded() -> bool:
            return bool((await world.get("Pod", "solo"))["status"].get("phase") == "Succeeded")

        await world.until(succeeded)


async def test_a_failed_pod_of_a_replica_set_would_be_replaced(world: World) -> None:
    """With restartPolicy Never any other exit code is failure."""
    async with world.controllers():
        await world.user.create(pod(image="crash:1", restartPolicy="Never"))

        async def failed() -> bool:
            return bool((await world.get("Pod", "solo"))["status"].get("phase") == "Failed")

        await world.until(failed)


async def test_init_containers_run_first(world: World) -> None:
    """The main container waits until the init container has ended well."""
    async with world.controllers():
        init = [{"name": "setup", "image": "job:1"}]
        await world.user.create(pod(initContainers=init))

        async def ready() -> Any:
            found = await world.get("Pod", "solo")
            return found if condition(found, "Ready").get("status") == "True" else None

        found = await world.until(ready)
    ended = found["status"]["initContainerStatuses"][0]["state"]["terminated"]
    assert ended["exitCode"] == 0
    assert ended["finishedAt"] <= container(found)["state"]["running"]["startedAt"]


async def test_readiness_is_probed(world: World) -> None:
    """A pod with a probe runs first and is ready only later."""
    async with world.controllers():
        probe = {"initialDelaySeconds": 4, "periodSeconds": 1, "tcpSocket": {"port": 80}}
        await world.user.create(deployment(1, probe=probe))

        async def runs() -> bool:
            return [each["status"]["phase"] for each in await world.pods()] == ["Running"]

        await world.until(runs)
        assert condition((await world.pods())[0], "Ready")["status"] == "False"
        await world.reached(replicas=1)


async def test_a_pod_that_never_gets_ready_stays_so(world: World) -> None:
    """Running is not ready: its Deployment is not available."""
    async with world.controllers():
        await world.user.create(deployment(1, image="stuck:1", probe={"tcpSocket": {"port": 80}}))

        async def runs() -> bool:
            return [each["status"]["phase"] for each in await world.pods()] == ["Running"]

        await world.until(runs)
        found = await world.get("Deployment", "web")
    assert condition(found, "Available")["status"] == "False"


async def test_a_deleted_pod_is_stopped_first(world: World) -> None:
    """A pod that runs stays as terminating until its kubelet has stopped it; then it is gone."""
    async with world.controllers():
        created = await world.user.create(pod())

        async def ready() -> bool:
            return condition(await world.get("Pod", "solo"), "Ready").get("status") == "True"

        await world.until(ready)
        answer = await world.user.delete("Pod", "default", "solo", uid=created["metadata"]["uid"])
        assert "deletionTimestamp" in answer["metadata"]

        async def gone() -> bool:
            return await is_gone(world, "Pod", "solo")

        await world.until(gone)


async def test_a_pod_that_fits_nowhere_waits_for_room(world: World) -> None:
    """Unschedulable says why; when another pod goes, it is scheduled."""
    big = {"requests": {"cpu": "6"}}
    async with world.controllers(nodes=1):
        first, second = pod("first"), pod("second")
        for each in (first, second):
            each["spec"]["containers"][0]["resources"] = big
        created = await world.user.create(first)

        async def placed() -> bool:
            return "nodeName" in (await world.get("Pod", "first"))["spec"]

        await world.until(placed)
        await world.user.create(second)

        async def unfit() -> Any:
            found = condition(await world.get("Pod", "second"), "PodScheduled")
            return found if found.get("reason") == "Unschedulable" else None

        found = await world.until(unfit)
        assert found["message"] == "0/1 nodes are available: 1 Insufficient cpu."
        await world.user.delete("Pod", "default", "first", uid=created["metadata"]["uid"])

        async def fits() -> bool:
            return condition(await world.get("Pod", "second"), "Ready").get("status") == "True"

        await world.until(fits)


async def test_nodes_are_registered_ready(world: World) -> None:
    """Each node says what it has, that it is ready, and carries no admission taint."""
    async with world.controllers(["kubelet"], nodes=3):
        nodes = await world.items("Node")
    assert sorted(each["metadata"]["name"] for each in nodes) == ["node-1", "node-2", "node-3"]
    assert {"True"} == {condition(each, "Ready")["status"] for each in nodes}
    assert {"110"} == {each["status"]["allocatable"]["pods"] for each in nodes}
    assert [taint for each in nodes for taint in each["spec"].get("taints") or ()] == []
