"""Everything that is no resource: health, version, discovery."""

from __future__ import annotations

from demo.apiserver import discovery, openapi
from demo.apiserver.builtin import BUILTIN
from demo.apiserver.call import Answer, answer
from demo.apiserver.negotiation import Form, wanted_form
from demo.apiserver.registry import Registry
from demo.apiserver.requests import RequestInfo
from demo.apiserver.status_errors import no_such_resource
from demo.apiserver.store import to_json

HEALTH = ("healthz", "readyz", "livez")
GROUPS = frozenset(resource.group for resource in BUILTIN)
NOWHERE = Answer(404, b"404 page not found\n", "text/plain")


def page(registry: Registry, path: str, accept: str, address: str) -> Answer:
    """The answer at a path that names no resource."""
    match [part for part in path.split("/") if part]:
        case [first, *_] if first in HEALTH:
            return Answer(200, b"ok", "text/plain")
        case ["version"]:
            return answer(discovery.VERSION)
        case []:
            return answer(
                {"paths": ["/api", "/api/v1", "/apis", "/healthz", "/livez", "/readyz", "/version"]}
            )
        case ["openapi", "v2"]:
            return answer(openapi.swagger())
        case ["openapi", "v3"]:
            return Answer(200, to_json(openapi.index(registry)), "text/plain")
        case ["openapi", "v3", *place]:
            document = openapi.document(registry, "/".join(place))
            return answer(document) if document else NOWHERE
        case ["api" | "apis" as root, *rest]:
            return _discovery(registry, root, rest, accept, address)
    return NOWHERE


def nowhere(info: RequestInfo) -> Answer:
    """The answer for a resource that there is not: a Status in the groups that every cluster has."""
    if info.group not in GROUPS:
        return NOWHERE
    refused = no_such_resource()
    return answer(refused.status(), refused.code)


def _discovery(registry: Registry, root: str, rest: list[str], accept: str, address: str) -> Answer:
    core = root == "api"
    if not rest:
        if wanted_form(accept) is Form.DISCOVERY:
            body = to_json(discovery.aggregated(registry, core=core))
            return Answer(200, body, "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
        host = address.partition("//")[2]
        return answer(discovery.core_versions(host) if core else discovery.group_list(registry))
    if core:
        found = discovery.resource_list(registry, "", rest[0])
    elif len(rest) == 1:
        found = discovery.group(registry, rest[0])
    else:
        found = discovery.resource_list(registry, rest[0], rest[1])
    return answer(found) if found else NOWHERE
