"""ClickHouse's HTTP interface over the embedded engine, so that the official clients work unchanged."""

import base64
import hmac
import json
import os
import secrets

from clickhouse_engine import Engine
from clickhouse_errors import ClickHouseException
from clickhouse_request import parse_request
from http_front import FrontHandler, arguments, serve, zip_fast

# Formats whose answers may be sent piece by piece; the others close what they opened and are sent whole.
_ROW_FORMATS = ("EachRow", "CSV", "TSV", "TabSeparated", "RowBinary")
_CONTENT_TYPES = (
    ("JSONEachRow", "application/x-ndjson; charset=UTF-8"),
    ("JSONStringsEachRow", "application/x-ndjson; charset=UTF-8"),
    ("JSON", "application/json; charset=UTF-8"),
    ("CSV", "text/csv; charset=UTF-8"),
    ("TSV", "text/tab-separated-values; charset=UTF-8"),
    ("TabSeparated", "text/tab-separated-values; charset=UTF-8"),
    ("RowBinary", "application/octet-stream"),
    ("Native", "application/octet-stream"),
    ("Parquet", "application/octet-stream"),
    ("Arrow", "application/octet-stream"),
)
_COUNTERS = {
    "read_rows": lambda result: result.storage_rows_read(),
    "read_bytes": lambda result: result.storage_bytes_read(),
    "written_rows": lambda result: result.rows_written(),
    "written_bytes": lambda result: result.bytes_written(),
    "result_rows": lambda result: result.rows_read(),
    "result_bytes": lambda result: result.bytes_read(),
    "elapsed_ns": lambda result: result.elapsed() * 1e9,
}
# Names the official image takes too.
USER = os.environ.get("CLICKHOUSE_USER", "default")
PASSWORD = os.environ.get("CLICKHOUSE_PASSWORD", "")


