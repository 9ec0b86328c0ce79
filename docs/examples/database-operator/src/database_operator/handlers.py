"""What kopf calls."""

from typing import Any

import kopf
from lightkube import Client
from lightkube.core.exceptions import ApiError
from lightkube.resources.apps_v1 import StatefulSet

from database_operator.stateful_set import stateful_set
from traceutil import end_if_reached, traced
from traceutil.integrations.kopf import configure
from traceutil.sdk import setup


@kopf.on.login()
def login(**kwargs: Any) -> kopf.ConnectionInfo | None:
    """With kopf's own means: other client libraries read KUBECONFIG once, as they are imported."""
    return kopf.login_with_kubeconfig(**kwargs) or kopf.login_with_service_account(**kwargs)


@kopf.on.startup()
def configure_operator(settings: kopf.OperatorSettings, memo: kopf.Memo, **_: Any) -> None:
    """Where spans go is in the OTEL_* variables."""
    memo.telemetry = setup("database-operator")
    memo.client = Client(field_manager="database-operator")
    configure(settings)


@kopf.on.cleanup()
def deliver(memo: kopf.Memo, **_: Any) -> None:
    """What is queued."""
    memo.telemetry.shutdown()


@kopf.on.create("example.com", "v1", "databases")
@kopf.on.update("example.com", "v1", "databases")
@traced("database.ApplyStatefulSet")
def apply_stateful_set(body: kopf.Body, memo: kopf.Memo, **_: Any) -> None:
    """The one write; the API server finds out whether it is new."""
    live = find(memo.client, body["metadata"]["name"], body["metadata"]["namespace"])
    memo.client.apply(StatefulSet.from_dict(stateful_set(body, live)), force=True)


@kopf.on.event("apps", "v1", "statefulsets", labels={"database": kopf.PRESENT})
def observe_stateful_set(body: kopf.Body, **_: Any) -> None:
    """We opened its span, so we close it: when it is ready, or overdue."""
    end_if_reached(body)


def find(client: Client, name: str, namespace: str) -> dict[str, Any] | None:
    """The StatefulSet in the cluster, if there is one."""
    try:
        return client.get(StatefulSet, name, namespace=namespace).to_dict()
    except ApiError as error:
        if error.status.code == 404:
            return None
        raise
