"""What each verb does. Every handler runs without a pause, so that reading and writing are one step."""

from __future__ import annotations

from collections.abc import Callable

from demo.apiserver import crds
from demo.apiserver.api import Api
from demo.apiserver.binding import bind_by_body, bind_pod, evict
from demo.apiserver.builtin import CREATE_ONLY
from demo.apiserver.call import Answer, Call, answer
from demo.apiserver.conversion import converter, ingest, metadata_only
from demo.apiserver.deletion import delete
from demo.apiserver.discovery import subresources
from demo.apiserver.lists import Page, list_json, list_page, selection_of
from demo.apiserver.negotiation import Form, wanted_form
from demo.apiserver.patching import patch
from demo.apiserver.preconditions import check_identity
from demo.apiserver.resources import Resource
from demo.apiserver.reviews import review
from demo.apiserver.scale import get_scale, write_scale
from demo.apiserver.status_errors import method_not_allowed, not_found, success
from demo.apiserver.store import Object, Stored, to_json
from demo.apiserver.table import table
from demo.apiserver.writes import Write, create, update

Handler = Callable[[Api, Call], Answer]


def handle(api: Api, call: Call) -> Answer | None:
    """Answer a request that is no watch; None when the URL leads nowhere."""
    info = call.info
    if not info.subresource:
        found = ITEM.get(info.verb) if info.name else COLLECTION.get(info.verb)
        if call.resource.key in CREATE_ONLY:
            found = _create_only if info.verb == "create" and not info.name else None
        if found is None:
            raise method_not_allowed()
        return found(api, call)
    if info.subresource not in subresources(call.resource):
        if call.resource.custom:
            raise not_found(call.resource, info.name)
        return None
    below = SUBRESOURCES.get((info.subresource, info.verb))
    if below is None:
        raise method_not_allowed()
    return below(api, call)


def shown(api: Api, call: Call, stored: Stored, code: int = 200) -> Answer:
    """An object in the form and version that the client asked for."""
    form = wanted_form(call.accept)
    render = converter(call.resource)
    if form is Form.TABLE:
        return answer(table(call.resource, [stored.obj], stored.obj["metadata"], call.query, api.now()), code)
    if form is Form.METADATA:
        return answer(metadata_only(stored.obj), code)
    return Answer(code, to_json(render(stored.obj)) if render else stored.json)


def _get(api: Api, call: Call) -> Answer:
    return shown(api, call, api.live(call.resource, call.info.namespace, call.info.name))


