"""OPML 2.0 (http://opml.org/spec2.opml): a list of addresses, nested in groups.

An outline with an address is a place; one without is a group of those below it. A place below another one is a further
place of the same owner. That is how Rolecall writes companies and their boards, and what others write fits into it.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from lxml import etree

from worker.documents import xml_document
from worker.errors import InvalidInput, UnexpectedPayload
from worker.text import one_line

MEDIA_TYPE = "text/x-opml"
_NAMESPACE = "urn:rolecall:list"
_ADDRESSES = ("htmlurl", "url", "xmlurl")
"""Attributes that hold an address, the page before the feed."""
_NAMES = ("text", "title")


@dataclass(frozen=True, slots=True)
class Place:
    """A place: the line of the file it stands on, its name and addresses, the groups it is in.

    `board` is (ATS, board) where Rolecall wrote it, `owner` the number of the outermost place it stands below, itself
    if none.
    """

    line: int
    name: str
    addresses: Sequence[str]
    groups: Sequence[str]
    owner: int
    board: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """A company to be written: its boards as (ATS, board, address), and the groups it is in."""

    name: str
    boards: Sequence[tuple[str, str, str]]
    groups: Sequence[str] = ()


def is_opml(text: str) -> bool:
    """Whether a text is XML, and not a list with an address on each line."""
    start = text.lstrip("\ufeff \t\r\n")[:8].lower()
    return start.startswith("<") and not start.startswith("<http")


def places(text: str) -> Iterator[Place]:
    """Yield the places of an OPML text in their order. Raises InvalidInput for what is no OPML.

    XML with a DTD is refused, entities are not replaced, and no more than libxml2's usual 256 levels are read.
    """
    try:
        root = xml_document(text, of="the file", root="opml")
    except UnexpectedPayload as error:
        raise InvalidInput(f"{error}; give an OPML file, or a list with an address on each line") from None
    below = deque((outline, "", 0) for outline in _outlines(root.find("body")))
    number = 0
    while below:
        outline, group, owner = below.popleft()
        values = {str(name).lower(): str(value).strip() for name, value in outline.attrib.items()}
        name = next((values[one] for one in _NAMES if values.get(one)), "")
        addresses = [values[one] for one in _ADDRESSES if values.get(one)]
        if addresses:
            number += 1
            owner = owner or number
            yield Place(cast("int", outline.sourceline), name, addresses, _groups(values, group), owner, _board(values))
        inner = group if addresses else name
        below.extendleft((one, inner, owner) for one in reversed(_outlines(outline)))


def written(owners: Iterable[Owner], *, title: str) -> bytes:
    """Return companies as an OPML file, each below every group that it is in."""
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"rolecall": _NAMESPACE})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    groups: dict[str, etree._Element] = {}
    for owner in owners:
        for group in owner.groups or [""]:
            if group and group not in groups:
                groups[group] = etree.SubElement(body, "outline", {"text": one_line(group)})
            _write(groups[group] if group else body, owner)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _write(into: etree._Element, owner: Owner) -> None:
    """Write an owner's first place, and the others below it."""
    for number, (ats, board, address) in enumerate(owner.boards):
        values = {"text": one_line(owner.name), "type": "link", "url": address}
        values |= {f"{{{_NAMESPACE}}}ats": ats, f"{{{_NAMESPACE}}}board": board}
        outline = etree.SubElement(into, "outline", values)
        if number == 0:
            into = outline


def _outlines(element: etree._Element | None) -> list[etree._Element]:
    return [] if element is None else [one for one in element if one.tag == "outline"]


def _groups(values: dict[str, str], group: str) -> Sequence[str]:
    """Return the group above a place, and those that it names itself: `category` holds tags, and paths with slashes."""
    tags = [tag.strip() for tag in values.get("category", "").split(",") if "/" not in tag]
    return list(dict.fromkeys(one for one in (group, values.get("group", ""), *tags) if one))


def _board(values: dict[str, str]) -> tuple[str, str] | None:
    ats, board = (values.get(f"{{{_NAMESPACE}}}{name}") for name in ("ats", "board"))
    return (ats, board) if ats and board else None
