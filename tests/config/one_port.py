"""The one-port server in a thread of the test, before a WSGI application that is not Foyer."""

import socket
import threading
from contextlib import contextmanager

from config.asgi import with_streams
from config.asgi_server import Server, configured, listening
from config.connections import SlowBrowserProtocol
from tests.waiting import PATIENCE_SECONDS, until


class Application:
    """A WSGI application that writes down what it saw."""

    def __init__(self):
        self.seen, self.asked, self.pieces, self.closed = {}, 0, 0, threading.Event()
        self.failed = None
        self.file = None

    def __call__(self, environ, start_response):
        self.seen, self.asked = environ, self.asked + 1
        if environ["PATH_INFO"] == "/upload":
            try:
                left = int(environ["CONTENT_LENGTH"])
                while left and (part := environ["wsgi.input"].read(min(left, 65536))):
                    left -= len(part)
            except OSError as error:
                self.failed = error
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"left %d" % left]
        if environ["PATH_INFO"] == "/file":
            start_response("200 OK", [("Content-Length", str(self.file.stat().st_size))])
            return environ["wsgi.file_wrapper"](self.file.open("rb"), 8192)
        start_response("200 OK", [("Content-Type", "text/plain")])
        if environ["PATH_INFO"] == "/short":
            return [b"short"]
        if environ["PATH_INFO"] == "/rows":
            return (b"row\n" for _ in range(1_000_000))
        return self._endless()

    def _endless(self):
        try:
            while True:
                self.pieces += 1
                yield b"x" * 65536
        finally:
            self.closed.set()


@contextmanager
def serving(pages, http=SlowBrowserProtocol):
    """The port of a server in a thread."""

    async def application(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
        else:
            await with_streams(pages)(scope, receive, send)

    sock = listening("127.0.0.1", 0)
    config = configured(application)
    config.http = http
    server = Server(config)
    thread = threading.Thread(target=server.run, args=([sock],))
    thread.start()
    until(lambda: server.started)
    try:
        yield sock.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)


def send(port, *lines, body=b""):
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
    connection.sendall("\r\n".join([*lines, "Host: localhost", "", ""]).encode() + body)
    return connection


def whole(connection):
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    connection.close()
    return b"".join(parts)
