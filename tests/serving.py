"""A real web server in a thread of the test: real sockets, real bytes, and the test's own clock.

For a server in a process of its own, which can be killed, see bench/serving.py.
"""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2
import uvicorn
from fastapi import FastAPI

from app.commands.serve import listen

HOST = "127.0.0.1"


@contextmanager
def served(app: FastAPI) -> Iterator[int]:
    """Serve an application as `baraza serve` does, and yield its port."""
    listener = listen(HOST, 0)
    port: int = listener.getsockname()[1]
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        ws="none",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield port
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # a client would load certificates for itself


def browser(port: int) -> httpx2.Client:
    """Return a client that keeps cookies and does not follow redirects by itself."""
    address = f"http://{HOST}:{port}"
    return httpx2.Client(base_url=address, timeout=60, trust_env=False, verify=_NO_TLS)


@dataclass(frozen=True)
class OnTheWire:
    """One answer, byte for byte as it came over the socket."""

    raw: bytes

    @property
    def head(self) -> str:
        """Return the status line and the headers."""
        return self.raw.partition(b"\r\n\r\n")[0].decode("latin-1")

    @property
    def status(self) -> int:
        """Return the status code."""
        return int(self.head.split(" ", 2)[1])

    @property
    def body(self) -> bytes:
        """Return what came after the headers, still compressed."""
        return self.raw.partition(b"\r\n\r\n")[2]

    def header(self, name: str) -> str | None:
        """Return the value of a header, None if it was not sent."""
        for line in self.head.split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.strip().lower() == name.lower():
                return value.strip()
        return None


def get_raw(port: int, path: str, headers: dict[str, str]) -> OnTheWire:
    """Send one GET over a socket of its own and return every byte that comes back."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}:{port}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    with socket.create_connection((HOST, port), timeout=30) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        received = bytearray()
        while part := connection.recv(65536):
            received += part
    return OnTheWire(bytes(received))
