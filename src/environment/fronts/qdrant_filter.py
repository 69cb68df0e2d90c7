"""Qdrant's filters from JSON to the engine's objects."""

import qdrant_edge as edge

from qdrant_errors import malformed
from qdrant_values import number, point_id

_RANGE_KEYS = ("gte", "gt", "lte", "lt")
_MATCHES = {
    "value": edge.MatchValue,
    "text": edge.MatchText,
    "text_any": edge.MatchTextAny,
    "phrase": edge.MatchPhrase,
    "any": edge.MatchAny,
    "except": edge.MatchExcept,
}


def filter_of(body):
    """A filter, or None when the request has none."""
    if body is None:
        return None
    if not isinstance(body, dict):
        raise malformed("filter: expected an object")
    unknown = set(body) - {"must", "should", "must_not", "min_should"}
    if unknown:
        raise malformed(f"filter: unknown field `{min(unknown)}`")
    parts = {name: _conditions(name, body[name]) for name in ("must", "should", "must_not") if body.get(name) is not None}
    least = body.get("min_should")
    if least is not None:
        count = number("min_should.min_count", least.get("min_count"))
        parts["min_should"] = edge.MinShould(_conditions("min_should.conditions", least.get("conditions")), int(count))
    return edge.Filter(**parts)


def _conditions(name, body):
    several = body if isinstance(body, list) else [body]
    return [_condition(f"{name}[{index}]", condition) for index, condition in enumerate(several)]


def _condition(where, body):
    if not isinstance(body, dict):
        raise malformed(f"filter.{where}: expected an object")
    if "key" in body:
        return _field(where, body)
    for name, build in _SPECIAL.items():
        if name in body:
            return build(where, body[name])
    if set(body) & {"must", "should", "must_not", "min_should"}:
        return filter_of(body)
    raise malformed(f"filter.{where}: unknown condition {sorted(body)}")


def _key_of(where, body):
    if not isinstance(body, dict) or not isinstance(body.get("key"), str):
        raise malformed(f"filter.{where}: `key` is missing")
    return body["key"]


def _has_id(where, ids):
    if not isinstance(ids, list):
        raise malformed(f"filter.{where}.has_id: expected a list of point ids")
    return edge.HasIdCondition({point_id(each) for each in ids})


_SPECIAL = {
    "has_id": _has_id,
    "is_empty": lambda where, body: edge.IsEmptyCondition(_key_of(where, body)),
    "is_null": lambda where, body: edge.IsNullCondition(_key_of(where, body)),
    "has_vector": lambda _, name: edge.HasVectorCondition(name),
    "nested": lambda where, body: edge.NestedCondition(_key_of(where, body), filter_of(body.get("filter"))),
}


def _field(where, body):
    key = _key_of(where, body)
    for name, build in _FIELD.items():
        if body.get(name) is not None:
            return edge.FieldCondition(key, **{name: build(f"{where}.{name}", body[name])})
    raise malformed(f"filter.{where}: no condition on `{key}` that this front knows")


def _match(where, body):
    for name, build in _MATCHES.items():
        if isinstance(body, dict) and name in body:
            return _built(where, build, body[name])
    raise malformed(f"filter.{where}: expected one of {sorted(_MATCHES)}")


def _built(where, build, value):
    if isinstance(value, float):
        raise malformed(f"filter.{where}: a float cannot be matched, use a range")
    try:
        return build(value)
    except (TypeError, ValueError) as error:
        raise malformed(f"filter.{where}: {str(error).splitlines()[0]}") from None


def _range(where, body):
    if not isinstance(body, dict) or set(body) - set(_RANGE_KEYS):
        raise malformed(f"filter.{where}: expected an object with {', '.join(_RANGE_KEYS)}")
    limits = {name: value for name, value in body.items() if value is not None}
    if any(isinstance(value, str) for value in limits.values()):
        return edge.RangeDateTime(**limits)
    return edge.RangeFloat(**{name: number(f"filter.{where}.{name}", value) for name, value in limits.items()})


_FIELD = {
    "match": _match,
    "range": _range,
    "values_count": lambda _, body: edge.ValuesCount(**body),
    "is_empty": lambda _, flag: flag,
    "is_null": lambda _, flag: flag,
}
