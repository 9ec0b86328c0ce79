"""Kills at random moments, while users create, change and scale Deployments, and delete pods."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import partial

from demo.crew import PATIENCE
from demo.stories.objects import IMAGE, NEWER, NEWEST, set_image
from operators.workloads import CONTROLLERS
from tests.crashes.ward import Ward

#: So many Deployments at a time are acted on; older ones are left in peace.
RECENT = 3
#: Some kills come before the last successor was at work: then the window must reach further back. Half of it
#: is what a successor gets to be at work (`Ward.spare`).
SETTINGS = {"window": 2 * PATIENCE}
#: Seconds between what a user does and the kill, at most: a rollout takes about as long.
MOMENT = 1.5


def kill_at_random(ward: Ward, kills: int, seed: int, tell: Callable[[str], None]) -> None:
    """So many kills, each at a moment and of a controller that follow from the seed."""
    chance, names = random.Random(seed), list[str]()
    ward.start()
    for number in range(1, kills + 1):
        did = _act(ward, chance, names)
        moment, victim = chance.uniform(0, MOMENT), chance.choice(CONTROLLERS)
        time.sleep(moment)
        ward.spare(victim)
        ward.kill(victim)
        tell(f"kill {number} of {kills}: {did}; {moment * 1000:.0f} ms later SIGKILL of {victim}")


def _act(ward: Ward, chance: random.Random, names: list[str]) -> str:
    """Something that a user does; what it was."""
    if not names or chance.random() < 0.3:
        names.append(f"web-{len(names) + 1}")
        ward.create(names[-1], chance.randint(1, 4))
        return f"create {names[-1]}"
    name = chance.choice(names[-RECENT:])
    if chance.random() < 0.3:
        return _delete_a_pod(ward, chance, name)
    if ward.is_full(name):
        return f"nothing: {name} has changed too often since anybody looked"
    if chance.random() < 0.5:
        image = chance.choice((IMAGE, NEWER, NEWEST))
        ward.change(name, set_image(image))
        return f"set {name} to {image}"
    replicas = chance.randint(1, 4)
    ward.change(name, partial(dict.update, replicas=replicas))
    return f"scale {name} to {replicas}"


def _delete_a_pod(ward: Ward, chance: random.Random, name: str) -> str:
    pods = [
        each["metadata"]["name"]
        for each in ward.objects("Pod")
        if each["metadata"]["labels"]["app"] == name and "deletionTimestamp" not in each["metadata"]
    ]
    if not pods:
        return f"nothing: {name} has no pod yet"
    victim = chance.choice(sorted(pods))
    ward.delete_pod(victim)
    return f"delete pod {victim}"
