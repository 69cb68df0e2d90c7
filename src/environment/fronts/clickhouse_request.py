"""What a request to ClickHouse's HTTP interface says: statement, parameters, settings, session, format."""

import re
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesParser
from uuid import uuid4

from clickhouse_errors import ClickHouseException

# Parameters of the interface itself; each other one is a setting of the query.
_RESERVED = {
    "query", "query_id", "database", "default_format", "user", "password", "role", "quota_key", "stacktrace",
    "session_id", "session_timeout", "session_check", "close_session", "compress", "decompress", "buffer_size",
    "wait_end_of_query", "client_protocol_version", "http_method",
}  # fmt: skip
# Settings of the HTTP layer, which this front answers for.
_TRANSPORT = {"enable_http_compression", "http_zlib_compression_level", "send_progress_in_http_headers"}
_SETTING_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
_FORMAT = re.compile(rb"\bFORMAT\s+([A-Za-z0-9_]+)\s*(?:SETTINGS\b[^;]*)?;?\s*$", re.I)
_LEADING = re.compile(rb"^(?:\s+|--[^\n]*(?:\n|$)|#!?[^\n]*(?:\n|$)|/\*.*?\*/)*", re.S)
_INSERT = re.compile(rb"INSERT\b", re.I)
DEFAULT_FORMAT = "TabSeparated"


@dataclass
class Request:
    statement: bytes
    query_id: str
    database: str = ""
    format: str = DEFAULT_FORMAT
    parameters: dict = field(default_factory=dict)
    settings: dict = field(default_factory=dict)
    session_id: str = ""
    session_timeout: int = 60
    session_check: bool = False
    user: str = ""
    password: str = ""
    compress: bool = False
    is_insert: bool = False
    has_data: bool = False


def parse_request(method, query, headers, body):
    """Reads URL parameters, headers and body as the server does."""
    fields = list(query)
    content_type = headers.get("Content-Type", "")
    if content_type.lower().startswith("multipart/form-data"):
        fields += _multipart(content_type, body)
        body = b""
    values = dict(fields)
    statement = _statement(values.get("query", ""), body)
    request = Request(statement=statement, query_id=values.get("query_id") or str(uuid4()))
    request.database = values.get("database") or headers.get("X-ClickHouse-Database", "")
    request.format = _format(values, headers, statement)
    request.parameters = {name[6:]: value for name, value in fields if name.startswith("param_")}
    request.settings = _settings(values, method)
    request.compress = values.get("enable_http_compression") == "1"
    request.user = values.get("user", "")
    request.password = values.get("password", "")
    _read_session(request, values)
    start = _LEADING.match(statement).end()
    request.is_insert = _INSERT.match(statement, start) is not None
    request.has_data = bool(body.strip())
    return request


def _statement(text, body):
    """The URL's query and the body are one statement; data of an INSERT starts on a line of its own."""
    head = text.encode("utf-8")
    if head and body:
        return head + b"\n" + body
    return head or body


def _format(values, headers, statement):
    # Only the end can name the output format; an INSERT's own FORMAT is of its input.
    found = _FORMAT.search(statement, max(0, len(statement) - 2000))
    if found is not None:
        return found.group(1).decode()
    return values.get("default_format") or headers.get("X-ClickHouse-Format") or DEFAULT_FORMAT


def _settings(values, method):
    settings = {}
    for name, value in values.items():
        if name in _RESERVED or name in _TRANSPORT or name.startswith("param_"):
            continue
        if _SETTING_NAME.match(name) is None:
            raise ClickHouseException.of(115, "UNKNOWN_SETTING", f"Unknown setting '{name}'")
        settings[name] = value
    if method in ("GET", "HEAD"):
        # As on the server: a GET changes nothing.
        settings.setdefault("readonly", "2")
    return settings


def _read_session(request, values):
    request.session_id = values.get("session_id", "")
    request.session_check = values.get("session_check") == "1"
    timeout = values.get("session_timeout", "60")
    if not timeout.isdigit() or not 0 < int(timeout) <= 3600:
        raise ClickHouseException.of(374, "INVALID_SESSION_TIMEOUT", f"Invalid session timeout: '{timeout}'")
    request.session_timeout = int(timeout)


def _multipart(content_type, body):
    message = BytesParser(policy=policy.HTTP).parsebytes(
        b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n" + body
    )
    if not message.is_multipart():
        raise ClickHouseException.of(36, "BAD_ARGUMENTS", "Malformed multipart/form-data body")
    parts = []
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        if name is None:
            raise ClickHouseException.of(36, "BAD_ARGUMENTS", "A part of the form has no name")
        parts.append((name, part.get_payload(decode=True).decode("utf-8")))
    return parts
