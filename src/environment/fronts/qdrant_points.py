"""Operations on the points of a collection: each takes the collection and the request's body, and answers JSON."""

import qdrant_edge as edge
from qdrant_edge import UpdateOperation

from qdrant_collections import check_dimensions
from qdrant_errors import malformed, not_found
from qdrant_filter import filter_of
from qdrant_query import order_by, query_request, search_as_query
from qdrant_values import count, id_json, payload_selector, point_id, record_json, scored_json, vector, vector_selector


def upsert(collection, body):
    points = [_point(collection, index, each) for index, each in enumerate(_point_list(body))]
    return _done(collection, UpdateOperation.upsert_points(points))


def _point_list(body):
    if isinstance(body.get("points"), list):
        return body["points"]
    batch = body.get("batch")
    if not isinstance(batch, dict) or not isinstance(batch.get("ids"), list):
        raise malformed("expected `points` or `batch`")
    ids, vectors = batch["ids"], batch.get("vectors")
    payloads = batch.get("payloads") or [None] * len(ids)
    if not isinstance(vectors, list) or len(vectors) != len(ids) or len(payloads) != len(ids):
        raise malformed("batch: ids, vectors and payloads have different lengths")
    return [{"id": a, "vector": b, "payload": c} for a, b, c in zip(ids, vectors, payloads)]


def _point(collection, index, body):
    if not isinstance(body, dict) or "id" not in body:
        raise malformed(f"points[{index}]: missing field `id`")
    if "vector" not in body:
        raise malformed(f"points[{index}]: missing field `vector`")
    payload = body.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise malformed(f"points[{index}].payload: expected an object")
    values = vector(body["vector"], f"points[{index}].vector")
    check_dimensions(collection, values)
    return edge.Point(point_id(body["id"]), values, payload)


def delete(collection, body):
    return _selected(collection, body, UpdateOperation.delete_points, UpdateOperation.delete_points_by_filter)


def set_payload(collection, body):
    return _payload(collection, body, UpdateOperation.set_payload, UpdateOperation.set_payload_by_filter)


def overwrite_payload(collection, body):
    return _payload(collection, body, UpdateOperation.overwrite_payload, UpdateOperation.overwrite_payload_by_filter)


def delete_payload(collection, body):
    keys = body.get("keys")
    if not isinstance(keys, list):
        raise malformed("missing field `keys`")
    by_id, by_filter = UpdateOperation.delete_payload, UpdateOperation.delete_payload_by_filter
    return _selected(collection, body, lambda ids: by_id(ids, keys), lambda chosen: by_filter(chosen, keys))


def clear_payload(collection, body):
    return _selected(collection, body, UpdateOperation.clear_payload, UpdateOperation.clear_payload_by_filter)


def update_vectors(collection, body):
    if not isinstance(body.get("points"), list):
        raise malformed("missing field `points`")
    changed = []
    for index, each in enumerate(body["points"]):
        values = vector(each.get("vector"), f"points[{index}].vector")
        check_dimensions(collection, values)
        changed.append(edge.PointVectors(point_id(each.get("id")), values))
    return _done(collection, UpdateOperation.update_vectors(changed))


def _payload(collection, body, by_id, by_filter):
    payload, key = body.get("payload"), body.get("key")
    if not isinstance(payload, dict):
        raise malformed("payload: expected an object")
    return _selected(
        collection, body, lambda ids: by_id(ids, payload, key), lambda chosen: by_filter(chosen, payload, key)
    )


def _selected(collection, body, by_id, by_filter):
    if isinstance(body.get("points"), list):
        return _done(collection, by_id([point_id(each) for each in body["points"]]))
    if body.get("filter") is not None:
        return _done(collection, by_filter(filter_of(body["filter"])))
    raise malformed("expected `points` or `filter`")


def _done(collection, operation):
    return {"operation_id": collection.update(operation), "status": "completed"}


def retrieve(collection, body):
    if not isinstance(body.get("ids"), list):
        raise malformed("missing field `ids`")
    ids = [point_id(each) for each in body["ids"]]
    payload, vectors = payload_selector(body.get("with_payload"), True), vector_selector(body)
    return [record_json(each) for each in collection.read(lambda shard: shard.retrieve(ids, payload, vectors))]


def retrieve_one(collection, text):
    chosen = point_id(int(text) if text.isdigit() else text)
    found = collection.read(lambda shard: shard.retrieve([chosen], True, True))
    if not found:
        raise not_found(f"Point with id {text} does not exists!")
    return record_json(found[0])


def scroll(collection, body):
    order = body.get("order_by")
    request = edge.ScrollRequest(
        offset=None if body.get("offset") is None else point_id(body["offset"]),
        limit=count(body, "limit", 10, 1),
        filter=filter_of(body.get("filter")),
        with_payload=payload_selector(body.get("with_payload"), True),
        with_vector=vector_selector(body),
        order_by=None if order is None else order_by(order),
    )
    records, following = collection.read(lambda shard: shard.scroll(request))
    return {"points": [record_json(each) for each in records], "next_page_offset": id_json(following)}


def count_points(collection, body):
    request = edge.CountRequest(exact=body.get("exact", True), filter=filter_of(body.get("filter")))
    return {"count": collection.read(lambda shard: shard.count(request))}


def query(collection, body):
    return {"points": _query(collection, body)}


def query_batch(collection, body):
    return [query(collection, each) for each in _searches(body)]


def search(collection, body):
    return _query(collection, search_as_query(body))


def search_batch(collection, body):
    return [search(collection, each) for each in _searches(body)]


def _searches(body):
    if not isinstance(body.get("searches"), list):
        raise malformed("missing field `searches`")
    return body["searches"]


def _query(collection, body):
    found = collection.read(lambda shard: shard.query(query_request(shard, body)))
    return [scored_json(each) for each in found]


def facet(collection, body):
    if not isinstance(body.get("key"), str):
        raise malformed("missing field `key`")
    chosen = filter_of(body.get("filter"))
    request = edge.FacetRequest(body["key"], count(body, "limit", 10, 1), bool(body.get("exact")), chosen)
    hits = collection.read(lambda shard: shard.facet(request)).hits
    return {"hits": [{"value": hit.value, "count": hit.count} for hit in hits]}
