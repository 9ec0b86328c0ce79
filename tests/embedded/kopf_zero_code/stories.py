"""What a user does to the objects of each operator, and the trees that come of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.embedded.kopf_operators.operators import PATH, Api
from tests.embedded.kopf_zero_code.process import until

ESSENCE = "kopf.zalando.org/last-handled-configuration"


@dataclass(frozen=True)
class Story:
    """`act` returns when the operator has done its part; `roots` object spans are closed by then, or soon."""

    operator: str
    act: Callable[[Api], None]
    roots: int
    tree: str


def status(api: Api, name: str = "orders", **expected: Any) -> None:
    """Wait until status says so."""
    until(
        lambda: expected.items() <= api.get(name).get("status", {}).items(),
        f"{name}'s status is not {expected}",
    )


def handled(api: Api, name: str = "orders", spec: str = "{") -> None:
    """Wait until kopf has written down that it handled the object."""
    until(lambda: spec in _essence(api, name), f"{name} was not handled")


def _essence(api: Api, name: str) -> str:
    return str(api.get(name)["metadata"].get("annotations", {}).get(ESSENCE, ""))


def next_second() -> None:
    """Times on objects are whole seconds; a user is not as fast as a test."""
    time.sleep(1.1)


def _creates_a_child(api: Api) -> None:
    api.create(size=1)
    status(api, create_config={"configMap": "orders"})
    handled(api)


def _updates(api: Api) -> None:
    api.create(size=1)
    handled(api, spec='"size":1')
    next_second()
    api.patch({"spec": {"size": 2}})
    handled(api, spec='"size":2')


def _marks(api: Api) -> None:
    api.create(size=1)
    status(api, seen=1)


def _ticks(api: Api) -> None:
    api.create(size=1)
    status(api, measured=1)
    next_second()
    api.patch({"spec": {"size": 2}})
    status(api, measured=2)


def _waits_in_a_daemon(api: Api) -> None:
    api.create(size=1)
    api.create("broken", size=1)
    next_second()
    api.patch({"spec": {"size": 9}})
    status(api, await_growth={"grown": 9})


def _has_sub_handlers(api: Api) -> None:
    api.create(volumes=["busy", "free"])
    handled(api)


def _fails(api: Api) -> None:
    for name in ("loud", "odd", "slow", "wrong"):
        api.create(name)
    for name in ("odd", "slow", "wrong"):
        handled(api, name)


def _lives_and_dies(api: Api) -> None:
    api.create(size=1)
    handled(api)
    api.send("DELETE", f"{PATH}/orders")
    until(lambda: not api.send("GET", PATH)["items"], "the object was not released")


STORIES = {
    "a child, made with the kubernetes client; what is returned goes to status": Story(
        "children",
        _creates_a_child,
        1,
        "Database orders: reached\n"  #
        "  shop.create_config [create]",
    ),
    "each change has a trace, a handler of a field too; an event handler that only looks has none": Story(
        "updates",
        _updates,
        2,
        "Database orders: reached\n"
        "  shop.create [create]\n"
        "  shop.resized [create]\n"
        "Database orders: reached\n"
        "  shop.update [update]\n"
        "  shop.resized [update]",
    ),
    "an event handler that writes has one, and not for the event that its write brings": Story(
        "events",
        _marks,
        1,
        "Database orders: reached\n"  #
        "  shop.mark [event added]",
    ),
    "of many ticks of a timer, those that moved something": Story(
        "timers",
        _ticks,
        2,
        "Database orders: reached\n  shop.measure [timer]\nDatabase orders: reached\n  shop.measure [timer]",
    ),
    "of a daemon, what it leaves behind": Story(
        "daemons",
        _waits_in_a_daemon,
        2,
        "Database broken: failed\n"
        "  shop.give_up [daemon] failed: no such disk\n"
        "Database orders: reached\n"
        "  shop.await_growth [daemon]",
    ),
    "sub-handlers are stages of each attempt of their handler": Story(
        "subhandlers",
        _has_sub_handlers,
        1,
        "Database orders: reached\n"
        "  shop.create [create] retry\n"
        "    shop.users [create]\n"
        "  shop.create [create] #2 retry\n"
        "    shop.attach [create] retry\n"
        "  shop.create [create] #3 retry\n"
        "    shop.attach [create]\n"
        "  shop.create [create] #4\n"
        "    shop.attach [create] #2",
    ),
    "each attempt is a span; to fail for now is no failure, to fail for good is the object's": Story(
        "retries",
        _fails,
        4,
        "Database loud: reached\n"
        "  shop.shout [event added] failed: nobody hears\n"
        "Database odd: failed\n"
        "  shop.stumble [create] failed: 'engine 0'\n"
        "  shop.stumble [create] #2 failed: Handler 'stumble' failed with an exception and will stop now "
        "(it would exceed 2 retries on the next attempt): 'engine 1'\n"
        "Database slow: reached\n"
        "  shop.wait [create] retry\n"
        "  shop.wait [create] #2 retry\n"
        "  shop.wait [create] #3\n"
        "Database wrong: failed\n"
        "  shop.refuse [create] failed: no such engine",
    ),
    "a deletion has a trace of its own; start-up, clean-up and indices have none": Story(
        "lifecycle",
        _lives_and_dies,
        2,
        "Database orders: reached\n  shop.create [create]\nDatabase orders: reached\n  shop.delete [delete]",
    ),
}
