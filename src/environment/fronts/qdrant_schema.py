"""How a collection is described: from the request to the engine's configuration and back."""

import qdrant_edge as edge

from qdrant_errors import invalid, malformed, unsupported
from qdrant_values import count

_DISTANCES = {
    "Cosine": edge.Distance.Cosine,
    "Euclid": edge.Distance.Euclid,
    "Dot": edge.Distance.Dot,
    "Manhattan": edge.Distance.Manhattan,
}
_INDEX_TYPES = {
    "keyword": edge.PayloadSchemaType.Keyword,
    "integer": edge.PayloadSchemaType.Integer,
    "float": edge.PayloadSchemaType.Float,
    "geo": edge.PayloadSchemaType.Geo,
    "text": edge.PayloadSchemaType.Text,
    "bool": edge.PayloadSchemaType.Bool,
    "datetime": edge.PayloadSchemaType.Datetime,
    "uuid": edge.PayloadSchemaType.Uuid,
}
# Names of the server's own defaults, shown for what the request left open.
_HNSW = {"m": 16, "ef_construct": 100, "full_scan_threshold": 10000, "max_indexing_threads": 0, "on_disk": False}
_OPTIMIZER = {
    "deleted_threshold": 0.2,
    "vacuum_min_vector_number": 1000,
    "default_segment_number": 0,
    "max_segment_size": None,
    "memmap_threshold": None,
    "indexing_threshold": 20000,
    "flush_interval_sec": 5,
    "max_optimization_threads": None,
}
_WAL = {"wal_capacity_mb": 32, "wal_segments_ahead": 0}


def edge_config(body):
    """The engine's configuration of a `create collection` request."""
    if body.get("quantization_config"):
        raise unsupported("quantization_config")
    vectors = body.get("vectors") or {}
    if not isinstance(vectors, dict):
        raise malformed("vectors: expected an object")
    if "size" in vectors or "distance" in vectors:
        dense = _dense("vectors", vectors)
    else:
        dense = {name: _dense(f"vectors.{name}", each) for name, each in vectors.items()}
    sparse = {name: edge.EdgeSparseVectorParams() for name in body.get("sparse_vectors") or {}}
    return edge.EdgeConfig(vectors=dense, sparse_vectors=sparse)


def _dense(where, body):
    # Silently dropping one of these would change what a search finds.
    for name in ("multivector_config", "quantization_config", "datatype"):
        if body.get(name) not in (None, "float32"):
            raise unsupported(f"{where}.{name}")
    size = count(body, "size", None, 1)
    if size is None:
        raise malformed(f"{where}: missing field `size`")
    if size > 65536:
        raise invalid(f"{where}.size", "value must be 65536 or smaller")
    if body.get("distance") not in _DISTANCES:
        raise malformed(f"{where}.distance: expected one of {', '.join(_DISTANCES)}")
    return edge.EdgeVectorParams(size, _DISTANCES[body["distance"]])


def dimensions(body):
    """Name of each dense vector, "" for the unnamed one, to its size."""
    vectors = body.get("vectors") or {}
    if "size" in vectors:
        return {"": vectors["size"]}
    return {name: each["size"] for name, each in vectors.items()}


def index_type(schema):
    name = schema.get("type") if isinstance(schema, dict) else schema
    if name not in _INDEX_TYPES:
        raise malformed(f"field_schema: expected one of {', '.join(_INDEX_TYPES)}")
    return _INDEX_TYPES[name]


def collection_json(body, info):
    names = {kind: name for name, kind in _INDEX_TYPES.items()}
    return {
        "status": "green",
        "optimizer_status": "ok",
        "indexed_vectors_count": info.indexed_vectors_count,
        "points_count": info.points_count,
        "segments_count": info.segments_count,
        "config": {
            "params": {
                "vectors": body.get("vectors") or {},
                **({"sparse_vectors": body["sparse_vectors"]} if body.get("sparse_vectors") else {}),
                "shard_number": 1,
                "replication_factor": 1,
                "write_consistency_factor": 1,
                "on_disk_payload": True,
            },
            "hnsw_config": _HNSW | (body.get("hnsw_config") or {}),
            "optimizer_config": _OPTIMIZER | (body.get("optimizers_config") or {}),
            "wal_config": _WAL | (body.get("wal_config") or {}),
            "quantization_config": None,
        },
        "payload_schema": {
            field: {"data_type": names[index.data_type], "points": index.points}
            for field, index in info.payload_schema.items()
        },
    }
