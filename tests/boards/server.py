"""The wire: a forward proxy on loopback that is itself every host behind it.

It takes `CONNECT host:443` and speaks TLS as that host, takes `GET http://host/path`, and, without any proxying,
`GET /~host/path`. A host that does not exist here is answered 502, as a proxy does when a name does not resolve.
"""

import asyncio
import contextlib
import socket
import ssl
import struct
import time
import traceback
from collections import deque
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from tests.boards.certificates import Certificates
from tests.boards.company import Company
from tests.boards.origin import Origin, unchanged
from tests.boards.wire import Answer, Request

MOST_HEAD, MOST_BODY = 64 << 10, 1 << 20
REMEMBERED = 200_000
GONE = (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ssl.SSLError, TimeoutError)
"""What a client that leaves, or is none, looks like."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it was answered; status 0 stands for a connection that was cut or refused."""

    at: float
    company: str | None
    method: str
    host: str
    target: str
    status: int
    sent: int
    """Bytes of body meant to go out, compressed."""


class Server:
    """Serves an origin on 127.0.0.1. Use from one event loop: `await start(port)`, `await stop()`."""

    def __init__(self, origin: Origin, certificates: Certificates, *, latency: float = 0.0) -> None:
        self.origin, self.certificates, self.latency = origin, certificates, latency
        self.log: deque[Seen] = deque(maxlen=REMEMBERED)
        self.connections = 0
        """How many connections there have been."""
        self.failures: list[Exception] = []
        """Mistakes of the simulation itself, which it answered with 500."""
        self.port = 0
        self._talks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> int:
        """Listen, and return the port. Raises OSError when it is taken."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port, limit=MOST_HEAD, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]
        return self.port

    async def stop(self) -> None:
        """Close every socket, however busy."""
        if self._server:
            self._server.close()
        for talk in list(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        if self._server:
            await self._server.wait_closed()
        await asyncio.sleep(0.01)  # connections that were cut tell their transports in a later turn of the loop

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        self._talks.add(talk)
        self.connections += 1
        try:
            await self._greet(reader, writer)
        except GONE:
            pass
        except asyncio.CancelledError:  # by stop alone; passed on, the stream's own callback would print it
            writer.transport.abort()
        finally:
            self._talks.discard(talk)
            writer.close()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await _read_request(reader, writer, "")
        if first is None:
            return
        if first.method != "CONNECT":
            await self._converse(reader, writer, "", first)
            return
        host = first.target.rpartition(":")[0].lower()
        company = self.origin.tenant(host)
        if not self.origin.knows(host) or self.origin.faults.refuses(host, company.slug if company else None):
            self._note(first, host, None, 0, 0)
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.drain()
        await writer.start_tls(self.certificates.context(host, of_vendor=self.origin.vendor(host) is not None))
        await self._converse(reader, writer, host, await _read_request(reader, writer, host))

    async def _converse(self, reader, writer, host: str, request: Request | None) -> None:
        """Answer one request after the other until the client leaves or asks to."""
        while request is not None:
            request = _addressed(request) if not host else request
            if not self.origin.knows(request.host):
                self._note(request, request.host, None, 0, 0)
                await _send(writer, request, Answer(502))
            else:
                answer, company = self._answer(request)
                await self._deliver(writer, request, answer, company.slug if company else None)
            if request.headers.get("connection", "").lower() == "close":
                return
            request = await _read_request(reader, writer, host)

    def _answer(self, request: Request) -> tuple[Answer, Company | None]:
        try:
            return self.origin.answer(request)
        except Exception as error:  # noqa: BLE001  a mistake here must fail the test, not look like a fault of the net
            self.failures.append(error)
            return Answer(500, "".join(traceback.format_exception(error)).encode(), "text/plain; charset=utf-8"), None

    async def _deliver(self, writer, request: Request, answer: Answer, company: str | None) -> None:
        if delay := self.latency + answer.delay:
            await asyncio.sleep(delay)
        if answer.reset:
            self._note(request, request.host, company, 0, 0)
            _cut(writer)
            raise ConnectionResetError
        if unchanged(request, answer):
            answer = answer.bent(status=304, body=b"")
        self._note(request, request.host, company, answer.status, *_size(request, answer))
        await _send(writer, request, answer)

    def _note(self, request: Request, host: str, company: str | None, status: int, sent: int) -> None:
        self.log.append(Seen(time.time(), company, request.method, host, request.target, status, sent))


async def _read_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> Request | None:
    """Read one request; None when the client has left. Raises one of GONE for what is none."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = raw[:-4].decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    words, length = first.split(" "), headers.get("content-length") or "0"
    if len(words) != 3 or not length.isdecimal() or int(length) > MOST_BODY:
        raise ConnectionAbortedError(f"this is no request: {first}")
    if int(length):
        _acknowledge(writer)
    body = await reader.readexactly(int(length))
    named = headers.get("host", "").partition(":")[0].lower()
    return Request(words[0], host or named, words[1], headers, body)


