"""`traceutil show`: from files, and with an embedded API server to ask."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import pty
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.embedded.cli.applying import Json, Place, config, deployment, stateful_set
from tests.embedded.demo.alone import eventually
from tests.embedded.demo.command import LONGEST, Answer, command, environment, started, traceutil
from tests.embedded.demo.inside import inside
from tests.unit.view.recorded import DATA, exported
from traceutil.cli.traces.live import Asked, look
from traceutil.view.otlp import to_lines

pytestmark = pytest.mark.slow

#: Nobody listens there.
CLOSED = "http://127.0.0.1:1"


def _file(directory: Path, name: str) -> Path:
    path = directory / name.removesuffix(".gz")
    path.write_bytes(gzip.decompress((DATA / name).read_bytes()))
    return path


@pytest.mark.parametrize(
    ("name", "code", "whys"),
    [
        pytest.param("rollout.otlp.jsonl.gz", 0, ["superseded"], id="a change that was superseded"),
        pytest.param("drift.otlp.jsonl.gz", 0, ["drift"], id="an episode of drift"),
        pytest.param("drift.json.gz", 0, ["drift"], id="the same, as Jaeger's page gives it"),
        pytest.param("failure.otlp.jsonl.gz", 1, [], id="a failure"),
    ],
)
def test_documents(tmp_path: Path, name: str, code: int, whys: list[str]) -> None:
    """`--output json` is one document; the exit code is the object's."""
    answer = inside("show", "deploy/web", "--from", _file(tmp_path, name), "-o", "json")

    assert (code, "") == (answer.code, answer.err)
    assert whys == [each["why"] for each in answer.document["relations"]]
    assert "Deployment default/web" == answer.document["scenario"]


def test_a_page(tmp_path: Path) -> None:
    """`--output html` names the object that was asked for."""
    file = _file(tmp_path, "rollout.otlp.jsonl.gz")
    answer = traceutil("show", "deploy/web", "--from", file, "-o", "html")

    assert 0 == answer.code
    assert "<title>Deployment default/web reached in " in answer.out


def test_everything(tmp_path: Path) -> None:
    """`--expand all` folds nothing; a number draws so many in full."""
    file = _file(tmp_path, "drift.otlp.jsonl.gz")
    drawn = {
        expand: inside("show", "deploy/web", "--from", file, "--expand", expand).out.count("RunPodSandbox")
        for expand in ("critical", "2", "all")
    }
    assert {"critical": 2, "2": 3, "all": 4} == drawn


@pytest.mark.parametrize(
    ("args", "said"),
    [
        pytest.param(["deploy/web", "--jaeger", CLOSED], [CLOSED, "--from FILE"], id="no Jaeger there"),
        pytest.param(["deploy/web", "--jaeger", "jaeger"], ["'jaeger' is no URL"], id="no URL"),
        pytest.param(["deploy/web", "--from", "/no/file"], ["--from /no/file: no such file"], id="no file"),
        pytest.param(["web", "--from", __file__], ["KIND/NAME", "deployment/web"], id="no kind"),
        pytest.param(["deploy/web", "--from", __file__], ["line 1 is not an OTLP"], id="no spans"),
        pytest.param(["deploy/web", "--generation", "0"], ["'0' is no generation"], id="no generation"),
        pytest.param(
            ["deploy/web", "--expand", "some"], ["'some': use all, critical"], id="no such expansion"
        ),
        pytest.param([], ["KIND/NAME"], id="nothing asked"),
    ],
)
def test_bad_input(args: list[str], said: list[str]) -> None:
    """One line on stderr, with the remedy; exit code 2."""
    answer = inside("show", *args)

    assert (2, "", 1) == (answer.code, answer.out, answer.err.count("\n"))
    assert [] == [each for each in said if each not in answer.err]


def _show(place: Place, file: Path, *args: object) -> Answer:
    return inside(
        "show", *args, "--from", file, "--kubeconfig", place.kubeconfig, "-n", place.namespace, "-o", "json"
    )


def _write(file: Path, place: Place) -> None:
    """What a collector would have written by now; at once, so that no half of it is read."""
    part = file.with_suffix(".part")
    part.write_text("".join(f"{line}\n" for line in to_lines(place.collector.spans)))
    part.replace(file)


def test_an_object_that_is_open(place: Place) -> None:
    """Of its trace nothing is exported: its record tells, and its status says what is missing."""
    applied = place.apply(objects=(stateful_set(),))
    (place.directory / "spans.jsonl").touch()
    answer = _show(place, place.directory / "spans.jsonl", "sts/db")
    (trace,) = answer.document["traces"]
    (span,) = trace["spans"]

    assert (3, "in progress") == (answer.code, answer.document["state"])
    assert applied.document["objects"][0]["spanId"] == span["span_id"] == answer.document["subject"]
    assert "in progress" == span["attributes"]["traceutil.reason"]


