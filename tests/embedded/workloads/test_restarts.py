"""Controllers that stop and start again, or run apart, make nothing twice."""

from __future__ import annotations

import asyncio

from demo.apiserver import RequestKey
from operators.workloads import Registry, SimulatedRuntime
from tests.embedded.workloads.manifests import IMAGES, condition, deployment, image_patch
from tests.embedded.workloads.world import World


async def test_a_restart_makes_nothing_twice(world: World) -> None:
    """All controllers end and others start: not one pod, ReplicaSet or write of desired state more."""
    async with world.controllers():
        await world.user.create(deployment())
        await world.reached()
        before = {each["metadata"]["uid"] for each in await world.pods()}
    writes = world.cluster.changes.total()
    async with world.controllers():
        await asyncio.sleep(0.5)
        after = {each["metadata"]["uid"] for each in await world.pods()}
    assert before == after
    assert writes == world.cluster.changes.total()


async def test_a_restart_in_the_middle_goes_on(world: World) -> None:
    """Controllers that die while pods start are replaced, and the Deployment still gets three pods."""
    runtime = SimulatedRuntime(world.clock, Registry(IMAGES, bandwidth=5e6), seed=2)
    async with world.controllers(runtime=runtime):
        await world.user.create(deployment())

        async def scheduled() -> bool:
            return sum("nodeName" in each["spec"] for each in await world.items("Pod")) >= 2

        await world.until(scheduled)
    async with world.controllers():
        await world.reached()
        pods = await world.items("Pod")
    assert len(pods) == 3
    assert {0} == {each["status"]["containerStatuses"][0]["restartCount"] for each in pods}


async def test_four_processes_apart(world: World) -> None:
    """Each controller with watches of its own does the same as all together."""
    async with (
        world.controllers(["kubelet"]),
        world.controllers(["scheduler"]),
        world.controllers(["replicaset"]),
        world.controllers(["deployment"]),
    ):
        await world.user.create(deployment())
        await world.reached()
        await world.user.patch("Deployment", "default", "web", image_patch("web:2"))
        found = await world.reached()
        assert {"web:2"} == {each["spec"]["containers"][0]["image"] for each in await world.pods()}
    assert found["metadata"]["generation"] == 2


async def test_each_controller_writes_its_own(world: World) -> None:
    """Requests are made by the controller whose work it is, and kopf makes none but lists and watches."""
    async with world.controllers():
        await world.user.create(deployment())
        await world.reached()
    made = world.cluster.requests
    assert made[RequestKey("create", "pods", "replicaset")] == 3
    assert made[RequestKey("create", "pods/binding", "scheduler")] == 3
    assert made[RequestKey("create", "replicasets", "deployment")] == 1
    assert {"list", "watch"} >= {key.verb for key in made if key.user == "workloads"}
    assert (
        sum(count for key, count in made.items() if key.resource == "deployments" and key.verb == "patch")
        == 0
    )


async def test_a_node_that_exists_is_taken_over(world: World) -> None:
    """A kubelet that starts again writes nothing to a node that is as it should be."""
    async with world.controllers(["kubelet"]):
        first = await world.get("Node", "node-1")
    async with world.controllers(["kubelet"]):
        second = await world.get("Node", "node-1")
    assert first == second
    assert condition(second, "Ready")["status"] == "True"
