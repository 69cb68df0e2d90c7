"""A small threaded HTTP/1.1 server that both fronts stand on: keep-alive, chunked and gzip bodies, clean stop."""

import argparse
import fcntl
import gzip
import os
import signal
import socket
import sys
import threading
import time
import traceback
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

# Bodies are held in memory; above this the caller has to send smaller batches.
MAX_BODY_BYTES = 256 * 1024 * 1024
KEEP_ALIVE_SECONDS = 60
DRAIN_SECONDS = 5


class BodyError(Exception):
    """The request's body cannot be read; `status` is the answer."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class FrontHandler(BaseHTTPRequestHandler):
    """Reads requests whole and hands them to `handle_request`, which a front defines."""

    protocol_version = "HTTP/1.1"
    timeout = KEEP_ALIVE_SECONDS
    # One write for headers and body: half the packets, no delayed acknowledgement.
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True

    def handle_request(self, method, path, query, body):
        raise NotImplementedError

    def refuse_body(self, error):
        """How a front words an unreadable body."""
        raise NotImplementedError

    def log_message(self, format, *args):
        """No access log: a front answers thousands of requests a minute."""

    def _dispatch(self):
        with self.server.in_flight:
            try:
                self._read_and_handle()
            except (BrokenPipeError, ConnectionResetError, socket.timeout):
                # The caller went away; there is nobody to tell.
                self.close_connection = True
            except Exception:
                traceback.print_exc()
                self.close_connection = True

    def _read_and_handle(self):
        try:
            body = self._read_body()
        except BodyError as error:
            # What is left of the body would be read as the next request.
            self.close_connection = True
            self.refuse_body(error)
            return
        url = urlsplit(self.path)
        query = parse_qsl(url.query, keep_blank_values=True)
        self.handle_request(self.command, url.path, query, body)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _dispatch

    def _read_body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            raw = self._read_chunks()
        else:
            raw = self._read_exactly(self._content_length())
        encoding = self.headers.get("Content-Encoding", "identity").lower()
        if encoding in ("", "identity"):
            return raw
        if encoding == "gzip":
            return unzip(raw)
        raise BodyError(415, f"Content-Encoding {encoding} is not supported, only gzip")

    def _content_length(self):
        text = self.headers.get("Content-Length", "0")
        if not text.isdigit():
            raise BodyError(400, f"Content-Length is not a number: {text}")
        if int(text) > MAX_BODY_BYTES:
            raise BodyError(413, f"the body is over {MAX_BODY_BYTES} bytes")
        return int(text)

    def _read_exactly(self, length):
        data = self.rfile.read(length)
        if len(data) != length:
            raise ConnectionResetError("the body ended early")
        return data

    def _read_chunks(self):
        chunks = []
        total = 0
        while True:
            size = self._chunk_size(self.rfile.readline(1024))
            total += size
            if total > MAX_BODY_BYTES:
                raise BodyError(413, f"the body is over {MAX_BODY_BYTES} bytes")
            if size == 0:
                break
            chunks.append(self._read_exactly(size))
            self.rfile.readline(8)
        while self.rfile.readline(8192).strip():
            pass
        return b"".join(chunks)

    @staticmethod
    def _chunk_size(line):
        try:
            return int(line.split(b";", 1)[0], 16)
        except ValueError:
            raise BodyError(400, "malformed chunk in the body") from None

    def respond(self, status, headers, body):
        """Sends a whole answer."""
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Keep-Alive", f"timeout={KEEP_ALIVE_SECONDS}")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def unzip(raw):
    """Gunzips a body, which may not grow beyond the limit either."""
    try:
        inflate = zlib.decompressobj(wbits=31)
        data = inflate.decompress(raw, MAX_BODY_BYTES)
    except zlib.error as error:
        raise BodyError(400, f"the body is not gzip: {error}") from None
    if inflate.unconsumed_tail:
        raise BodyError(413, f"the body is over {MAX_BODY_BYTES} bytes")
    if not inflate.eof:
        raise BodyError(400, "the gzip body is cut short")
    return data


def zip_fast(data):
    return gzip.compress(data, compresslevel=1, mtime=0)


class InFlight:
    """Counts requests being answered, so that a stop waits for them."""

    def __init__(self):
        self._count = 0
        self._changed = threading.Condition()

    def __enter__(self):
        with self._changed:
            self._count += 1

    def __exit__(self, *_):
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def drain(self, seconds):
        deadline = time.monotonic() + seconds
        with self._changed:
            while self._count > 0:
                left = deadline - time.monotonic()
                if left <= 0:
                    return
                self._changed.wait(left)


class FrontServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, port, handler):
        self.in_flight = InFlight()
        super().__init__(("127.0.0.1", port), handler)

    def server_bind(self):
        # HTTPServer would look the host's name up, which can take seconds without a name server.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, socket.timeout)):
            super().handle_error(request, client_address)


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, required=True, help="loopback port to listen on")
    parser.add_argument("--data-dir", type=Path, required=True, help="directory that holds the data")
    return parser.parse_args()


def lock_directory(directory):
    """One process a data directory; the kernel gives the lock back even after a kill -9."""
    directory.mkdir(parents=True, exist_ok=True)
    handle = open(directory / "front.lock", "w")  # noqa: SIM115 - held until the process ends
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        fail(f"{directory} is in use by another process")
    return handle


def fail(message):
    print(message, file=sys.stderr, flush=True)
    sys.exit(1)


def serve(name, options, handler, open_engine):
    """Runs until SIGTERM or SIGINT: binds, opens the engine, serves, drains, closes."""
    try:
        server = FrontServer(options.port, handler)
    except OSError as error:
        fail(f"{name}: port {options.port}: {error.strerror}")
    lock = lock_directory(options.data_dir)
    server.engine = open_engine(options.data_dir)

    def stop(*_):
        # shutdown() waits for the loop that this signal handler interrupts.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"{name} listens on 127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever(poll_interval=0.05)
    server.server_close()
    server.in_flight.drain(DRAIN_SECONDS)
    server.engine.close()
    lock.close()
    sys.stdout.flush()
    # Idle connections leave threads behind that would touch the closed engine on the way out.
    os._exit(0)
