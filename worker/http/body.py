"""Reading an answer's body: bounded in bytes before and after inflating, and never taken for whole when it is not."""

from collections.abc import Iterator
from typing import Any

import requests
from isal import isal_zlib
from isal.igzip_lib import IsalError

from worker.errors import BoardUnavailable, UnexpectedPayload

_CHUNK = 65_536
_GZIP = 31  # window bits of a gzip stream


def read(response: requests.Response, *, most: int) -> tuple[bytes, int]:
    """Return (decoded body, bytes on the wire).

    Raises UnexpectedPayload for more than `most` decoded bytes or an encoding that was not asked for, BoardUnavailable
    for a body that ends early.
    """
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    received: list[bytes] = []
    size = 0
    for chunk in _chunks(response.raw):
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        received.append(chunk)
    advertised = response.headers.get("Content-Length", "")
    if advertised.isdecimal() and int(advertised) != size:
        raise BoardUnavailable(f"the answer ended after {size:,} of {int(advertised):,} bytes")
    raw = b"".join(received)
    if encoding in ("", "identity"):
        return raw, size
    if encoding in ("gzip", "x-gzip"):
        return _inflate(raw, most), size
    raise UnexpectedPayload(f"the answer is encoded as {encoding[:40]!r}, which was not asked for")


def _chunks(raw: Any) -> Iterator[bytes]:
    """Yield what arrives, as it arrives: `read` would wait for a full chunk, however slowly it drips."""
    while chunk := raw.read1(_CHUNK, decode_content=False):
        yield chunk


def _inflate(raw: bytes, most: int) -> bytes:
    inflated: list[bytes] = []
    size = 0
    rest = raw
    try:
        while rest:  # a gzip file may hold several members
            member = isal_zlib.decompressobj(wbits=_GZIP)
            piece = member.decompress(rest, most - size + 1)
            size += len(piece)
            if size > most:
                raise _too_large(most)
            if not member.eof:
                raise BoardUnavailable("the compressed answer ended early")
            inflated.append(piece)
            rest = member.unused_data.lstrip(b"\0")
    except (IsalError, ValueError) as error:  # type: ignore[misc]  # isal's stubs give the class as a value
        raise BoardUnavailable(f"the compressed answer is damaged ({error})") from error
    return b"".join(inflated)


def _too_large(most: int) -> UnexpectedPayload:
    return UnexpectedPayload(f"the answer is larger than {most:,} bytes, so it was not read to its end")
