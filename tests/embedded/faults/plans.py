"""What goes wrong between controllers and API server, each bounded: in the end requests get through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

from tests.embedded.faults.proxy import Asked, Cut, Lose, Plan, Refuse, Trouble

#: In the body of the status write that closes an object span: the record, a JSON string, with its end.
_CLOSES = rb"\"end\":"
#: Ends of the paths of collections that are listed.
KINDS = ("/pods", "/replicasets", "/deployments")


def conflicts_at_closing() -> Plan:
    """409 on the first two status writes of each object that carry the end of its span."""
    closing: Counter[str] = Counter()

    def plan(asked: Asked) -> Trouble:
        if asked.method == "PATCH" and asked.path.endswith("/status") and _CLOSES in asked.body:
            closing[asked.path] += 1
            return Refuse(409, "Conflict") if closing[asked.path] <= 2 else None
        return None

    return plan


def conflicts() -> Plan:
    """409 on the first try of every patch."""
    return lambda asked: Refuse(409, "Conflict") if asked.method == "PATCH" and asked.count == 1 else None


def lost_answers(code: int) -> Plan:
    """Every first write to an address is done, but the answer is this status (0: a broken connection)."""
    return lambda asked: Lose(code) if asked.writes and asked.count == 1 else None


def cut_watches() -> Plan:
    """Each of the first watches of a kind breaks in the middle of one of its first lines."""
    return lambda asked: Cut(lines=asked.count % 3 + 1) if asked.watch and asked.count <= 8 else None


def expired_watches() -> Plan:
    """Each watch is told 410 after a few events, three times a kind: the kind must be listed anew."""
    return lambda asked: (
        Cut(lines=asked.count % 3 + 1, gone=True) if asked.watch and asked.count <= 6 else None
    )


def expired_lists() -> Plan:
    """Each kind's first watch is told 410; the list that must follow is refused as expired, twice."""
    watched, refused = Counter[str](), Counter[str]()

    def plan(asked: Asked) -> Trouble:
        if asked.watch:
            watched[asked.path] += 1
            return Cut(lines=2, gone=True) if watched[asked.path] == 1 else None
        if asked.path.endswith(KINDS) and watched[asked.path] and refused[asked.path] < 2:
            refused[asked.path] += 1
            return Refuse(410, "Expired")
        return None

    return plan


def storms() -> Plan:
    """By a seeded choice every other write, of the first forty, is refused with 429 and Retry-After."""
    random, seen = Random(1), Counter[str]()

    def plan(asked: Asked) -> Trouble:
        if not asked.writes or "/nodes" in asked.path:
            return None
        seen["all"] += 1
        return Refuse(429, "TooManyRequests", 1) if seen["all"] <= 40 and random.random() < 0.5 else None

    return plan


def unavailable() -> Plan:
    """The first two tries of every write meet a server that is restarting: 503."""
    return lambda asked: Refuse(503, "ServiceUnavailable") if asked.writes and asked.count <= 2 else None


def anything(seed: int) -> Plan:
    """One request in five meets one of all of these, by a seeded choice; sixty times at most."""
    random, made = Random(seed), Counter[str]()

    def plan(asked: Asked) -> Trouble:
        if made["all"] >= 60 or random.random() > 0.2:
            return None
        choices: list[Trouble] = [Refuse(429, "TooManyRequests", 1), Refuse(503, "ServiceUnavailable")]
        if asked.watch:
            choices = [Cut(lines=random.randint(1, 4)), Cut(lines=random.randint(1, 4), gone=True)]
        elif asked.writes:
            choices += [Lose(500), Lose(504), Lose(0)]
            if asked.method == "PATCH":
                choices.append(Refuse(409, "Conflict"))
        made["all"] += 1
        return random.choice(choices)

    return plan


#: By name; each is made anew for each run.
PLANS: dict[str, Callable[[], Plan]] = {
    "a conflict on the first try of every patch": conflicts,
    "conflicts on the very writes that close": conflicts_at_closing,
    "500 although the write took place": lambda: lost_answers(500),
    "504 although the write took place": lambda: lost_answers(504),
    "a broken connection after the write took place": lambda: lost_answers(0),
    "watches cut in the middle of a line": cut_watches,
    "410 in the watch, again and again": expired_watches,
    "410 in the watch, and 410 at the list": expired_lists,
    "a storm of 429 with Retry-After": storms,
    "503 twice for every write": unavailable,
    "anything, seed 1": lambda: anything(1),
    "anything, seed 2": lambda: anything(2),
}
