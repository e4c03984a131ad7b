"""Spoilt and oversized bodies."""

import re
import zlib
from collections.abc import Iterator
from functools import cache
from typing import Any

import orjson

from tests.boards.vendors.vendor import Vendor

MEGABYTE = 1 << 20
OPENING, CLOSING = b'{"jobs":[', b"]}"


def renamed(body: bytes, vendor: Vendor) -> bytes:
    """Rename the container of the rows."""
    if vendor.name == "personio":
        return body.replace(b"workzag-jobs", b"job-feed").replace(b"position>", b"vacancy>")
    data = orjson.loads(body)
    if isinstance(data, list):
        return orjson.dumps({"results": data, "next": None})
    return orjson.dumps({f"{name}V2" if name == vendor.container else name: value for name, value in data.items()})


def spoiled(body: bytes, vendor: Vendor) -> bytes:
    """Put two bytes that are no UTF-8 into the first title."""
    mark = b"<name>" if vendor.name == "personio" else f'"{vendor.title_field}":"'.encode()
    before, found, after = body.partition(mark)
    return before + found + b"\xff\xfe" + after if found else body + b"\xff\xfe"


def untitled(body: bytes, vendor: Vendor, count: int) -> bytes:
    """Take the title from the first rows."""
    if vendor.name == "personio":
        return re.sub(rb"(</department>\s*<recruitingCategory>[^<]*</recruitingCategory>\s*)<name>[^<]*</name>", rb"\1",
                      body, count=count)  # fmt: skip
    data = orjson.loads(body)
    for row in _rows(data, vendor)[:count]:
        row.pop(vendor.title_field, None)
    return orjson.dumps(data)


def _rows(data: Any, vendor: Vendor) -> list[dict[str, Any]]:
    return data if isinstance(data, list) else data.get(vendor.container, [])


def huge(megabytes: int) -> Iterator[bytes]:
    """Make up a JSON document of so many megabytes of white space."""
    yield OPENING
    for _ in range(megabytes * 16):
        yield b" " * (MEGABYTE // 16)
    yield CLOSING


def huge_length(megabytes: int) -> int:
    """Return the size of `huge`."""
    return len(OPENING) + megabytes * MEGABYTE + len(CLOSING)


def bomb(megabytes: int) -> Iterator[bytes]:
    """Make up one gzip member that unpacks to `huge`: after a full flush, a block of deflate may be sent again."""
    block = _block()
    yield block.head
    for _ in range(megabytes // 16):
        yield block.body * 16
    yield block.body * (megabytes % 16)
    yield block.tail
    yield _checksum(megabytes).to_bytes(4, "little") + (huge_length(megabytes) & 0xFFFFFFFF).to_bytes(4, "little")


def bomb_length(megabytes: int) -> int:
    """Return the size of `bomb`."""
    block = _block()
    return len(block.head) + len(block.body) * megabytes + len(block.tail) + 8


class _Block:
    def __init__(self) -> None:
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        header = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
        self.head = header + deflate.compress(OPENING) + deflate.flush(zlib.Z_FULL_FLUSH)
        self.body = deflate.compress(b" " * MEGABYTE) + deflate.flush(zlib.Z_FULL_FLUSH)
        self.tail = deflate.compress(CLOSING) + deflate.flush(zlib.Z_FINISH)


@cache
def _block() -> _Block:
    return _Block()


@cache
def _checksum(megabytes: int) -> int:
    """CRC-32 of `huge`, about a quarter of a second for a gigabyte."""
    checksum, filling = zlib.crc32(OPENING), b" " * MEGABYTE
    for _ in range(megabytes):
        checksum = zlib.crc32(filling, checksum)
    return zlib.crc32(CLOSING, checksum)
