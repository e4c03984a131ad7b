"""A careers host for the benchmark: a forward proxy with TLS that serves 200 KB Greenhouse boards, with latency."""

import argparse
import asyncio
import contextlib
import hashlib
import random
import ssl
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import trustme
from isal import igzip

HOST = "boards-api.greenhouse.io"
JOBS = 40
JOB_BYTES = 5_000
"""The mean description of the boards recorded in October 2025 has 5.4 kB."""
WORDS = [
    "".join(random.Random(n).choices("etaoinshrdlucmfwyp", k=random.Random(n).randint(2, 11))) for n in range(4000)
]


def job(board: str, number: int, version: int, size: int = JOB_BYTES) -> dict[str, Any]:
    """One posting; a twentieth of a board's (5 %) differ from version to version."""
    changes = version if number % 20 == version % 20 else 0
    chance = random.Random(f"{board}/{number}/{changes}")
    words = " ".join(chance.choices(WORDS, k=size // 6))
    return {
        "id": int(hashlib.md5(f"{board}/{number}".encode()).hexdigest()[:8], 16),
        "title": f"{chance.choice(WORDS).title()} Engineer {number}",
        "absolute_url": f"https://boards.greenhouse.io/{board}/jobs/{number}",
        "location": {"name": chance.choice(("Berlin, Germany", "Remote", "Lisbon, Portugal"))},
        "first_published": "2026-10-01T09:00:00-04:00",
        "updated_at": "2026-10-02T09:00:00-04:00",
        "departments": [{"id": 1, "name": "Engineering"}],
        "offices": [],
        "content": f"&lt;p&gt;{words[: size - 300]}&lt;/p&gt;",
    }


@lru_cache(maxsize=4096)
def body(board: str, version: int) -> tuple[bytes, str]:
    """Return a board as gzip, and its ETag."""
    raw = orjson.dumps({"jobs": [job(board, number, version) for number in range(JOBS)], "meta": {"total": JOBS}})
    return igzip.compress(raw, 2), f'W/"{hashlib.md5(raw).hexdigest()}"'


class Careers:
    """Answers over one port as every board of the host; `mode` is set through http://control/."""

    def __init__(self, authority: trustme.CA, latency: float) -> None:
        self.latency, self.etags, self.version = latency, True, 0
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(HOST).configure_cert(self._context)

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until the client leaves."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            method, target, _ = await _head(reader)
            if method == "CONNECT":
                await asyncio.sleep(2 * self.latency)  # connecting and the TLS handshake are round trips too
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
                await writer.start_tls(self._context)
                while True:
                    method, target, headers = await _head(reader)
                    await asyncio.sleep(self.latency)
                    writer.write(self._answer(target, headers))
                    await writer.drain()
            else:
                mode = dict(part.split("=") for part in urlsplit(target).query.split("&"))
                self.etags, self.version = mode["etags"] == "1", int(mode["version"])
                for board in range(int(mode["boards"])):
                    body(f"board{board}", self.version)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    def _answer(self, target: str, headers: dict[str, str]) -> bytes:
        compressed, etag = body(target.split("/")[3], self.version)
        if self.etags and headers.get("if-none-match") == etag:
            return f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode()
        shown = f"ETag: {etag}\r\n" if self.etags else ""
        return (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n{shown}"
            f"Content-Length: {len(compressed)}\r\n\r\n"
        ).encode() + compressed


async def _head(reader: asyncio.StreamReader) -> tuple[str, str, dict[str, str]]:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    return method, target, {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines if line)}


async def main() -> None:
    """Serve until the parent ends this process."""
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--folder", type=Path, required=True)
    cli.add_argument("--latency", type=float, default=0.05)
    options = cli.parse_args()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(options.folder / "ca.pem"))
    server = await asyncio.start_server(Careers(authority, options.latency).accept, "127.0.0.1", 0, backlog=1024)
    (options.folder / "port").write_text(str(server.sockets[0].getsockname()[1]))
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
