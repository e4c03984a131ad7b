"""Documents as trees: web pages and XML feeds, parsed without DTD, entities or network."""

import re

from lxml import etree, html

from worker.errors import UnexpectedPayload

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def web_page(page: object, *, of: str) -> html.HtmlElement:
    """Return the root of an HTML page, its comments left out. Raises UnexpectedPayload where there is none."""
    if not isinstance(page, str):
        raise UnexpectedPayload(f"{of} did not answer with a web page")
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(page.replace("\0", "").encode(errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise UnexpectedPayload(f"{of} answered with nothing that could be read as a web page") from error


def xml_document(page: object, *, of: str, root: str) -> etree._Element:
    """Return the root of an XML document, in which characters that XML forbids are passed over.

    Raises UnexpectedPayload for a DTD, for XML that is broken otherwise, and for any other root than `root`, which has
    its namespace in braces where it has one: `{http://www.w3.org/2005/Atom}feed`.
    """
    if not isinstance(page, str):
        raise UnexpectedPayload(f"{of} did not answer with XML text")
    start = re.search(rf"<(?:[^\s<>/:]+:)?{re.escape(root.rpartition('}')[2])}", page)
    if "<!DOCTYPE" in page[: start.start() if start else None].upper():
        raise UnexpectedPayload(f"{of}'s XML brings a DTD, which is not expected of it")
    # Stating the encoding overrides the prolog's, which spoke of the bytes this text was decoded from.
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        found = etree.fromstring(_NOT_IN_XML.sub("", page).lstrip("\ufeff \t\r\n").encode(errors="replace"), parser)
    except etree.XMLSyntaxError as error:
        raise UnexpectedPayload(f"{of}'s XML is broken: {error}") from error
    if found.tag != root or found.getroottree().docinfo.internalDTD:
        raise UnexpectedPayload(f"{of}'s XML is a {found.tag} document, not plain {root}")
    return found


def words(element: etree._Element | None) -> str | None:
    """Return the text of an element and of all within it as one single-spaced line, None if there is none."""
    if element is None:
        return None
    return " ".join("".join(str(part) for part in element.itertext()).split()) or None
