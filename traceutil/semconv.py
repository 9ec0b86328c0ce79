"""Every attribute name that we write, with its source.

`k8s.*`, `error.type`, `container.*` and `service.*` are OpenTelemetry semantic conventions (1.44);
what they have no word for stands under the one namespace `traceutil.`.
"""

from __future__ import annotations

# OpenTelemetry semantic conventions: resource attributes and errors.
ERROR_TYPE = "error.type"
K8S_NAMESPACE_NAME = "k8s.namespace.name"
K8S_NODE_NAME = "k8s.node.name"
K8S_CONTAINER_NAME = "k8s.container.name"
K8S_CONTAINER_RESTART_COUNT = "k8s.container.restart_count"
CONTAINER_IMAGE_NAME = "container.image.name"
SERVICE_NAME = "service.name"

#: Kinds for which the conventions define `k8s.<kind>.name` and `k8s.<kind>.uid`.
CONVENTIONAL_KINDS = frozenset(
    {
        "Pod", "Node", "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob",
        "Namespace", "HorizontalPodAutoscaler", "ReplicationController", "ResourceQuota",
    }
)  # fmt: skip

# The object a span belongs to. Other kinds than the above are named by these three.
OBJECT_KIND = "traceutil.object.kind"
OBJECT_NAME = "traceutil.object.name"
OBJECT_UID = "traceutil.object.uid"
OBJECT_GENERATION = "traceutil.object.generation"
OBJECT_RESOURCE_VERSION = "traceutil.object.resource_version"

#: "object", "work" or "release": what kind of span this is. Spans nested in work (stages) do not have it.
SPAN_TYPE = "traceutil.span.type"
#: On a release's span: how many objects `traceutil apply` was given.
RELEASE_OBJECTS = "traceutil.release.objects"
#: How the span hangs: "parent", "link" or "drift" (its episode's trace, linked to the old one).
RELATION = "traceutil.relation"
#: What enqueued this reconcile, in the controller's own words.
CAUSE = "traceutil.cause"
#: kopf's id of the handler that worked: with its field, or its parent's id where it is a sub-handler.
HANDLER = "traceutil.handler"
#: Seconds (float) that the object waited before this work began.
WAITED = "traceutil.waited"
#: Seconds (float) of that spent in the work queue, and in back-off after a failure.
QUEUE_WAIT = "traceutil.queue_wait"
BACKOFF_WAIT = "traceutil.backoff_wait"
#: Seconds (float) at the end of a span in which it only waited for readiness.
READINESS_WAIT = "traceutil.readiness_wait"

#: Why an object span closed: reached, failed, superseded, deleted, overdue or recovered.
REASON = "traceutil.reason"
#: Status's own words for it ("ProgressDeadlineExceeded: ...").
MESSAGE = "traceutil.message"
#: How an attempt ended when it neither failed nor finished: "retry" or "cancelled".
OUTCOME = "traceutil.outcome"
#: Number of this attempt, from 1; on a folded span, how many identical failures it stands for.
ATTEMPT = "traceutil.attempt"
ATTEMPTS_FOLDED = "traceutil.attempts_folded"
#: "presumed" or "unknown": why a span was kept although no write was seen.
WORK = "traceutil.work"
#: The component (never an instance) that sent an object span.
EMITTER = "traceutil.emitter"
#: On the object span of a deletion: "deletion".
CHANGE = "traceutil.change"
#: On a link: why it is there: superseded, superseded_by, previous, written_by, cause, drift, deletion, stale,
#: overflow.
LINK = "traceutil.link"
#: On the event "scaled" of an object span: replicas before and after a change through /scale.
REPLICAS_FROM = "traceutil.replicas.from"
REPLICAS_TO = "traceutil.replicas.to"
#: How many links were left out because of the bound.
LINKS_DROPPED = "traceutil.links_dropped"
#: Seconds within which a derived start is known (1.0 where the server stores whole seconds).
START_RESOLUTION = "traceutil.start_resolution"

# The demo kubelet's stages.
IMAGE_SIZE = "traceutil.image.size"  #: bytes
IMAGE_CACHED = "traceutil.image.cached"  #: bool: it was in the node's image cache
SIMULATED = "traceutil.simulated"  #: bool: the container runtime was a simulation
