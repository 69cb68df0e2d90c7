"""The collections of the data directory: one folder each, with the engine's shard and the request that made it."""

import json
import shutil
import threading
from pathlib import Path
from urllib.parse import quote, unquote
from uuid import uuid4

import qdrant_edge as edge

from qdrant_errors import QdrantError, invalid, not_found, wrong_input
from qdrant_schema import dimensions, edge_config

_FORBIDDEN_IN_NAMES = set('<>:"/\\|?*\0\x1f')
# The engine merges segments and builds indexes only when told to.
_UPDATES_BETWEEN_OPTIMIZATIONS = 200


class Collection:
    def __init__(self, name, directory):
        self.name = name
        self.body = json.loads((directory / "collection.json").read_text())
        self.dimensions = dimensions(self.body)
        self.shard = edge.EdgeShard.load(str(directory / "shard"))
        # The shard is one writer's; readers wait for it and not for each other's sockets.
        self.lock = threading.Lock()
        self._operation = 0
        self._gone = False

    def update(self, operation):
        """Applies one operation and returns its number."""
        with self.lock:
            self._check()
            self.shard.update(operation)
            self._operation += 1
            if self._operation % _UPDATES_BETWEEN_OPTIMIZATIONS == 0:
                self.shard.optimize()
            return self._operation

    def read(self, look):
        with self.lock:
            self._check()
            return look(self.shard)

    def close(self):
        with self.lock:
            self._gone = True
            self.shard.flush()
            self.shard.close()

    def _check(self):
        if self._gone:
            raise missing(self.name)


def missing(name):
    return not_found(f"Collection `{name}` doesn't exist!")


class Collections:
    def __init__(self, directory):
        self._home = Path(directory) / "collections"
        self._home.mkdir(exist_ok=True)
        self._lock = threading.Lock()
        self._open = {}
        for path in self._home.iterdir():
            if path.name.startswith("."):
                # Half made or half deleted when the process was killed.
                shutil.rmtree(path)
            else:
                name = unquote(path.name)
                self._open[name] = Collection(name, path)

    def names(self):
        with self._lock:
            return sorted(self._open)

    def has(self, name):
        with self._lock:
            return name in self._open

    def get(self, name):
        with self._lock:
            found = self._open.get(name)
        if found is None:
            raise missing(name)
        return found

    def create(self, name, body):
        _check_name(name)
        config = edge_config(body)
        with self._lock:
            if name in self._open:
                raise QdrantError(409, f"Wrong input: Collection `{name}` already exists!")
            draft = self._home / f".new-{uuid4()}"
            (draft / "shard").mkdir(parents=True)
            edge.EdgeShard.create(str(draft / "shard"), config).close()
            (draft / "collection.json").write_text(json.dumps(body))
            # A rename is whole or not at all, whenever the process dies.
            path = draft.rename(self._home / quote(name, safe=""))
            self._open[name] = Collection(name, path)

    def delete(self, name):
        """Returns whether there was such a collection."""
        with self._lock:
            found = self._open.pop(name, None)
            if found is None:
                return False
            found.close()
            dead = (self._home / quote(name, safe="")).rename(self._home / f".dead-{uuid4()}")
        shutil.rmtree(dead)
        return True

    def close(self):
        with self._lock:
            for collection in self._open.values():
                collection.close()
            self._open.clear()


def _check_name(name):
    if not 1 <= len(name) <= 255:
        raise invalid("collection_name", "length must be 1 to 255")
    # A leading dot would read as a draft of ours.
    if name.startswith(".") or set(name) & _FORBIDDEN_IN_NAMES:
        raise invalid("collection_name", f"`{name}` contains forbidden characters")


def check_dimensions(collection, vector):
    """Refuses before the write-ahead log holds the operation: a replay could not do better."""
    named = vector if isinstance(vector, dict) else {"": vector}
    for name, values in named.items():
        if isinstance(values, edge.SparseVector):
            continue
        expected = collection.dimensions.get(name)
        if expected is None:
            raise wrong_input(f"Not existing vector name error: {name}")
        if len(values) != expected:
            raise wrong_input(f"Vector dimension error: expected dim: {expected}, got {len(values)}")
