"""Reading an answer's body: bounded in bytes before and after inflating, and never taken for whole when it is not."""

import io
from collections.abc import Iterator
from typing import Any

import requests
from isal import isal_zlib
from isal.igzip_lib import IsalError

from worker.errors import BoardUnavailable, UnexpectedPayload

_CHUNK = 65_536
_GZIP = 31  # window bits of a gzip stream
_MEMBERS_MOST = 100  # each further one costs a copy of all that follows
_UNWANTED_MOST = 65_536


def read(response: requests.Response, *, most: int) -> tuple[bytes, int]:
    """Return (decoded body, bytes on the wire).

    Raises UnexpectedPayload for more than `most` decoded bytes or an encoding that was not asked for, BoardUnavailable
    for a body that ends early (also urllib3's errors, where it is the first to notice).
    """
    raw = _receive(response, most)
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        return raw, len(raw)
    if encoding in ("gzip", "x-gzip"):
        return _inflate(raw, most), len(raw)
    raise UnexpectedPayload(f"the answer is encoded as {encoding[:40]!r}, which was not asked for")


def beginning(response: requests.Response, *, most: int) -> tuple[bytes, int]:
    """Return (the first `most` decoded bytes, bytes on the wire) of a body whose rest does not matter.

    Raises BoardUnavailable for a damaged one, UnexpectedPayload for an encoding that was not asked for.
    """
    raw = bytearray()
    for chunk in _chunks(response.raw):
        raw += chunk
        if len(raw) > most:
            break
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        return bytes(raw[:most]), len(raw)
    if encoding not in ("gzip", "x-gzip"):
        raise UnexpectedPayload(f"the answer is encoded as {encoding[:40]!r}, which was not asked for")
    try:
        return isal_zlib.decompressobj(wbits=_GZIP).decompress(bytes(raw), most), len(raw)
    except (IsalError, ValueError) as error:  # type: ignore[misc]  # isal's stubs give the class as a value
        raise BoardUnavailable(f"the compressed answer is damaged ({error})") from error


def pass_over(response: requests.Response) -> None:
    """Read a short body that nobody wants, so that its connection can be used again."""
    size = 0
    for chunk in _chunks(response.raw):
        size += len(chunk)
        if size > _UNWANTED_MOST:
            return


def _receive(response: requests.Response, most: int) -> bytes:
    received = io.BytesIO()
    size = 0
    for chunk in _chunks(response.raw):
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        received.write(chunk)
    framed = "Content-Length" in response.headers or "Transfer-Encoding" in response.headers
    if not size and not framed:
        raise BoardUnavailable("the answer ended before its body began")
    return received.getvalue()


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
            if len(inflated) == _MEMBERS_MOST:
                raise UnexpectedPayload(f"the compressed answer is made of more than {_MEMBERS_MOST} pieces")
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
