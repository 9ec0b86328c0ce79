"""The object that was asked for, recognised among spans: by kind, namespace and name, as spans say them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from traceutil import semconv
from traceutil.report import service_of
from traceutil.view import labels
from traceutil.view.spans import SpanData

#: kubectl's short names, for when there is no cluster to ask what a word means.
SHORT_NAMES = {
    "cj": "CronJob",
    "cm": "ConfigMap",
    "crd": "CustomResourceDefinition",
    "deploy": "Deployment",
    "ds": "DaemonSet",
    "hpa": "HorizontalPodAutoscaler",
    "ing": "Ingress",
    "netpol": "NetworkPolicy",
    "no": "Node",
    "ns": "Namespace",
    "pdb": "PodDisruptionBudget",
    "po": "Pod",
    "pvc": "PersistentVolumeClaim",
    "quota": "ResourceQuota",
    "rc": "ReplicationController",
    "rs": "ReplicaSet",
    "sa": "ServiceAccount",
    "sts": "StatefulSet",
    "svc": "Service",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """An object. `kind` as spans write it, where that is known; `namespace` None: whichever there is."""

    kind: str
    name: str
    namespace: str | None = None

    @classmethod
    def of(cls, word: str, name: str, namespace: str | None = None) -> Wanted:
        """From words, without a cluster: `deploy`, `deployments`, `databases.example.com`."""
        plain = word.partition(".")[0]
        known = sorted(semconv.CONVENTIONAL_KINDS | set(SHORT_NAMES.values()))
        kind = next((each for each in known if _means(plain, each)), SHORT_NAMES.get(plain.lower(), plain))
        return cls(kind, name, namespace)

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace + '/' if self.namespace else ''}{self.name}"

    @property
    def service(self) -> str:
        """Who its object spans are of."""
        return service_of(self.kind)

    @property
    def attributes(self) -> dict[str, str]:
        """What spans of its work and of itself say, to be searched by."""
        conventional = self.kind in semconv.CONVENTIONAL_KINDS
        key = f"k8s.{self.kind.lower()}.name" if conventional else semconv.OBJECT_NAME
        placed = {} if self.namespace is None else {semconv.K8S_NAMESPACE_NAME: self.namespace}
        return {key: self.name, **placed}

    def is_named_by(self, span: SpanData) -> bool:
        """Whether the span is of the object, or of work on it."""
        if any(span.attributes.get(key) != value for key, value in self.attributes.items()):
            return False
        kind = span.attributes.get(semconv.OBJECT_KIND)
        return self.kind in semconv.CONVENTIONAL_KINDS or (kind is not None and _means(self.kind, str(kind)))

    def object_spans(self, spans: Iterable[SpanData]) -> list[SpanData]:
        """The object spans of it, each once, the newest last; those of its deletion too."""
        found = {
            (span.trace_id, span.span_id): span
            for span in spans
            if span.attributes.get(semconv.SPAN_TYPE) == "object"
            and self.is_named_by(span)
            and _means(self.kind, labels.kind_of(span))
        }
        return sorted(found.values(), key=lambda span: (span.start, span.end))


def _means(word: str, kind: str) -> bool:
    """Whether a word is that kind: in any case, singular or plural."""
    return word.lower() in (kind.lower(), labels.kinds(kind).lower())
