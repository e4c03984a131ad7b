"""Varbi: one RSS feed per board holds every posting with its text; a page per posting the rest. Checked 2026-11.

https://www.varbi.com documents no reading: https://acme.varbi.com/what:rssfeed/ is what every board offers to feed
readers. Texts may be escaped twice. Place, terms and the employer's number stand only in the table (`quick-info`) of a
posting's page.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any

from lxml import etree, html

from worker.documents import xml_document
from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import moment, text
from worker.posting import BoardKey, Page, Posting, Skipped

# acme.varbi.com/en/what:job/jobID:812345/
BOARD = (
    r"(?:https?://)?(?!(?:www|api|support|login|help|static|cdn|candidate)\.)"
    r"(?P<board>[a-z0-9][a-z0-9-]*)\.varbi\.com(?::\d+)?(?=[/?#]|$)"
)
JOB = re.compile(r"/what(?::|%3A)job/jobID(?::|%3A)(\d+)", re.IGNORECASE)
INFO = ("type-of-employment", "hours", "town", "county", "country", "reference-number", "ends")


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole board as RSS text."""
    yield Page(http.get_text(f"{_site(board)}/what:rssfeed/"))


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every item of the feed's channel."""
    yield from each([_row(item) for item in _channel(page.data).iterfind("item")], _posting)


def detail(http: Http, _board: BoardKey, posting: Posting) -> Any:
    """Ask for a posting's page."""
    return http.get_text(posting.url)


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add what the page's table says to a posting of the feed."""
    info = _info(payload)
    if info is None:
        raise UnexpectedPayload(f"the page of Varbi posting {posting.external_id} has no table of facts")
    place = ", ".join(dict.fromkeys(said for name in ("town", "county", "country") if (said := info.get(name))))
    terms = ", ".join(said for name in ("type-of-employment", "hours") if (said := info.get(name)))
    return replace(
        posting,
        locations=[place] if place else [],
        country_codes=[info["country"]] if "country" in info else [],
        employment_type=terms or None,
        closes_at=_day(info.get("ends")),
        requisition_id=info.get("reference-number"),
    )


def _site(board: BoardKey) -> str:
    return f"https://{board['board']}.varbi.com"


def _channel(data: Any) -> etree._Element:
    channel = xml_document(data, of="the Varbi board", root="rss").find("channel")
    if channel is None:
        raise UnexpectedPayload("the Varbi board's RSS has no channel")
    return channel


def _row(item: etree._Element) -> dict[str, Any]:
    row: dict[str, Any] = {name: item.findtext(name) for name in ("title", "link", "description", "pubDate")}
    found = JOB.search(row["link"] or "")
    return {**row, "id": found[1] if found else None, "title": unescape(row["title"] or "").strip()}


def _posting(row: dict[str, Any]) -> Posting:
    body = text(row["description"])
    return Posting(
        external_id=row["id"],
        title=row["title"],
        url=text(row["link"]) or "",
        posted_at=_date(row["pubDate"]),
        description_html=body if body is None or re.search(r"<[a-z/]", body, re.IGNORECASE) else unescape(body),
    )


def _date(value: Any) -> datetime | None:
    """Read `Wed, 02 Sep 2026 06:55:00 +0200`."""
    said = text(value)
    try:
        found = parsedate_to_datetime(said) if said else None
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC) if found else None
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _day(said: str | None) -> datetime | None:
    """Read a last day to apply: `2026-12-24`, `24.12.2026`."""
    found = re.fullmatch(r"(\d{2})[.-](\d{2})[.-](\d{4})", said or "")
    return moment("-".join(reversed(found.groups())) if found else said)


def _info(page: Any) -> dict[str, str] | None:
    """The facts of a posting's table by the name of their row; None where there is no such table."""
    if not isinstance(page, str) or "quick-info" not in page:
        return None
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(page.replace("\0", "").encode(errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return None
    found: dict[str, str] = {}
    for row in root.iter("tr"):
        name = next((name for name in INFO if f"quick-info-{name}" in row.get("class", "").split()), None)
        said = " ".join("".join(str(part) for cell in row.iter("td") for part in cell.itertext()).split())
        if name and said:
            found[name] = said
    return found if root.xpath("//table[contains(concat(' ', @class, ' '), ' quick-info ')]") else None


EXTRACTOR = Extractor(
    url=(BOARD,),
    examples={
        "https://acme.varbi.com": {"board": "acme"},
        "https://acme.varbi.com/en/what:job/jobID:812345/?utm_source=x#apply": {"board": "acme"},
        "http://acme-kommun.varbi.com/what:rssfeed/": {"board": "acme-kommun"},
    },
    address="https://{board}.varbi.com/",
    host="varbi.com",
    rate=2.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    about=About(
        name="Varbi",
        requests="1 + N",
        paging="none",
        conditional="unknown",
        pay="none",
        limits="unknown",
        checked="handmade",
    ),
)
