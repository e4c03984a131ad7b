"""Homerun: one Atom feed per board with texts, no paging; has neither dates of publication nor pay. Checked 2026-11.

No public documentation: every board's page names its feed in its head (https://feed.homerun.co). Boards live at
<company>.homerun.co or on the company's own domain. `updated` is the last edit, so no date is read;
`salary_indication` is a sentence.
"""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from worker.documents import xml_document
from worker.extractor import About, Extractor, Http, each
from worker.lenient import text
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage

OWN_HOSTS = r"(?!(?:www|app|api|feed|feeds|cdn|static|assets|media|help|support|status|blog|academy|go|embed|widget)\.)"
URLS = (
    # acme.homerun.co/engineer, feed.homerun.co/acme
    rf"(?:https?://)?{OWN_HOSTS}(?P<board>[a-z0-9][a-z0-9-]*)\.homerun\.co(?::\d+)?(?=[/?#]|$)",
    r"(?:https?://)?feed\.homerun\.co(?::\d+)?/(?P<board>[a-z0-9][a-z0-9-]*)(?=[/?#]|$)",
)
# <link rel="alternate" type="application/atom+xml" href="https://feed.homerun.co/acme">
FEED_LINK = re.compile(r"<link\b[^<>]*\bhref=[\"']https://feed\.homerun\.co/([a-z0-9][a-z0-9-]*)/?[\"']", re.IGNORECASE)
ATOM = "{http://www.w3.org/2005/Atom}"


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole board as XML text."""
    yield Page(http.get_text(f"https://feed.homerun.co/{board['board']}"))


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every `entry` of the feed."""
    feed = xml_document(page.data, of="the Homerun board", root=f"{ATOM}feed")
    rows = [_row(entry) for entry in feed.iterfind(f"{ATOM}entry")]
    yield from each(rows, _posting)


def sniff(page: WebPage) -> BoardKey | None:
    """Return the board whose feed a page names in its head."""
    return {"board": found[1].lower()} if (found := FEED_LINK.search(page.text)) else None


def _row(entry: etree._Element) -> dict[str, Any]:
    # <entry><id/><title/><link rel="alternate" href="…"/><description>CDATA html</description>
    #   <department><name/></department><location><name/></location><type><name/></type><salary_indication/></entry>
    row: dict[str, Any] = {name: entry.findtext(f"{ATOM}{name}") for name in ("id", "title", "salary_indication")}
    for name in ("department", "location", "type"):
        row[name] = entry.findtext(f"{ATOM}{name}/{ATOM}name")
    bodies = (text(entry.findtext(f"{ATOM}{name}")) for name in ("description", "content", "summary"))
    row["body"] = next(filter(None, bodies), None)
    links = [link for link in entry.iterfind(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]
    row["link"] = next((href for link in links if (href := text(link.get("href")))), None)
    return row


def _posting(row: dict[str, Any]) -> Posting:
    place, pay = text(row["location"]), text(row["salary_indication"])
    return Posting(
        external_id=text(row["id"]) or "",
        title=text(row["title"]) or "",
        url=row["link"] or "",
        locations=[place] if place else [],
        department=text(row["department"]),
        employment_type=text(row["type"]),
        description_html=row["body"],
        extras={"compensation": pay} if pay else {},
    )


EXTRACTOR = Extractor(
    url=URLS,
    examples={
        "https://acme.homerun.co": {"board": "acme"},
        "https://acme.homerun.co/senior-engineer/en/apply?ref=x#form": {"board": "acme"},
        "http://feed.homerun.co/acme-labs": {"board": "acme-labs"},
    },
    address="https://{board}.homerun.co",
    host="feed.homerun.co",
    rate=2.0,
    pages=pages,
    parse=parse,
    sniff=sniff,
    about=About(
        name="Homerun",
        requests="1",
        paging="none",
        conditional="none known",
        pay="none: a sentence, kept among the extras",
        limits="none known",
        checked="handmade",
    ),
)
