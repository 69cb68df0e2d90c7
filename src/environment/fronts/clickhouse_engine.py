"""The ClickHouse engine of the `chdb-core` wheel: one server in this process, one connection a request."""

import importlib.util
import os
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from clickhouse_errors import ClickHouseException

# Statements at work at once; more wait their turn, as two cores would only share their time.
CONCURRENT_STATEMENTS = 8
# Where the library is a shell (`clickhouse local`), the server's default is restored.
SERVER_DEFAULTS = {"implicit_select": "0", "storage_file_read_method": "pread"}


def load_library():
    """Loads the extension alone: the package around it would import much and run a query of its own."""
    package = importlib.util.find_spec("chdb")
    if package is None or not package.submodule_search_locations:
        raise SystemExit("chdb-core is not installed in this Python; run the project's set-up")
    path = Path(package.submodule_search_locations[0]) / "_chdb.abi3.so"
    spec = importlib.util.spec_from_file_location("_chdb", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # Signals belong to the front.
    module.set_signal_handlers_enabled(0)
    return module


def quote(text):
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{escaped}'"


def quote_name(name):
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


class Session:
    """State that outlives a request: temporary tables, settings, the current database."""

    def __init__(self, connection):
        self.connection = connection
        self.busy = threading.Lock()
        self.expires_at = 0.0


class Engine:
    def __init__(self, directory):
        # The server in the official image runs in UTC; so does this one, wherever it is.
        os.environ["TZ"] = "UTC"
        time.tzset()
        self._library = load_library()
        self._path = str(directory / "store")
        # Keeps the server alive between requests.
        self._root = self._library.connect(self._path)
        self._slots = threading.BoundedSemaphore(CONCURRENT_STATEMENTS)
        self._sessions = {}
        self._sessions_lock = threading.Lock()
        self.version = bytes(self._root.query("SELECT version()", "TSVRaw").bytes()).decode().strip()

    def close(self):
        with self._sessions_lock:
            for session in self._sessions.values():
                session.connection.close()
            self._sessions.clear()
        self._root.close()

    @contextmanager
    def connection(self, request):
        """A connection with the request's database and settings; errors come out as ClickHouse words them."""
        with self._slots, self._connection_of(request) as connection:
            try:
                yield connection
            except RuntimeError as error:
                raise ClickHouseException.from_engine(str(error)) from None

    @contextmanager
    def _connection_of(self, request):
        if request.session_id:
            with self._session(request) as connection:
                yield connection
            return
        connection = self._connect()
        try:
            self._prepare(connection, request)
            yield connection
        finally:
            connection.close()

    def _connect(self):
        connection = self._library.connect(self._path)
        connection.query("SET " + _assignments(SERVER_DEFAULTS), "Null")
        return connection

    def _prepare(self, connection, request):
        try:
            if request.database:
                connection.query(f"USE {quote_name(request.database)}", "Null")
            if request.settings:
                connection.query("SET " + _assignments(request.settings), "Null")
        except RuntimeError as error:
            raise ClickHouseException.from_engine(str(error)) from None

    @contextmanager
    def _session(self, request):
        session = self._acquire(request)
        try:
            before = self._values(session.connection, request.settings)
            try:
                self._prepare(session.connection, request)
                yield session.connection
            finally:
                if before:
                    # A setting in the URL is the request's, not the session's.
                    session.connection.query("SET " + _assignments(before), "Null")
        finally:
            session.expires_at = time.monotonic() + request.session_timeout
            session.busy.release()

    def _acquire(self, request):
        with self._sessions_lock:
            self._drop_expired()
            session = self._sessions.get(request.session_id)
            if session is None:
                if request.session_check:
                    raise ClickHouseException.of(372, "SESSION_NOT_FOUND", f"Session {request.session_id} not found")
                session = self._sessions[request.session_id] = Session(self._connect())
            if not session.busy.acquire(blocking=False):
                message = f"Session {request.session_id} is locked by a concurrent client"
                raise ClickHouseException.of(373, "SESSION_IS_LOCKED", message)
            return session

    def _drop_expired(self):
        now = time.monotonic()
        for name, session in list(self._sessions.items()):
            if session.expires_at < now and session.busy.acquire(blocking=False):
                session.connection.close()
                del self._sessions[name]

    @staticmethod
    def _values(connection, settings):
        if not settings:
            return {}
        names = ", ".join(quote(name) for name in settings)
        rows = connection.query(f"SELECT name, value FROM system.settings WHERE name IN ({names})", "TSVRaw").bytes()
        return dict(line.split("\t", 1) for line in bytes(rows).decode().splitlines())


def _assignments(settings):
    return ", ".join(f"{name} = {quote(value)}" for name, value in settings.items())