def test_a_controller_in_the_middle(place: Place) -> None:
    """It knows KEP-5915 and not us: the context on what it wrote is the edge to its trace."""
    place.apply(objects=(stateful_set(),))
    owner = place.stored("StatefulSet", "db")
    theirs = next(span for span in exported("failure") if span.parent_id is None)
    pod: Json = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "db-0",
            "labels": {"app": "db"},
            "annotations": {"tracing.k8s.io/traceparent": f"00-{theirs.trace_id}-{theirs.span_id}-01"},
            "ownerReferences": [
                {
                    "apiVersion": "apps/v1",
                    "kind": "StatefulSet",
                    "name": "db",
                    "uid": owner["metadata"]["uid"],
                }
            ],
        },
        "spec": {"containers": [{"name": "main", "image": "db:1"}]},
    }
    assert 201 == place.user.post(place.path("Pod", "").rstrip("/"), pod).code
    file = place.directory / "spans.jsonl"
    file.write_text("".join(f"{line}\n" for line in to_lines(exported("failure"))))
    answer = _show(place, file, "statefulset", "db")
    ours = next(each["trace_id"] for each in answer.document["traces"] if each["trace_id"] != theirs.trace_id)

    assert [{"why": "foreign", "old": ours, "new": theirs.trace_id, "about": "Pod db-0"}] == (
        answer.document["relations"]
    )
    assert {ours, theirs.trace_id} == {each["trace_id"] for each in answer.document["traces"]}


def test_what_owns_an_object(place: Place) -> None:
    """Its controller is read, and the controller of that, as far as they are there."""
    place.apply(objects=(stateful_set(),))
    uid = place.stored("StatefulSet", "db")["metadata"]["uid"]
    for name, owner in (("db-0", "db"), ("db-1", "gone")):
        reference = {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": owner, "uid": uid}
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "ownerReferences": [{**reference, "controller": True}]},
            "spec": {"containers": [{"name": "main", "image": "db:1"}]},
        }
        assert 201 == place.user.post(place.path("Pod", "").rstrip("/"), pod).code

    seen = [
        asyncio.run(look(Asked((each,), place.namespace, place.kubeconfig)))
        for each in ("po/db-0", "po/db-1")
    ]
    assert [["db"], []] == [[owner["metadata"]["name"] for owner in each.owners] for each in seen]


def _until(condition: Callable[[], object]) -> None:
    eventually("the drawing", condition)


def _rolled_out(obj: Json) -> Json:
    """The status of a Deployment that is as wished, which remembers when."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    done = {
        "type": "Progressing",
        "status": "True",
        "reason": "NewReplicaSetAvailable",
        "lastUpdateTime": now,
    }
    counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), 2)
    return {
        "status": {
            "observedGeneration": obj["metadata"]["generation"],
            "conditions": [{**done, "lastTransitionTime": now}],
            **counts,
        }
    }


def test_it_is_followed_until_it_is_reached(place: Place) -> None:
    """Where stdout is no terminal it answers once, when status says so."""
    place.apply(objects=(deployment(),))
    file = place.directory / "spans.jsonl"
    file.touch()
    args = ("deploy/web", "--follow", "--from", file, "--kubeconfig", place.kubeconfig, "-n", place.namespace)
    with started("show", *args, "-o", "json") as process:
        place.once_stored("Deployment", "web", _rolled_out, "/status")(place.user)
        out, _ = process.communicate(timeout=LONGEST)

    assert (0, "reached") == (process.returncode, json.loads(out)["state"])


def test_a_terminal_is_drawn_anew(place: Place) -> None:
    """What is open is drawn at the top of the screen, again and again; interrupted, it ends with 130."""
    place.apply(objects=(stateful_set(),))
    file = place.directory / "spans.jsonl"
    file.touch()
    ours, theirs = pty.openpty()
    args = ("sts/db", "--follow", "--from", file, "--kubeconfig", place.kubeconfig, "-n", place.namespace)
    process = subprocess.Popen(command("show", *args), stdout=theirs, stderr=theirs, env=environment())
    os.close(theirs)
    seen = b""
    end = time.monotonic() + LONGEST
    while seen.count(b"in progress for") < 2 and time.monotonic() < end:
        seen += os.read(ours, 4096)
    process.send_signal(2)
    code = process.wait(timeout=LONGEST)
    os.close(ours)

    assert 130 == code
    assert 2 <= seen.count(b"\x1b[H\x1b[J")


def test_a_kind_that_is_reached_as_it_is_stored(place: Place) -> None:
    """A ConfigMap: found by its record, in the spans that its writer sent."""
    place.apply("--wait", objects=(config(),))
    file = place.directory / "spans.jsonl"
    _until(lambda: [span for span in place.collector.spans if span.name == "ConfigMap"])
    _write(file, place)

    assert (0, "reached") == ((answer := _show(place, file, "cm/settings")).code, answer.document["state"])


def test_a_kind_that_the_cluster_does_not_have(place: Place) -> None:
    """Told as by kubectl."""
    (place.directory / "spans.jsonl").touch()
    answer = _show(place, place.directory / "spans.jsonl", "gadgets/one")

    assert 2 == answer.code
    assert "the cluster has no resource 'gadgets'" in answer.err
