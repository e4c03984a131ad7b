"""Atom 1.0 (RFC 4287)."""

from collections.abc import Sequence

from lxml import etree

from worker import exact
from worker.feed_formats.entry import Entry, Feed, readable

MEDIA_TYPE = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def render(feed: Feed, entries: Sequence[Entry]) -> bytes:
    """Return the document."""
    root = etree.Element(_name("feed"), nsmap={None: NAMESPACE})  # type: ignore[dict-item]  # None: the default
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", exact.moment(feed.updated))
    _add(root, "link", rel="self", type=MEDIA_TYPE, href=feed.url)
    _add(_add(root, "author"), "name", "Rolecall")
    _add(root, "generator", "Rolecall")
    for one in entries:
        _add_entry(root, one)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _add_entry(root: etree._Element, one: Entry) -> None:
    entry = _add(root, "entry")
    if one.language:
        entry.set(_LANGUAGE, readable(one.language))
    _add(entry, "id", one.id)
    _add(entry, "title", one.title)
    _add(entry, "link", rel="alternate", href=one.url)
    _add(entry, "published", exact.moment(one.published))
    _add(entry, "updated", exact.moment(one.updated))
    _add(_add(entry, "author"), "name", one.company)
    for term in one.categories:
        _add(entry, "category", term=term)
    _add(entry, "summary", one.summary)
    if one.html is not None:
        _add(entry, "content", one.html, type="html")
    elif one.text is not None:
        _add(entry, "content", one.text, type="text")


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, _name(name), {key: readable(value) for key, value in attributes.items()})
    if text is not None:
        element.text = readable(text)
    return element


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"
