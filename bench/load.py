"""Many phones at once, in a process of their own: each sends its next request when answered.

Run as a program: a job as JSON on standard input, what happened as JSON on standard output.
"""

import json
import selectors
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from time import perf_counter

from bench.serving import HOST, environment


@dataclass
class Load:
    """What came back: seconds from first to last, one latency for each answer, and statuses."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    bytes_of_one: int = 0

    @property
    def per_second(self) -> float:
        """Return answers a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """Return the latency, in milliseconds, within which this share was answered."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


def send(port: int, requests: Sequence[Sequence[bytes]], *, seconds: float | None = None) -> Load:
    """Send requests over one connection for each list, and return what came back.

    With `seconds` each connection sends its list over and over for so long; without, once.
    """
    job = {
        "port": port,
        "requests": [[one.decode("latin-1") for one in some] for some in requests],
        "seconds": seconds,
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(job).encode(),
        stdout=subprocess.PIPE,
        env=environment({}),
        check=True,
    )
    return Load(**json.loads(done.stdout))


def get(path: str, port: int, **headers: str) -> bytes:
    """Return the bytes of a GET, as a browser of today sends it."""
    return _request("GET", path, port, headers, b"")


def post(path: str, port: int, form: bytes, **headers: str) -> bytes:
    """Return the bytes of a form sent by a browser."""
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    return _request("POST", path, port, headers, form)


def _request(method: str, path: str, port: int, headers: dict[str, str], body: bytes) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {HOST}:{port}",
        "User-Agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Encoding: gzip, deflate, br",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class _Phone:
    """One connection that is kept alive."""

    def __init__(self, port: int, requests: Sequence[bytes], *, again: bool) -> None:
        self.requests = requests
        self.again = again
        self.next = 0
        self.received = bytearray()
        self.begun = 0.0
        self.socket = socket.create_connection((HOST, port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self) -> bool:
        """Send the next request; say no when there is none left."""
        if self.next == len(self.requests):
            if not self.again:
                return False
            self.next = 0
        self.received.clear()
        self.begun = perf_counter()
        self.socket.sendall(self.requests[self.next])
        self.next += 1
        return True

    def is_answered(self) -> bool:
        """Take what has come, and say whether that is the whole answer."""
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError("the server hung up")
        self.received += part
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return False
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                return len(body) >= int(value)
        return body.endswith(b"0\r\n\r\n")  # sent in chunks


def ask(port: int, request: bytes) -> bytes:
    """Send one request and return every byte of its answer."""
    phone = _Phone(port, [request], again=False)
    phone.send()
    while not phone.is_answered():
        continue
    phone.socket.close()
    return bytes(phone.received)


def _run(port: int, requests: Sequence[Sequence[bytes]], seconds: float | None) -> Load:
    load = Load()
    phones = [_Phone(port, some, again=seconds is not None) for some in requests]
    selector = selectors.DefaultSelector()
    begun = perf_counter()
    waiting = 0
    for phone in phones:
        if phone.send():
            selector.register(phone.socket, selectors.EVENT_READ, phone)
            waiting += 1
    while waiting:
        for key, _ in selector.select():
            phone = key.data
            if not phone.is_answered():
                continue
            now = perf_counter()
            load.latencies.append(now - phone.begun)
            status = phone.received[9:12].decode("ascii")
            load.statuses[status] = load.statuses.get(status, 0) + 1
            load.bytes_of_one = len(phone.received)
            is_over = seconds is not None and now - begun >= seconds
            if is_over or not phone.send():
                selector.unregister(phone.socket)
                phone.socket.close()
                waiting -= 1
    load.seconds = perf_counter() - begun
    return load


def main() -> None:
    """Do the job that standard input describes."""
    job = json.load(sys.stdin)
    requests = [[one.encode("latin-1") for one in some] for some in job["requests"]]
    print(json.dumps(asdict(_run(job["port"], requests, job["seconds"]))))


if __name__ == "__main__":
    main()
