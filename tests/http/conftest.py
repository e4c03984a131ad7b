"""Hosts of raw bytes on loopback, which can lie, drip and cut, and clients to send there."""

import gzip
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
import trustme

from worker.http import BoardClient, Limits, Permit, SessionPool, Validators

PATIENCE = 10.0
"""Seconds a test waits for what must happen; it fails after that, and passes as soon as it does."""


@dataclass(frozen=True)
class Request:
    """What a client sent: header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""


class Wire:
    """One connection, from the host's side."""

    def __init__(self, connected: socket.socket, host: "Host") -> None:
        self.socket = connected
        self.host = host
        self._unread = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def read(self) -> Request | None:
        head = self._until(b"\r\n\r\n")
        if head is None:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        length = int(headers.get("content-length", 0))
        while len(self._unread) < length:
            self._unread += self.socket.recv(65_536)
        body, self._unread = self._unread[:length], self._unread[length:]
        return Request(method, target, headers, body)

    def _until(self, mark: bytes) -> bytes | None:
        while mark not in self._unread:
            if not (data := self.socket.recv(65_536)):
                return None
            self._unread += data
        head, _, self._unread = self._unread.partition(mark)
        return head


Script = Callable[[Wire, Request], bool | None]
"""Answers a request over the wire; True keeps the connection for the next one."""


@dataclass
class Host:
    """A host on 127.0.0.1 whose every path is answered by a script."""

    tls: ssl.SSLContext | None = None
    scripts: dict[str, Script] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    sent: int = 0
    """Bytes that `flood` and `drip` got rid of."""

    def __post_init__(self) -> None:
        self.given_up = threading.Event()
        """Set when a client goes away while a script is still sending."""
        self.hung_up = threading.Semaphore(0)
        """Released whenever the host has closed a connection."""
        self.stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)

    def url(self, path: str = "/", name: str = "localhost") -> str:
        return f"{'https' if self.tls else 'http'}://{name}:{self.port}{path}"

    def on(self, path: str, script: Script) -> str:
        """Answer a path with a script, and return its address."""
        self.scripts[path] = script
        return self.url(path)

    def stop(self) -> None:
        self.stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connected in list(self._open):
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connected, _ = self._listener.accept()
                self.connections += 1
                self._open.add(connected)
                self._start(self._serve, connected)

    def _serve(self, connected: socket.socket) -> None:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        used = connected
        try:
            if "handshake" in self.scripts:
                self.scripts["handshake"](Wire(connected, self), Request("", "", {}))
                return
            if self.tls:
                used = self.tls.wrap_socket(connected, server_side=True)
                self._open.add(used)
            wire = Wire(used, self)
            while request := wire.read():
                self.requests.append(request)
                script = self.scripts.get(request.target.partition("?")[0]) or self.scripts["*"]
                if not script(wire, request):
                    return
        except OSError:
            pass
        finally:
            used.close()
            self._open -= {used, connected}
            self.hung_up.release()


def head(status: int = 200, **headers: object) -> bytes:
    """Return the first lines of an answer; `content_length` is written Content-Length."""
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def chunked(*pieces: bytes) -> bytes:
    """Return pieces as a chunked body, with its end."""
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (*pieces, b""))


def gzipped(data: bytes) -> bytes:
    """Return data packed the same way at any time of day, so that tests named by it keep their names."""
    return gzip.compress(data, mtime=0)


def reply(body: bytes = b"", status: int = 200, **headers: object) -> Script:
    """Answer properly, and keep the connection."""
    headers.setdefault("content_length", len(body))
    return raw(head(status, **headers) + body, keep=True)


def raw(data: bytes, *, keep: bool = False) -> Script:
    """Send these bytes and, unless it is to be kept, end the connection."""

    def script(wire: Wire, request: Request) -> bool:
        wire.send(data)
        return keep

    return script


def drip(first: bytes = b"", drop: bytes = b"x") -> Script:
    """Send `first` at once, then a drop every 20 ms for as long as anybody listens."""

    def script(wire: Wire, request: Request) -> None:
        _pour(wire, first, drop, pause=0.02, most=1 << 20)

    return script


