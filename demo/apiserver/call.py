"""One request to a resource, as the handlers see it; and what they answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from demo.apiserver.requests import RequestInfo, is_true
from demo.apiserver.resources import Resource
from demo.apiserver.status_errors import (
    Cause,
    bad_request,
    invalid_options,
    unsupported_media_type,
)
from demo.apiserver.store import Object, to_json

JSON, YAML = "application/json", "application/yaml"


@dataclass(slots=True)
class Call:
    """The request: what it is about, who asks, and its body still as bytes."""

    info: RequestInfo
    resource: Resource
    query: Mapping[str, str]
    user: str
    user_agent: str
    accept: str
    content_type: str
    body: bytes = b""

    @property
    def manager(self) -> str:
        """Field manager: the query parameter, else the user agent up to its first `/`."""
        return self.query.get("fieldManager") or self.user_agent.partition("/")[0][:128] or "unknown"

    def dry_run(self, kind: str) -> bool:
        """dryRun=All; any other value is 422. `kind` is the options type that the error names."""
        asked = self.query.get("dryRun", "")
        if asked not in ("", "All"):
            told = f'Unsupported value: "{asked}": supported values: "All"'
            raise invalid_options(kind, [Cause("dryRun", "FieldValueNotSupported", told)])
        return asked == "All"

    def flag(self, name: str) -> bool:
        return is_true(self.query, name)

    def number(self, name: str) -> int:
        """A whole number of the query, 0 where it is absent; 400 when it is none."""
        text = self.query.get(name, "")
        try:
            return int(text or "0")
        except ValueError:
            told = f'strconv.ParseInt: parsing "{text}": invalid syntax'
            raise bad_request(told) from None

    def decoded(self) -> Any:
        """The body of a POST, PUT or DELETE: JSON, or YAML when it says so."""
        if self.content_type in (YAML, "text/yaml"):
            return decode_yaml(self.body)
        if self.content_type not in ("", JSON, "text/plain", "application/octet-stream"):
            raise unsupported_media_type([JSON, YAML])
        return decode_json(self.body)

    def object(self) -> Object:
        """The object in the body, of the resource's kind."""
        found = self.decoded()
        if not isinstance(found, dict):
            raise bad_request("the body of the request is not an object")
        return found


def decode_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise bad_request(f"error decoding the body as JSON: {error}") from None


def decode_yaml(body: bytes) -> Any:
    """YAML, of which JSON is the fast case."""
    try:
        return json.loads(body)
    except ValueError:
        pass
    import yaml  # only those who send YAML pay for it

    try:
        return yaml.safe_load(body)
    except yaml.YAMLError as error:
        raise bad_request(f"error decoding YAML: {error}") from None


@dataclass(slots=True)
class Answer:
    """An HTTP answer: code and body."""

    code: int
    body: bytes
    content_type: str = JSON


def answer(value: Any, code: int = 200) -> Answer:
    return Answer(code, to_json(value))
