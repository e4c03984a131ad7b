"""robots.txt and sitemaps: where a site says its pages are, and when they last changed. Pure.

https://www.sitemaps.org/protocol.html
"""

import re
import zlib
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree

from worker.errors import UnexpectedPayload

INFLATED_MOST = 64 * 1024 * 1024
"""Bytes of an unpacked sitemap; the protocol allows 50 MB."""
ENTRIES_MOST = 200_000
"""Lines of a sitemap that are read; the protocol allows 50,000 entries."""
TAGS_MOST = 1_000_000
"""Tags of a sitemap that are read: unpacked, a few kilobytes can hold ten million, and a tree of those gigabytes."""
_GZIP = b"\x1f\x8b"
_GZIP_STREAM = 31  # window bits
_NAMED_MOST = 100
_LONGEST_ADDRESS = 2_000
_LONGEST_MOMENT = 40
_TOO_LONG = "it is longer than any sitemap may be, and was not read to its end"
_ROBOTS_MOST = 1_000_000
"""Characters of a robots.txt; RFC 9309 §2.5 asks for half a megabyte."""
_LINE = re.compile(rb"[^\r\n]+")
_TAG = re.compile(rb"<")
_ROBOTS_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2000})", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """An address, and when the site says that what is there changed last, in its own words (mostly ISO 8601)."""

    url: str
    lastmod: str | None = None


@dataclass(slots=True)
class Sitemap:
    """What a sitemap names: further sitemaps, or pages. `fault` says why entries may be missing."""

    sitemaps: list[Entry] = field(default_factory=list)
    pages: list[Entry] = field(default_factory=list)
    fault: str | None = None


def of_robots(robots: str) -> list[str]:
    """Return the addresses of the sitemaps that a robots.txt names, at most a hundred."""
    return list(dict.fromkeys(_ROBOTS_LINE.findall(robots[:_ROBOTS_MOST])))[:_NAMED_MOST]


def read(content: bytes) -> Sitemap | None:
    """Read a sitemap or an index of sitemaps, gzipped or not, XML or a line per address; None for anything else.

    XML that breaks off or is malformed gives what can be read of it, and says so. Raises UnexpectedPayload for what
    is damaged, too large when unpacked, or brings a DTD.
    """
    if content.startswith(_GZIP):
        content = _inflated(content)
    start = content[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:4].lower() == b"http":
        return _of_lines(content)
    if not start.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return None
    return _of_xml(content.lstrip(b" \t\r\n"))


def _inflated(content: bytes) -> bytes:
    pieces: list[bytes] = []
    size = 0
    try:
        while content.startswith(_GZIP):  # a gzip file may hold several members
            member = zlib.decompressobj(wbits=_GZIP_STREAM)
            pieces.append(member.decompress(content, INFLATED_MOST - size + 1))
            size += len(pieces[-1])
            if size > INFLATED_MOST or len(pieces) > _NAMED_MOST:
                raise UnexpectedPayload(f"the sitemap unpacks to more than {INFLATED_MOST:,} bytes, so it is not read")
            if not member.eof:
                raise UnexpectedPayload("the sitemap's gzip file ends early")
            content = member.unused_data
    except zlib.error as error:
        raise UnexpectedPayload(f"the sitemap's gzip file is damaged ({error})") from error
    return b"".join(pieces)


def _of_lines(content: bytes) -> Sitemap:
    lines = (found[0].decode("utf-8-sig", "replace").strip() for found in _LINE.finditer(content))
    named = list(islice((line for line in lines if 0 < len(line) <= _LONGEST_ADDRESS), ENTRIES_MOST + 1))
    fault = _TOO_LONG if len(named) > ENTRIES_MOST else None
    return Sitemap(pages=[Entry(line) for line in named[:ENTRIES_MOST]], fault=fault)


def _of_xml(content: bytes) -> Sitemap | None:
    fault = None
    if content.count(b"<") > TAGS_MOST:
        fault = _TOO_LONG
        content = content[: next(islice(_TAG.finditer(content), TAGS_MOST, None)).start()]
    try:
        root = etree.fromstring(content, _parser(recover=bool(fault)))
    except etree.XMLSyntaxError as error:
        fault = f"its XML is broken ({str(error)[:200]})"
        root = etree.fromstring(content, _parser(recover=True))
    if root is None:
        return None
    kind = _local(root)
    if kind not in ("urlset", "sitemapindex"):
        return None
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnexpectedPayload("the sitemap brings a DTD, which no sitemap has")
    entries = [entry for element in root if (entry := _entry(element))]
    return Sitemap(pages=entries, fault=fault) if kind == "urlset" else Sitemap(sitemaps=entries, fault=fault)


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True, recover=recover,
    )  # fmt: skip


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _entry(element: etree._Element) -> Entry | None:
    # <url><loc>https://…</loc><lastmod>2026-11-02</lastmod>…</url>, in an index <sitemap>
    values = {_local(child): (child.text or "").strip() for child in element if isinstance(child.tag, str)}
    url, lastmod = values.get("loc", ""), values.get("lastmod", "")
    if not url or len(url) > _LONGEST_ADDRESS:
        return None
    return Entry(url, lastmod if 0 < len(lastmod) <= _LONGEST_MOMENT else None)