def _list(api: Api, call: Call) -> Answer:
    page = list_page(api, call)
    form = wanted_form(call.accept)
    if form is Form.TABLE:
        return answer(
            table(call.resource, [s.obj for s in page.items], _list_metadata(page), call.query, api.now())
        )
    if form is Form.METADATA_LIST:
        items = [metadata_only(stored.obj) for stored in page.items]
        kind = {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1"}
        return answer(kind | {"metadata": _list_metadata(page), "items": items})
    return Answer(200, list_json(call.resource, page, converter(call.resource)))


def _list_metadata(page: Page) -> Object:
    metadata: Object = {"resourceVersion": str(page.version)}
    return metadata | ({"continue": page.proceed} if page.proceed else {})


def _create(api: Api, call: Call) -> Answer:
    obj = call.object()
    check_identity(call.resource, obj, call.info.namespace, None)
    how = Write(call.manager, dry_run=call.dry_run("CreateOptions"))
    stored = create(api, call.resource, call.info.namespace, ingest(call.resource, obj), how)
    _afterwards(api, call.resource, stored)
    return shown(api, call, stored, 201)


def _create_only(api: Api, call: Call) -> Answer:
    if call.resource.kind == "Binding":
        return answer(bind_by_body(api, call), 201)
    return answer(review(call), 201)


def _update(api: Api, call: Call, subresource: str = "") -> Answer:
    resource, info = call.resource, call.info
    obj = call.object()
    check_identity(resource, obj, info.namespace, info.name)
    how = Write(call.manager, subresource, call.dry_run("UpdateOptions"))
    found = api.store.get(resource.key, info.namespace, info.name)
    if found is None:
        if not resource.create_on_update or subresource:
            raise not_found(resource, info.name)
        made = create(api, resource, info.namespace, ingest(resource, obj), how)
        return shown(api, call, made, 201)
    stored = update(api, resource, found, ingest(resource, obj), how)
    _afterwards(api, resource, stored)
    return shown(api, call, stored)


def _patch(api: Api, call: Call, subresource: str = "") -> Answer:
    stored, created = patch(api, call, subresource)
    _afterwards(api, call.resource, stored)
    return shown(api, call, stored, 201 if created else 200)


def _afterwards(api: Api, resource: Resource, stored: Stored) -> None:
    if (
        resource.key == crds.CRDS
        and stored.version
        and api.store.get(crds.CRDS, "", stored.obj["metadata"]["name"])
    ):
        crds.establish(api, api.live(resource, "", stored.obj["metadata"]["name"]))


def _options(call: Call) -> Object:
    """DeleteOptions: the body, and what the query says over it."""
    options: Object = call.object() if call.body.strip() else {}
    if "propagationPolicy" in call.query:
        options = options | {"propagationPolicy": call.query["propagationPolicy"]}
    if "gracePeriodSeconds" in call.query:
        options = options | {"gracePeriodSeconds": call.number("gracePeriodSeconds")}
    if "orphanDependents" in call.query:
        options = options | {"orphanDependents": call.flag("orphanDependents")}
    return options


def _delete(api: Api, call: Call) -> Answer:
    resource, name = call.resource, call.info.name
    options = _options(call)
    dry = call.dry_run("DeleteOptions") or "All" in (options.get("dryRun") or ())
    done = delete(api, resource, api.live(resource, call.info.namespace, name), options, dry)
    if not done.gone or resource.delete_returns_object:
        return shown(api, call, done.stored)
    details = {"name": name} | ({"group": resource.group} if resource.group else {})
    return answer(success(details | {"kind": resource.plural, "uid": done.stored.obj["metadata"]["uid"]}))


def _delete_collection(api: Api, call: Call) -> Answer:
    options = _options(call)
    dry = call.dry_run("DeleteOptions") or "All" in (options.get("dryRun") or ())
    selection = selection_of(call)
    collection = api.store.collection(call.resource.key)
    chosen = [s for s in collection.objects.values() if selection.matches(s.obj)]
    for stored in chosen:
        delete(api, call.resource, stored, options, dry)
    return Answer(200, list_json(call.resource, Page(chosen, api.store.revision), converter(call.resource)))


def _finalize(api: Api, call: Call) -> Answer:
    """PUT namespaces/NAME/finalize: only spec.finalizers counts; the server empties the namespace itself."""
    return shown(api, call, api.live(call.resource, "", call.info.name))


COLLECTION: dict[str, Handler] = {"list": _list, "create": _create, "deletecollection": _delete_collection}
ITEM: dict[str, Handler] = {"get": _get, "update": _update, "patch": _patch, "delete": _delete}
SUBRESOURCES: dict[tuple[str, str], Handler] = {
    ("status", "get"): _get,
    ("status", "update"): lambda api, call: _update(api, call, "status"),
    ("status", "patch"): lambda api, call: _patch(api, call, "status"),
    ("scale", "get"): lambda api, call: answer(get_scale(api, call)),
    ("scale", "update"): lambda api, call: answer(write_scale(api, call)),
    ("scale", "patch"): lambda api, call: answer(write_scale(api, call)),
    ("binding", "create"): lambda api, call: answer(bind_pod(api, call), 201),
    ("eviction", "create"): lambda api, call: answer(evict(api, call), 201),
    ("finalize", "update"): _finalize,
}
