"""Deployments on a real watch: they reach what was asked, and stay there."""

from __future__ import annotations

from .conftest import World, condition, deployment, image_patch, is_gone


async def test_three_pods_become_available(world: World) -> None:
    """A Deployment of three reaches its desired state, spread over both nodes."""
    async with world.controllers():
        await world.user.create(deployment())
        found = await world.reached()
        pods = await world.pods()
    assert 3 == len(pods)
    assert {"node-1", "node-2"} == {each["spec"]["nodeName"] for each in pods}
    assert ["True"] * 3 == [condition(each, "Ready")["status"] for each in pods]
    assert "1" == found["metadata"]["annotations"]["deployment.kubernetes.io/revision"]
    assert "True" == condition(found, "Available")["status"]
    assert 1 == found["metadata"]["generation"]
