"""Every refusal of the API server, as the `Status` body that kube-apiserver v1.36 sends.

Wording and codes follow k8s.io/apimachinery/pkg/api/errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from demo.apiserver.resources import Resource

MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"


class Cause(NamedTuple):
    """One reason why an object was refused: `field` is a path such as `spec.replicas`."""

    field: str
    reason: str
    message: str


class ApiError(Exception):
    """A refusal: HTTP `code`, machine-readable `reason`, and the body to send."""

    def __init__(self, code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details

    def status(self) -> dict[str, Any]:
        """The `Status` object of this refusal."""
        body: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
        body |= {"message": self.message, "reason": self.reason}
        if self.details is not None:
            body["details"] = self.details
        return body | {"code": self.code}


def success(details: dict[str, Any] | None = None, code: int | None = None) -> dict[str, Any]:
    """The `Status` object of a request that has no object to return."""
    body: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
    if details is not None:
        body["details"] = details
    return body if code is None else body | {"code": code}


def details_of(resource: Resource, name: str, kind: str | None = None) -> dict[str, Any]:
    """The `details` that name an object; `kind` is the plural unless told otherwise."""
    details: dict[str, Any] = {"name": name} if name else {}
    if resource.group:
        details["group"] = resource.group
    return details | {"kind": kind or resource.plural}


def not_found(resource: Resource, name: str) -> ApiError:
    return ApiError(404, "NotFound", f'{resource.qualified} "{name}" not found', details_of(resource, name))


def no_such_resource() -> ApiError:
    """404 for an address below a group that is served, where nothing is."""
    return ApiError(404, "NotFound", "the server could not find the requested resource", {})


def already_exists(resource: Resource, name: str) -> ApiError:
    message = f'{resource.qualified} "{name}" already exists'
    return ApiError(409, "AlreadyExists", message, details_of(resource, name))


def conflict(resource: Resource, name: str, why: str = MODIFIED) -> ApiError:
    message = f'Operation cannot be fulfilled on {resource.qualified} "{name}": {why}'
    return ApiError(409, "Conflict", message, details_of(resource, name))


def invalid(resource: Resource, name: str, causes: Sequence[Cause]) -> ApiError:
    """422 with one entry in `details.causes` per field."""
    kind = f"{resource.kind}.{resource.group}" if resource.group else resource.kind
    return invalid_kind(kind, details_of(resource, name, resource.kind), name, causes)


def invalid_kind(kind: str, details: dict[str, Any], name: str, causes: Sequence[Cause]) -> ApiError:
    told = [f"{cause.field}: {cause.message}" for cause in causes]
    why = told[0] if len(told) == 1 else "[" + ", ".join(told) + "]"
    listed = [{"reason": c.reason, "message": c.message, "field": c.field} for c in causes]
    return ApiError(422, "Invalid", f'{kind} "{name}" is invalid: {why}', details | {"causes": listed})


def invalid_options(kind: str, causes: Sequence[Cause]) -> ApiError:
    """422 for query parameters: `kind` is `PatchOptions`, `ListOptions`, ..."""
    details = {"group": "meta.k8s.io", "kind": kind}
    return invalid_kind(f"{kind}.meta.k8s.io", details, "", causes)


def apply_conflict(message: str, causes: Sequence[dict[str, str]]) -> ApiError:
    """409 of server-side apply: the message and the causes name each owner and field."""
    return ApiError(409, "Conflict", message, {"causes": list(causes)})


def bad_request(message: str) -> ApiError:
    return ApiError(400, "BadRequest", message)


def method_not_allowed() -> ApiError:
    message = "the server does not allow this method on the requested resource"
    return ApiError(405, "MethodNotAllowed", message, {})


def unsupported_media_type(accepted: Sequence[str]) -> ApiError:
    message = "the body of the request was in an unknown format - accepted media types include: " + ", ".join(
        accepted
    )
    return ApiError(415, "UnsupportedMediaType", message, {})


def unsupported_patch_type() -> ApiError:
    """The same for a PATCH, whose content type the real server's router refuses."""
    return ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})


def forbidden(resource: Resource, name: str, why: str, causes: Sequence[Cause] = ()) -> ApiError:
    details = details_of(resource, name)
    if causes:
        details["causes"] = [{"reason": c.reason, "message": c.message, "field": c.field} for c in causes]
    return ApiError(403, "Forbidden", f'{resource.qualified} "{name}" is forbidden: {why}', details)


def expired(message: str) -> ApiError:
    return ApiError(410, "Expired", message)


def too_large_version(asked: int, current: int) -> ApiError:
    """504: the version lies in the future (k8s.io/apiserver/pkg/storage.NewTooLargeResourceVersionError)."""
    causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
    message = f"Too large resource version: {asked}, current: {current}"
    return ApiError(504, "Timeout", message, {"causes": causes, "retryAfterSeconds": 1})


def too_many_requests(message: str, causes: Sequence[Cause] = ()) -> ApiError:
    listed = [{"reason": c.reason, "message": c.message} for c in causes]
    return ApiError(429, "TooManyRequests", message, {"causes": listed})
