"""Questions about access: everything is allowed, and whoever holds a token is who it says."""

from __future__ import annotations

from demo.apiserver.call import Call
from demo.apiserver.store import Object

EVERYTHING = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}


def review(call: Call) -> Object:
    """The answer to a SelfSubjectAccessReview and its kin."""
    asked = call.object()
    user = {"username": call.user, "groups": ["system:authenticated"]}
    status: dict[str, Object] = {
        "SelfSubjectReview": {"userInfo": user},
        "SelfSubjectRulesReview": {
            "resourceRules": [EVERYTHING],
            "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
            "incomplete": False,
        },
    }
    kind, version = call.resource.kind, call.resource.api_version
    answer = status.get(kind, {"allowed": True})
    return {
        "kind": kind,
        "apiVersion": version,
        "metadata": {},
        "spec": asked.get("spec") or {},
        "status": answer,
    }
