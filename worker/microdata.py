"""Items written into a page's elements, as microdata or RDFa, read as JSON-LD would say them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import islice
from typing import Any

from lxml import etree, html

_DEEPEST = 8
"""Items within items, and texts within texts; schema.org's own examples need four."""
_LONGEST = 500
"""Characters of a property's value that is not a description."""
_PIECES_MOST = 50
"""Pieces of text, between tags, that such a value is put together from."""
_REPEATED_MOST = 8
"""How often a page's text may come back in descriptions: where postings stand within postings, it is in each."""

_LONGEST_TAG = 250

_NAME = re.compile(r"(?:https?://schema\.org/|schema:)?(?P<name>[A-Za-z]\w*)")
_NAMED = re.compile(r"\b(?:itemtype|typeof)\s*=[^<>]{0,200}\Z")
_PASSED_OVER = re.compile(r"\0|</(?:body|html)\s*>", re.IGNORECASE)  # lxml ends there, browsers go on
_ADDRESSES = {"url", "sameAs", "image", "logo", "mainEntityOfPage"}
_WITH_MARKUP = {"description", "responsibilities", "qualifications", "skills", "jobBenefits", "incentiveCompensation"}


@dataclass(frozen=True, slots=True)
class _Syntax:
    """Which attributes open an item, name its type and name its properties."""

    item: str
    type: str
    property: str


@dataclass(slots=True)
class _Reading:
    """A page being read in one syntax, and the characters that further descriptions may have."""

    syntax: _Syntax
    left: int


_SYNTAXES = (
    _Syntax(item="itemscope", type="itemtype", property="itemprop"),
    _Syntax(item="typeof", type="typeof", property="property"),
)


def items(page: str, type_name: str) -> list[list[dict[str, Any]]]:
    """Return the items of a schema.org type, first those of a page's microdata, then those of its RDFa.

    Each is a dict of `@type` and its properties; a property said more than once is a list. Descriptions keep their
    markup, everything else is text or an address as it stands.
    """
    if not _is_named(page.lower(), type_name.lower()):
        return [[], []]
    root = _document(page)
    if root is None:
        return [[], []]
    readings = [_Reading(syntax, left=_REPEATED_MOST * len(page)) for syntax in _SYNTAXES]
    return [[_item(element, one, 0) for element in _of_type(root, one.syntax, type_name)] for one in readings]


def _is_named(page: str, type_name: str) -> bool:
    """Whether a tag of a page names a type. The type is sought first: one pattern for all takes many times as long."""
    at = page.find(type_name)
    while at >= 0:
        start = max(0, at - _LONGEST_TAG)
        within = page[max(page.rfind("<", start, at), page.rfind(">", start, at), start) : at]
        if ("itemtype" in within or "typeof" in within) and _NAMED.search(within):
            return True
        at = page.find(type_name, at + 1)
    return False


def _document(page: str) -> etree._Element | None:
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(_PASSED_OVER.sub("", page).encode(errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError):  # nothing in it
        return None


def _of_type(root: etree._Element, syntax: _Syntax, type_name: str) -> list[etree._Element]:
    return [
        element
        for element in root.iter()
        if isinstance(element.tag, str) and type_name in _types(element, syntax) and syntax.item in element.attrib
    ]


def _types(element: etree._Element, syntax: _Syntax) -> list[str]:
    return [name for word in element.get(syntax.type, "").split()[:10] if (name := _name(word))]


def _name(word: str) -> str | None:
    """Return schema.org's name, or None for another vocabulary's (`og:title`)."""
    found = _NAME.fullmatch(word)
    return found["name"] if found else None


def _item(element: etree._Element, reading: _Reading, depth: int) -> dict[str, Any]:
    types = _types(element, reading.syntax)
    found: dict[str, Any] = {"@type": types[0] if len(types) == 1 else types}
    for name, value in _properties(element, reading, depth):
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def _properties(item: etree._Element, reading: _Reading, depth: int) -> Iterator[tuple[str, Any]]:
    """Yield what an item says, in the page's order; what stands in an inner item is that one's to say."""
    syntax = reading.syntax
    waiting = [(child, 0) for child in reversed(item)]
    while waiting:
        element, texts = waiting.pop()
        names = [name for word in element.get(syntax.property, "").split()[:5] if (name := _name(word))]
        is_item = syntax.item in element.attrib
        if is_item and names and depth < _DEEPEST:
            value: Any = _item(element, reading, depth + 1)
            yield from ((name, value) for name in names)
        elif not is_item:
            if names and texts < _DEEPEST:
                yield from ((name, _value(element, name, reading)) for name in names)
            waiting += [(child, texts + bool(names)) for child in reversed(element)]


def _value(element: etree._Element, name: str, reading: _Reading) -> str:
    for attribute in ("content", "datetime", "value"):
        if (stated := element.get(attribute)) is not None:
            return str(stated)
    address = element.get("href") or element.get("src") or element.get("resource")
    if address is not None and (name in _ADDRESSES or element.tag in ("link", "img")):
        return str(address)
    if name in _WITH_MARKUP:
        return _markup(element, reading)
    pieces = [str(piece)[: _LONGEST * 10] for piece in islice(element.itertext(), _PIECES_MOST)]
    return " ".join("".join(pieces)[: _LONGEST * 10].split())[:_LONGEST]


def _markup(element: etree._Element, reading: _Reading) -> str:
    if reading.left <= 0:
        return ""
    inner = [html.tostring(child, encoding="unicode") for child in element]
    found = escape(element.text or "") + "".join(inner)
    reading.left -= len(found)
    return found