class ClickHouseHandler(FrontHandler):
    def handle_request(self, method, path, query, body):
        if path in ("/ping", "/replicas_status"):
            self._plain(200, b"Ok.\n")
        elif path != "/":
            self._plain(404, f"There is no handle {path}\n".encode())
        elif method not in ("GET", "HEAD", "POST"):
            self._plain(501, f"Method {method} is not supported\n".encode())
        elif method != "POST" and not any(name == "query" for name, _ in query):
            self._plain(200, b"Ok.\n")
        else:
            self._statement(method, query, body)

    def refuse_body(self, error):
        self._error(ClickHouseException.of(1000, "POCO_EXCEPTION", str(error)), "", status=error.status)

    def _plain(self, status, body):
        self.respond(status, [("Content-Type", "text/html; charset=UTF-8")], body)

    def _statement(self, method, query, body):
        query_id = ""
        try:
            request = parse_request(method, query, self.headers, body)
            query_id = request.query_id
            self._authenticate(request)
            if not request.statement.strip():
                raise ClickHouseException.of(62, "SYNTAX_ERROR", "Syntax error: the query is empty")
            with self.server.engine.connection(request) as connection:
                self._run(connection, request)
        except ClickHouseException as error:
            self._error(error, query_id)

    def _authenticate(self, request):
        user, password = request.user or "default", request.password
        if "X-ClickHouse-User" in self.headers:
            user, password = self.headers["X-ClickHouse-User"], self.headers.get("X-ClickHouse-Key", "")
        elif self.headers.get("Authorization", "").startswith("Basic "):
            user, password = _basic(self.headers["Authorization"])
        if user != USER or not hmac.compare_digest(password.encode(), PASSWORD.encode()):
            message = f"{user}: Authentication failed: password is incorrect, or there is no user with such name"
            raise ClickHouseException.of(516, "AUTHENTICATION_FAILED", message)

    def _run(self, connection, request):
        if request.is_insert:
            self._insert(connection, request)
            return
        kind = connection.classify_query(request.statement)
        if kind["statement_count"] > 1:
            raise ClickHouseException.of(62, "SYNTAX_ERROR", "Syntax error (Multi-statements are not allowed)")
        reads = kind["query_class"].name == "READ_ONLY"
        if reads and any(part in request.format for part in _ROW_FORMATS):
            self._stream(connection, request)
            return
        result = connection.query(request.statement, request.format, params=request.parameters)
        self._answer(request, bytes(result.bytes()), _summary(result))

    def _insert(self, connection, request):
        try:
            result = connection.query(request.statement, request.format, params=request.parameters)
        except RuntimeError as error:
            # Over HTTP an INSERT of no rows is a success; only the embedded shell refuses it.
            if request.has_data or "(NO_DATA_TO_INSERT)" not in str(error):
                raise
            self._answer(request, b"", _summary(None))
            return
        self._answer(request, bytes(result.bytes()), _summary(result))

    def _stream(self, connection, request):
        """Sends the first piece whole if it is the only one; from the second on the answer is chunked."""
        stream = connection.send_query(request.statement, request.format, params=request.parameters)
        first = connection.streaming_fetch_result(stream)
        second = connection.streaming_fetch_result(stream) if first.size() > 0 else first
        if second.size() == 0:
            self._answer(request, bytes(first.bytes()), _summary(first))
            return
        try:
            self._chunked(connection, request, stream, (first, second))
        except OSError:
            connection.streaming_cancel_query(stream)
            raise

    def _chunked(self, connection, request, stream, fetched):
        tag = secrets.token_hex(8)
        self.send_response(200)
        for name, value in self._headers(request, _summary(fetched[0])):
            self.send_header(name, value)
        self.send_header("X-ClickHouse-Exception-Tag", tag)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in fetched:
            self._chunk(bytes(piece.bytes()))
        try:
            while (piece := connection.streaming_fetch_result(stream)).size() > 0:
                self._chunk(bytes(piece.bytes()))
        except RuntimeError as error:
            # The status is out already: the error goes to the end of the body, marked by the tag.
            self._chunk(self._trailing_error(ClickHouseException.from_engine(str(error)), tag))
        self.wfile.write(b"0\r\n\r\n")

    def _trailing_error(self, error, tag):
        text = self._text(error)
        length = str(len(text)).encode()
        marker = b"\r\n__exception__\r\n"
        return marker + tag.encode() + b"\r\n" + text + length + b" " + tag.encode() + marker

    def _chunk(self, data):
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def _answer(self, request, body, summary):
        headers = self._headers(request, summary)
        if request.compress and body and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = zip_fast(body)
            headers.append(("Content-Encoding", "gzip"))
        self.respond(200, headers, body)

    def _headers(self, request, summary):
        return [
            ("Content-Type", _content_type(request.format)),
            ("X-ClickHouse-Server-Display-Name", "optiinfra-embedded"),
            ("X-ClickHouse-Query-Id", request.query_id),
            ("X-ClickHouse-Format", request.format),
            ("X-ClickHouse-Timezone", "UTC"),
            ("X-ClickHouse-Summary", json.dumps(summary)),
        ]

    def _error(self, error, query_id, status=None):
        headers = [
            ("Content-Type", "text/plain; charset=UTF-8"),
            ("X-ClickHouse-Query-Id", query_id),
            ("X-ClickHouse-Exception-Code", str(error.code)),
        ]
        self.respond(status or error.status, headers, self._text(error))

    def _text(self, error):
        return f"{error} (version {self.server.engine.version} (official build))\n".encode()


def _basic(header):
    try:
        user, _, password = base64.b64decode(header[6:], validate=True).decode().partition(":")
    except ValueError:
        raise ClickHouseException.of(516, "AUTHENTICATION_FAILED", "Malformed Authorization header") from None
    return user, password


def _content_type(format):
    return next((kind for prefix, kind in _CONTENT_TYPES if format.startswith(prefix)), "text/plain; charset=UTF-8")


def _summary(result):
    """The counters of X-ClickHouse-Summary; the client expects each as a string."""
    counts = dict.fromkeys(_COUNTERS, 0)
    if result is not None:
        counts = {name: count(result) for name, count in _COUNTERS.items()}
    return {name: str(int(value)) for name, value in counts.items()}


if __name__ == "__main__":
    serve("clickhouse", arguments(__doc__), ClickHouseHandler, Engine)
