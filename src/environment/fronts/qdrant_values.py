"""Ids, numbers, vectors, selectors and answers: between JSON and the engine's objects."""

import math
from uuid import UUID

import qdrant_edge as edge

from qdrant_errors import invalid, malformed


def point_id(value):
    """An unsigned integer, or a UUID in any of its spellings."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**64:
        return value
    if isinstance(value, str):
        try:
            return str(UUID(value))
        except ValueError:
            pass
    raise malformed(f"value {value} is not a valid point ID, valid values are either an unsigned integer or a UUID")


def number(field, value):
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise malformed(f"{field}: expected a number, got {value!r}")
    return value


def count(body, field, default, least):
    """A whole number of the request, such as its limit."""
    value = body.get(field)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int):
        raise malformed(f"{field}: expected a whole number, got {value!r}")
    if value < least:
        raise invalid(field, f"value {value} invalid, must be {least} or larger")
    return value


def vector(value, field="vector"):
    """Dense, sparse, several, or by name."""
    if isinstance(value, list):
        if value and isinstance(value[0], list):
            return [_floats(each, field) for each in value]
        return _floats(value, field)
    if isinstance(value, dict) and set(value) == {"indices", "values"}:
        return edge.SparseVector(value["indices"], _floats(value["values"], field))
    if isinstance(value, dict):
        return {name: vector(each, f"{field}.{name}") for name, each in value.items()}
    raise malformed(f"{field}: expected a vector")


def _floats(values, field):
    return [float(number(f"{field}[{index}]", value)) for index, value in enumerate(values)]


def payload_selector(value, default):
    if value is None:
        return default
    if isinstance(value, (bool, list)):
        return value
    if isinstance(value, dict) and set(value) == {"include"}:
        return edge.PayloadSelector.Include(value["include"])
    if isinstance(value, dict) and set(value) == {"exclude"}:
        return edge.PayloadSelector.Exclude(value["exclude"])
    raise malformed("with_payload: expected a boolean, a list of keys, or include/exclude")


def vector_selector(body):
    value = body.get("with_vector", body.get("with_vectors"))
    if value is None:
        return False
    if isinstance(value, (bool, list)):
        return value
    raise malformed("with_vector: expected a boolean or a list of names")


def id_json(value):
    return str(value) if isinstance(value, UUID) else value


def vector_json(value):
    if isinstance(value, dict):
        return {name: vector_json(each) for name, each in value.items()}
    if isinstance(value, edge.SparseVector):
        return {"indices": list(value.indices), "values": list(value.values)}
    return value


def record_json(record):
    answer = {"id": id_json(record.id)}
    _optional(answer, record)
    return answer


def scored_json(point):
    answer = {"id": id_json(point.id), "version": point.version, "score": point.score}
    _optional(answer, point)
    return answer


def _optional(answer, point):
    if point.payload is not None:
        answer["payload"] = point.payload
    if point.vector is not None:
        answer["vector"] = vector_json(point.vector)
    if point.order_value is not None:
        answer["order_value"] = point.order_value
