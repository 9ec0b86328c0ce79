"""The Accept header: plain objects, a Table, or metadata only."""

from __future__ import annotations

from enum import Enum

from demo.apiserver.status_errors import ApiError

SERVED = {"application/json", "application/*", "*/*", "application/json;stream=watch"}


class Form(Enum):
    """How objects are shown."""

    OBJECT = "the object itself"
    TABLE = "Table"
    METADATA = "PartialObjectMetadata"
    METADATA_LIST = "PartialObjectMetadataList"
    DISCOVERY = "APIGroupDiscoveryList"


BY_NAME = {form.value: form for form in Form if form is not Form.OBJECT}


def wanted_form(accept: str) -> Form:
    """The first form in the header that is served; 406 when there is none."""
    if not accept:
        return Form.OBJECT
    for part in accept.split(","):
        media, *parameters = [piece.strip() for piece in part.split(";")]
        if media not in SERVED:
            continue
        told = dict(piece.split("=", 1) for piece in parameters if "=" in piece)
        if "as" not in told:
            return Form.OBJECT
        if told["as"] in BY_NAME and told.get("v") in ("v1", "v2"):
            return BY_NAME[told["as"]]
    message = "only the following media types are accepted: application/json"
    raise ApiError(406, "NotAcceptable", message, {})
