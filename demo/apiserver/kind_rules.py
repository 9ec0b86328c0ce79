"""Defaults and rules of every kind that has some: the built-in ones, and definitions of further kinds."""

from __future__ import annotations

from demo.apiserver import crd_rules
from demo.apiserver.kinds import defaults, validation
from demo.apiserver.status_errors import Cause
from demo.apiserver.store import Object

DEFINITION = ("apiextensions.k8s.io/v1", "CustomResourceDefinition")


def default(obj: Object) -> Object:
    """The object with the defaults of its kind."""
    if (obj["apiVersion"], obj["kind"]) == DEFINITION:
        return crd_rules.with_defaults(obj)
    return defaults.default(obj)


def validate(obj: Object, old: Object | None) -> list[Cause]:
    """Why a defaulted object is refused; empty when it may be stored over `old` (None: created)."""
    causes = validation.validate(obj, old)
    if (obj["apiVersion"], obj["kind"]) == DEFINITION:
        causes += crd_rules.causes_of(obj, old)
    return [Cause(*cause) for cause in causes]
