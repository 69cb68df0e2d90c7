"""Qdrant's REST interface over the engine of the `qdrant-edge-py` wheel, so that the official clients work unchanged."""

import json
import re
import time
import traceback
from urllib.parse import unquote

from qdrant_edge import UpdateOperation

import qdrant_points as points
from http_front import FrontHandler, arguments, serve
from qdrant_collections import Collections
from qdrant_errors import QdrantError, from_engine, malformed, not_found
from qdrant_schema import collection_json, index_type

# The server's version whose interface this is; clients compare it with their own.
VERSION = "1.18.0"


def list_collections(collections, _body):
    return {"collections": [{"name": name} for name in collections.names()]}


def create_collection(collections, body, name):
    collections.create(name, body)
    return True


def delete_collection(collections, _body, name):
    return collections.delete(name)


def collection_exists(collections, _body, name):
    return {"exists": collections.has(name)}


def show_collection(collections, _body, name):
    collection = collections.get(name)
    return collection_json(collection.body, collection.read(lambda shard: shard.info()))


def create_index(collections, body, name):
    if not isinstance(body.get("field_name"), str):
        raise malformed("missing field `field_name`")
    operation = UpdateOperation.create_field_index(body["field_name"], index_type(body.get("field_schema")))
    return {"operation_id": collections.get(name).update(operation), "status": "completed"}


def delete_index(collections, _body, name, field):
    operation = UpdateOperation.delete_field_index(field)
    return {"operation_id": collections.get(name).update(operation), "status": "completed"}


def show_point(collections, _body, name, point):
    return points.retrieve_one(collections.get(name), point)


def of_collection(operation):
    return lambda collections, body, name: operation(collections.get(name), body)


_ROUTES = [
    ("GET", "/collections", list_collections),
    ("PUT", "/collections/{}", create_collection),
    ("GET", "/collections/{}", show_collection),
    ("DELETE", "/collections/{}", delete_collection),
    ("GET", "/collections/{}/exists", collection_exists),
    ("PUT", "/collections/{}/index", create_index),
    ("DELETE", "/collections/{}/index/{}", delete_index),
    ("PUT", "/collections/{}/points", of_collection(points.upsert)),
    ("POST", "/collections/{}/points", of_collection(points.retrieve)),
    ("GET", "/collections/{}/points/{}", show_point),
    ("POST", "/collections/{}/points/delete", of_collection(points.delete)),
    ("POST", "/collections/{}/points/payload", of_collection(points.set_payload)),
    ("PUT", "/collections/{}/points/payload", of_collection(points.overwrite_payload)),
    ("POST", "/collections/{}/points/payload/delete", of_collection(points.delete_payload)),
    ("POST", "/collections/{}/points/payload/clear", of_collection(points.clear_payload)),
    ("PUT", "/collections/{}/points/vectors", of_collection(points.update_vectors)),
    ("POST", "/collections/{}/points/scroll", of_collection(points.scroll)),
    ("POST", "/collections/{}/points/count", of_collection(points.count_points)),
    ("POST", "/collections/{}/points/query", of_collection(points.query)),
    ("POST", "/collections/{}/points/query/batch", of_collection(points.query_batch)),
    ("POST", "/collections/{}/points/search", of_collection(points.search)),
    ("POST", "/collections/{}/points/search/batch", of_collection(points.search_batch)),
    ("POST", "/collections/{}/facet", of_collection(points.facet)),
]
ROUTES = [
    (method, re.compile("^" + path.replace("{}", "([^/]+)") + "/?$"), operation) for method, path, operation in _ROUTES
]
_PROBES = {"/healthz": "healthz check passed", "/livez": "livez check passed", "/readyz": "all shards are ready"}


class QdrantHandler(FrontHandler):
    def handle_request(self, method, path, query, body):
        if path == "/" and method in ("GET", "HEAD"):
            self._json(200, {"title": "qdrant - vector search engine", "version": VERSION})
        elif path in _PROBES:
            self.respond(200, [("Content-Type", "text/plain; charset=utf-8")], _PROBES[path].encode())
        else:
            self._operation(method, path, body)

    def refuse_body(self, error):
        self._json(error.status, {"time": 0.0, "status": {"error": str(error)}, "result": None})

    def _operation(self, method, path, body):
        started = time.perf_counter()
        try:
            operation, names = _route(method, path)
            result = _guarded(operation, self.server.engine, _parsed(body), names)
            status, answer = 200, {"result": result, "status": "ok"}
        except QdrantError as error:
            status, answer = error.status, {"result": None, "status": {"error": str(error)}}
        self._json(status, answer | {"time": time.perf_counter() - started})

    def _json(self, status, answer):
        body = json.dumps(answer, ensure_ascii=False, allow_nan=False).encode()
        self.respond(status, [("Content-Type", "application/json")], body)


def _route(method, path):
    allowed = []
    for known, pattern, operation in ROUTES:
        found = pattern.match(path)
        if found is None:
            continue
        if known == method:
            return operation, [unquote(name) for name in found.groups()]
        allowed.append(known)
    if allowed:
        raise QdrantError(405, f"Method {method} is not allowed here, only {', '.join(sorted(allowed))}")
    raise not_found(f"no route {path}")


def _parsed(body):
    if not body.strip():
        return {}
    try:
        value = json.loads(body)
    except ValueError as error:
        raise malformed(str(error)) from None
    if not isinstance(value, dict):
        raise malformed("expected an object")
    return value


def _guarded(operation, collections, body, names):
    try:
        return operation(collections, body, *names)
    except QdrantError:
        raise
    except Exception as error:
        refusal = from_engine(error)
        if refusal.status >= 500:
            traceback.print_exc()
        raise refusal from error


if __name__ == "__main__":
    serve("qdrant", arguments(__doc__), QdrantHandler, Collections)
