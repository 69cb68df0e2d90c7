"""Qdrant's universal query from JSON to the engine's request."""

import qdrant_edge as edge

from qdrant_errors import malformed, not_found, unsupported
from qdrant_filter import filter_of
from qdrant_values import count, number, payload_selector, point_id, vector, vector_selector

DEFAULT_LIMIT = 10


def query_request(shard, body):
    """The request, and the id of the point that the query names and that is left out of the answer."""
    using = body.get("using")
    query, itself = _query(shard, body.get("query"), using)
    chosen = filter_of(body.get("filter"))
    if itself is not None:
        # Its own nearest neighbour says nothing.
        chosen = _without(itself, chosen)
    return edge.QueryRequest(
        limit=count(body, "limit", DEFAULT_LIMIT, 1),
        offset=count(body, "offset", 0, 0),
        query=query,
        prefetches=[_prefetch(shard, each) for each in _list(body.get("prefetch"))],
        with_vector=vector_selector(body),
        with_payload=payload_selector(body.get("with_payload"), False),
        filter=chosen,
        score_threshold=_threshold(body),
        params=_params(body.get("params")),
    )


def search_as_query(body):
    """The older search is a query for the nearest, its vector maybe named."""
    found = body.get("vector")
    if found is None:
        raise malformed("missing field `vector`")
    query = dict(body)
    if isinstance(found, dict) and "name" in found:
        query["using"], found = found["name"], found["vector"]
    return query | {"query": {"nearest": found}}


def order_by(body):
    if isinstance(body, str):
        return edge.OrderBy(body)
    if not isinstance(body, dict) or not isinstance(body.get("key"), str):
        raise malformed("order_by: `key` is missing")
    directions = {None: None, "asc": edge.Direction.Asc, "desc": edge.Direction.Desc}
    if body.get("direction") not in directions:
        raise malformed("order_by.direction: expected asc or desc")
    return edge.OrderBy(body["key"], directions[body.get("direction")], body.get("start_from"))


def _list(value):
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _prefetch(shard, body):
    query, itself = _query(shard, body.get("query"), body.get("using"))
    chosen = filter_of(body.get("filter"))
    return edge.Prefetch(
        prefetches=[_prefetch(shard, each) for each in _list(body.get("prefetch"))],
        query=query,
        limit=count(body, "limit", DEFAULT_LIMIT, 1),
        params=_params(body.get("params")),
        filter=chosen if itself is None else _without(itself, chosen),
        score_threshold=_threshold(body),
    )


def _query(shard, body, using):
    if body is None:
        return None, None
    if isinstance(body, dict) and not {"indices", "values"} >= set(body):
        return _named_query(shard, body, using)
    return _nearest(shard, body, using)


def _named_query(shard, body, using):
    if "nearest" in body:
        if body.get("mmr") is not None:
            raise unsupported("query.mmr")
        return _nearest(shard, body["nearest"], using)
    if "order_by" in body:
        return order_by(body["order_by"]), None
    if body.get("sample") == "random":
        return edge.Sample.Random, None
    if body.get("fusion") == "rrf":
        return edge.Fusion.Rrf(2), None
    if body.get("fusion") == "dbsf":
        return edge.Fusion.Dbsf(), None
    raise unsupported(f"query.{min(body, default='{}')}")


def _nearest(shard, target, using):
    if isinstance(target, (int, str)):
        itself = point_id(target)
        found = shard.retrieve([itself], False, [using] if using else True)
        if not found:
            raise not_found(f"No point with id {target} found")
        own = found[0].vector
        return edge.Query.Nearest(own[using] if using else own, using), itself
    return edge.Query.Nearest(vector(target, "query"), using), None


def _without(itself, chosen):
    parts = {"must_not": [edge.HasIdCondition({itself})]}
    if chosen is not None:
        parts["must"] = [chosen]
    return edge.Filter(**parts)


def _threshold(body):
    value = body.get("score_threshold")
    return None if value is None else number("score_threshold", value)


def _params(body):
    if not body:
        return None
    return edge.SearchParams(
        hnsw_ef=body.get("hnsw_ef"), exact=bool(body.get("exact")), indexed_only=bool(body.get("indexed_only"))
    )