def flood(first: bytes, wave: bytes, most: int) -> Script:
    """Send `first`, then waves as fast as they are taken, `most` bytes in all."""

    def script(wire: Wire, request: Request) -> None:
        _pour(wire, first, wave, pause=0, most=most)

    return script


def _pour(wire: Wire, first: bytes, piece: bytes, *, pause: float, most: int) -> None:
    try:
        wire.send(first)
        while wire.host.sent < most and not wire.host.stopping.wait(pause):
            wire.send(piece)
            wire.host.sent += len(piece)
    except OSError:
        wire.host.given_up.set()
        raise


def tunnel(target: Host) -> Script:
    """Be a proxy: whatever name a client wants, it is led to `target`."""

    def script(wire: Wire, request: Request) -> None:
        with socket.create_connection(("127.0.0.1", target.port)) as other:
            if request.method == "CONNECT":
                wire.send(b"HTTP/1.1 200 Go ahead\r\n\r\n")
            else:  # an address in full: plain http is forwarded, not tunnelled
                lines = [f"{request.method} /{request.target.split('/', 3)[3]} HTTP/1.1"]
                lines += [f"{name}: {value}" for name, value in request.headers.items()]
                other.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
            back = threading.Thread(target=_relay, args=(other, wire.socket), daemon=True)
            back.start()
            _relay(wire.socket, other)
            back.join(PATIENCE)

    return script


def _relay(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    """A certificate authority, and the file of its certificate."""
    made = trustme.CA()
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    made.cert_pem.write_to_path(str(path))
    return made, path


@pytest.fixture
def hosts() -> Iterator[Callable[..., Host]]:
    """Open hosts that are gone after the test."""
    opened: list[Host] = []

    def open_host(tls: ssl.SSLContext | None = None) -> Host:
        opened.append(Host(tls))
        return opened[-1]

    yield open_host
    for one in opened:
        one.stop()


@pytest.fixture
def host(hosts: Callable[..., Host]) -> Host:
    return hosts()


@pytest.fixture
def tls_host(hosts: Callable[..., Host], authority: tuple[trustme.CA, Path]) -> Host:
    """A host with a certificate for localhost and for jobs.example.com."""
    return hosts(server_context(authority[0], "localhost", "jobs.example.com"))


def server_context(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*names).configure_cert(context)
    return context


@pytest.fixture
def surroundings(monkeypatch: pytest.MonkeyPatch, authority: tuple[trustme.CA, Path]) -> Callable[..., None]:
    """Set environment variables as an operator would; the authority is trusted from the start."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority[1]))

    def change(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return change


@pytest.fixture
def pools(surroundings: Callable[..., None]) -> Iterator[Callable[..., SessionPool]]:
    """Make pools of sessions from the surroundings as they are; at the end nothing may be lent."""
    made: list[SessionPool] = []

    def make(*, allow_loopback: bool = True) -> SessionPool:
        made.append(SessionPool(user_agent="Rolecall/test", allow_loopback=allow_loopback))
        return made[-1]

    yield make
    for pool in made:
        assert pool.checked_out == 0
        pool.close()


MakeClient = Callable[..., BoardClient]


@pytest.fixture
def client(pools: Callable[..., SessionPool]) -> Iterator[MakeClient]:
    """Make clients that use one session one after the other, as the runs of one thread do.

    `allow_loopback` is the client's own look at an address, `connects_to_loopback` that of its connections.
    """
    lent: dict[bool, tuple[SessionPool, requests.Session]] = {}

    def make(
        *,
        validators: Validators | None = None,
        body_bytes: int = 1 << 20,
        request_seconds: float = PATIENCE,
        run_seconds: float = 60.0,
        allow_loopback: bool = True,
        connects_to_loopback: bool = True,
        pace: Callable[[float], None] = lambda most: None,
        permit: Permit | None = None,
    ) -> BoardClient:
        if connects_to_loopback not in lent:
            pool = pools(allow_loopback=connects_to_loopback)
            lent[connects_to_loopback] = (pool, pool.acquire())
        limits = Limits(body_bytes, request_seconds, run_seconds, allow_loopback=allow_loopback)
        return BoardClient(lent[connects_to_loopback][1], limits, pace, validators, permit=permit)

    yield make
    for pool, session in lent.values():
        pool.release(session)
