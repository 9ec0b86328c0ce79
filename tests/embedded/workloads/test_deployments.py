"""Deployments on a real watch: they reach what was asked, and stay there."""

from __future__ import annotations

from operators.workloads.deployment.hashing import template_hash
from tests.embedded.workloads.manifests import condition, deployment, generation, image_patch
from tests.embedded.workloads.world import World, is_gone


async def test_three_pods_become_available(world: World) -> None:
    """A Deployment of three reaches its desired state, spread over both nodes."""
    async with world.controllers():
        await world.user.create(deployment())
        found = await world.reached()
        pods = await world.pods()
    assert len(pods) == 3
    assert {"node-1", "node-2"} == {each["spec"]["nodeName"] for each in pods}
    assert [condition(each, "Ready")["status"] for each in pods] == ["True"] * 3
    assert found["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "1"
    assert condition(found, "Available")["status"] == "True"
    assert found["metadata"]["generation"] == 1


async def test_a_rolling_update_replaces_all_pods(world: World) -> None:
    """A new image rolls out; the old ReplicaSet is left empty; never fewer than three are available."""
    fewest = 3

    async with world.controllers():
        await world.user.create(deployment())
        await world.reached()
        await world.user.patch("Deployment", "default", "web", image_patch("web:2"))

        async def rolled() -> bool:
            nonlocal fewest
            found = await world.get("Deployment", "web")
            fewest = min(fewest, found["status"].get("availableReplicas", 0))
            return bool(found["status"].get("observedGeneration") == 2)

        await world.until(rolled)
        found = await world.reached()
        images = [each["spec"]["containers"][0]["image"] for each in await world.pods()]
        sizes = {
            each["metadata"]["annotations"]["deployment.kubernetes.io/revision"]: each["spec"]["replicas"]
            for each in await world.items("ReplicaSet")
        }
    assert images == ["web:2"] * 3
    assert sizes == {"1": 0, "2": 3}
    assert found["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "2"
    assert fewest == 3


async def test_scaling_up_and_down(world: World) -> None:
    """Five after three, one after five; surplus pods are really gone."""
    async with world.controllers():
        await world.user.create(deployment())
        await world.reached()
        await world.user.patch("Deployment", "default", "web", {"spec": {"replicas": 5}})
        await world.reached(replicas=5)
        await world.user.patch("Deployment", "default", "web", {"spec": {"replicas": 1}})
        await world.reached(replicas=1)

        async def one_left() -> bool:
            return len(await world.items("Pod")) == 1

        await world.until(one_left)
        assert len(await world.items("ReplicaSet")) == 1


async def test_scaling_in_the_middle_of_a_rollout(world: World) -> None:
    """A Deployment that is resized while its new pods do not come up ends at the new size."""
    async with world.controllers():
        await world.user.create(deployment(4))
        await world.reached(replicas=4)
        await world.user.patch("Deployment", "default", "web", image_patch("gone:1"))

        async def stuck() -> bool:
            return len(await world.items("ReplicaSet")) == 2

        await world.until(stuck)
        await world.user.patch("Deployment", "default", "web", {"spec": {"replicas": 8}})

        async def grown() -> bool:
            sizes = [each["spec"]["replicas"] for each in await world.items("ReplicaSet")]
            return bool(sum(sizes) == 10)

        await world.until(grown)
        await world.user.patch("Deployment", "default", "web", image_patch("web:2"))
        await world.reached(replicas=8)


async def test_a_deleted_pod_is_replaced(world: World) -> None:
    """Somebody deletes a pod; soon there are three again, one of them new."""
    async with world.controllers():
        await world.user.create(deployment())
        await world.reached()
        before = {each["metadata"]["uid"]: each["metadata"]["name"] for each in await world.pods()}
        victim, name = next(iter(before.items()))
        await world.user.delete("Pod", "default", name, uid=victim)

        async def healed() -> bool:
            pods = await world.items("Pod")
            ready = [each for each in pods if condition(each, "Ready").get("status") == "True"]
            return len(pods) == 3 == len(ready) and victim not in {each["metadata"]["uid"] for each in pods}

        await world.until(healed)
        found = await world.reached()
        after = {each["metadata"]["uid"] for each in await world.pods()}
    assert len(after & before.keys()) == 2
    assert generation(found) == 1


async def test_recreate_waits_for_the_last_old_pod(world: World) -> None:
    """With Recreate no two versions ever run side by side."""
    seen: list[set[str]] = []
    async with world.controllers():
        await world.user.create(deployment(strategy={"type": "Recreate"}))
        await world.reached()
        await world.user.patch("Deployment", "default", "web", image_patch("web:2"))

        async def replaced() -> bool:
            seen.append({each["spec"]["containers"][0]["image"] for each in await world.items("Pod")})
            return seen[-1] == {"web:2"} and len(await world.pods()) == 3

        await world.until(replaced)
        await world.reached()
    assert {"web:1", "web:2"} not in seen


async def test_a_missing_image_exceeds_the_deadline(world: World) -> None:
    """An image that does not exist: pods back off, and the Deployment says that it made no progress."""
    async with world.controllers():
        await world.user.create(deployment(image="gone:1", progressDeadlineSeconds=15))

        async def failed() -> bool:
            found = await world.get("Deployment", "web")
            return condition(found, "Progressing").get("reason") == "ProgressDeadlineExceeded"

        await world.until(failed)
        waits = [each["status"]["containerStatuses"][0]["state"]["waiting"] for each in await world.pods()]
    assert {"ImagePullBackOff", "ErrImagePull"} >= {each["reason"] for each in waits}
    assert all("gone:1" in each["message"] for each in waits)


async def test_a_paused_deployment_does_not_roll(world: World) -> None:
    """While paused a new image changes nothing; resumed, it rolls out."""
    async with world.controllers():
        await world.user.create(deployment())
        await world.reached()
        await world.user.patch("Deployment", "default", "web", {"spec": {"paused": True}})
        await world.user.patch("Deployment", "default", "web", image_patch("web:2"))

        async def paused() -> bool:
            found = await world.get("Deployment", "web")
            return bool(found["status"]["observedGeneration"] == 3)

        await world.until(paused)
        assert len(await world.items("ReplicaSet")) == 1
        await world.user.patch("Deployment", "default", "web", {"spec": {"paused": None}})
        await world.reached()
        assert len(await world.items("ReplicaSet")) == 2


async def test_old_replica_sets_are_forgotten(world: World) -> None:
    """Beyond revisionHistoryLimit the oldest ReplicaSet goes."""
    async with world.controllers():
        await world.user.create(deployment(1, revisionHistoryLimit=0))
        await world.reached(replicas=1)
        await world.user.patch("Deployment", "default", "web", image_patch("web:2"))

        async def only_the_new_one() -> bool:
            found = await world.items("ReplicaSet")
            images = [each["spec"]["template"]["spec"]["containers"][0]["image"] for each in found]
            return images == ["web:2"]

        await world.until(only_the_new_one)


async def test_an_orphaned_replica_set_is_adopted(world: World) -> None:
    """A ReplicaSet of the same selector and template gets the Deployment as its owner, and no twin."""
    async with world.controllers(["replicaset"]):
        wanted = deployment(2)
        orphan = {**wanted, "kind": "ReplicaSet", "metadata": {"name": "web-orphan", "namespace": "default"}}
        orphan["metadata"]["labels"] = {"app": "web"}
        orphan["spec"] = {key: wanted["spec"][key] for key in ("replicas", "selector", "template")}
        await world.user.create(orphan)
    async with world.controllers():
        await world.user.create(wanted)
        await world.reached(replicas=2)
        found = await world.items("ReplicaSet")
    assert [each["metadata"]["name"] for each in found] == ["web-orphan"]
    assert [each["name"] for each in found[0]["metadata"]["ownerReferences"]] == ["web"]


async def test_deleting_a_deployment_deletes_everything(world: World) -> None:
    """Its ReplicaSets and pods go with it."""
    async with world.controllers():
        created = await world.user.create(deployment())
        await world.reached()
        await world.user.delete("Deployment", "default", "web", uid=created["metadata"]["uid"])

        async def empty() -> bool:
            return not await world.items("Pod") and not await world.items("ReplicaSet")

        await world.until(empty)
        assert await is_gone(world, "Deployment", "web")


async def test_a_pod_counts_as_available_after_min_ready_seconds(world: World) -> None:
    """Ready is not yet available; the Deployment is complete only later."""
    async with world.controllers():
        await world.user.create(deployment(1, minReadySeconds=10))

        async def ready() -> bool:
            found = await world.get("Deployment", "web")
            return bool(found["status"].get("readyReplicas") == 1)

        await world.until(ready)
        found = await world.get("Deployment", "web")
        assert "availableReplicas" not in found["status"]
        await world.reached(replicas=1)


async def test_a_taken_name_is_a_collision(world: World) -> None:
    """Another template's ReplicaSet has the name: the next name is used, and the collision counted."""
    wanted = deployment(1)
    stored = await world.user.create(wanted)
    name = f"web-{template_hash(stored['spec']['template'])}"
    other = deployment(0, name="other")
    other |= {"kind": "ReplicaSet", "metadata": {"name": name, "namespace": "default"}}
    other["spec"]["replicas"] = 0
    await world.user.create(other)
    async with world.controllers():
        found = await world.reached(replicas=1)
        names = {each["metadata"]["name"] for each in await world.items("ReplicaSet")}
    assert 1 == found["status"]["collisionCount"]
    assert 2 == len(names)


async def test_only_the_namespaces_that_were_asked_for(world: World) -> None:
    """Controllers of one namespace leave the others alone."""
    elsewhere = deployment()
    elsewhere["metadata"]["namespace"] = "kube-public"
    async with world.controllers(namespaces=["default"]):
        await world.user.create(elsewhere)
        await world.user.create(deployment())
        await world.reached()
        found = await world.user.list("ReplicaSet")
    assert ["default"] == [each["metadata"]["namespace"] for each in found["items"]]