def _addressed(request: Request) -> Request:
    """Read the host from `http://host/path` or `/~host/path`."""
    if request.target.startswith("/~"):
        host, _, rest = request.target[2:].partition("/")
        target = f"/{rest}"
    elif request.target.startswith("http"):
        url = urlsplit(request.target)
        host, target = url.hostname or "", (url.path or "/") + (f"?{url.query}" if url.query else "")
    else:
        host, target = request.host, request.target
    return Request(request.method, host.lower(), target, request.headers, request.body)


def _zips(request: Request, answer: Answer) -> bool:
    return len(answer.body) > 500 and "gzip" in request.headers.get("accept-encoding", "")


def _size(request: Request, answer: Answer) -> tuple[int]:
    if answer.stream:
        return (answer.length,)
    return (len(answer.gzipped()) if _zips(request, answer) else len(answer.body),)


async def _send(writer: asyncio.StreamWriter, request: Request, answer: Answer) -> None:
    zips = _zips(request, answer)
    body = answer.gzipped() if zips else answer.body
    encoding = answer.encoding or ("gzip" if zips else "")
    head = [f"HTTP/1.1 {answer.status} {_reason(answer.status)}", *(f"{k}: {v}" for k, v in answer.headers.items())]
    head += [f"Content-Encoding: {encoding}"] if encoding else []
    head += ["Vary: Accept-Encoding", "Connection: keep-alive"]
    if answer.status != 304:
        head += [f"Content-Type: {answer.kind}", f"Content-Length: {answer.length if answer.stream else len(body)}"]
    start = ("\r\n".join(head) + "\r\n\r\n").encode("latin-1")
    if request.method == "HEAD":
        writer.write(start)
    elif answer.cut is not None:
        writer.write(start + body[: int(len(body) * answer.cut)])
        await writer.drain()
        writer.close()
        raise ConnectionResetError
    elif answer.drip or answer.stream:
        writer.write(start)
        await _send_slowly(writer, answer, body)
    else:
        writer.write(start + body)
    await writer.drain()


async def _send_slowly(writer: asyncio.StreamWriter, answer: Answer, body: bytes) -> None:
    if answer.stream:
        for chunk in answer.stream():
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(0)
        return
    size, pause = answer.drip or (len(body), 0)
    for at in range(0, len(body), size):
        writer.write(body[at : at + size])
        await writer.drain()
        await asyncio.sleep(pause)


def _acknowledge(writer: asyncio.StreamWriter) -> None:
    """Acknowledge a head at once: urllib3 turns Nagle on for proxies, and would hold the body back for 40 ms."""
    if hasattr(socket, "TCP_QUICKACK"):
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def _cut(writer: asyncio.StreamWriter) -> None:
    """Reset the connection: with no time to linger, closing sends RST."""
    raw = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
