"""PageUp: one RSS feed per board holds every posting with its text, no paging. Checked 2026-11.

https://careers.pageuppeople.com/{account}/{channel}/{locale}/rss is what the listing pages offer to feed readers. The
vendor's own fields are in the namespace http://pageuppeople.com/; RSS's own `description` is only a teaser, and
`a10:updated` an edit. `refNo` is the number in a posting's address, which is PageUp's, not the employer's number. The
feed's largest known size is 2,487 postings; an unknown board is answered with 404. Robots.txt closes only test and
internal channels.

A feed may outlive the move of its company to another site: its links then lead to a search page there.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from lxml import etree

from worker.documents import xml_document
from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import moment, text
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage

# careers.pageuppeople.com/873/cw/en-us/job/542100/a-title; /mob/… is the same board for telephones
LOCALE = r"[a-z]{2}(?:-[a-z]{2})?"
BOARD = (
    r"(?:https?://)?careers\.pageuppeople\.com(?::\d+)?/(?:mob/)?(?P<account>\d+)/"
    rf"(?!(?:ci|uat|cwuat|ciuat|uatinternal|testint|staging)/)(?P<channel>[\w-]+)/(?P<locale>{LOCALE})(?=[/?#]|$)"
)
WIDGET = re.compile(
    r"""\.jobListing\([^()]{0,200}?["']https?://careers\.pageuppeople\.com/(?P<account>\d+)/?["']\s*,"""
    rf"""\s*["'](?P<channel>[\w-]+)["']\s*,\s*["'](?P<locale>{LOCALE})["']""",
    re.IGNORECASE,
)
VENDORS = "{http://pageuppeople.com/}"


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole board as RSS text."""
    yield Page(http.get_text(f"{_site(board)}/rss"))


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every item of the feed's channel."""
    rows = [_row(item) for item in _channel(page.data).iterfind("item")]
    yield from each(rows, _posting, id_field="refNo")


def sniff(page: WebPage) -> BoardKey | None:
    """Find the board of the vendor's widget: PU.Widgets.jobListing('…', 'https://…/793/', 'cw', 'en', …)."""
    found = WIDGET.search(page.text)
    return {name: value.lower() for name, value in found.groupdict().items()} if found else None


def _site(board: BoardKey) -> str:
    return f"https://careers.pageuppeople.com/{board['account']}/{board['channel']}/{board['locale']}"


def _channel(data: Any) -> etree._Element:
    channel = xml_document(data, of="the PageUp board", root="rss").find("channel")
    if channel is None:
        raise UnexpectedPayload("the PageUp board's RSS has no channel")
    return channel


def _row(item: etree._Element) -> dict[str, Any]:
    # <item><title/><link/><pubDate/><job:refNo/><job:description/><job:location/><job:workType/><job:category/>…
    #   <job:closingDate/><job:applyLink/><job:businessLayer1/></item>
    row: dict[str, Any] = {name: item.findtext(name) for name in ("title", "link", "pubDate")}
    row |= {str(child.tag).removeprefix(VENDORS): child.text for child in item if str(child.tag).startswith(VENDORS)}
    row["categories"] = [category.text for category in item.iterfind(f"{VENDORS}category")]
    return row


def _posting(row: dict[str, Any]) -> Posting:
    categories = dict.fromkeys(name for value in row["categories"] if (name := text(value)))
    layer = text(row.get("businessLayer1"))
    return Posting(
        external_id=text(row["refNo"]) or "",
        title=text(row["title"]) or "",
        url=text(row["link"]) or "",
        apply_url=text(row.get("applyLink")),
        locations=_places(text(row.get("location"))),
        department=", ".join(categories) or None,
        employment_type=text(row.get("workType")),
        posted_at=_date(row.get("pubDate")),
        closes_at=_date(row.get("closingDate")),
        description_html=text(row.get("description")),
        extras={"business_layer": layer} if layer else {},
    )


def _places(said: str | None) -> list[str]:
    """Read `VIC|Melbourne,WA|Perth`; without a bar a comma is a part of a place (`Marion, IN`)."""
    if said is None or "|" not in said:
        return [said] if said else []
    parts = (place.split("|") for place in said.split(","))
    return list(dict.fromkeys(", ".join(part.strip() for part in reversed(place) if part.strip()) for place in parts))


def _date(value: Any) -> datetime | None:
    """Read `Wed, 02 Sep 2026 04:55:00 Z`, or ISO 8601."""
    said = text(value)
    try:
        found = parsedate_to_datetime(re.sub(r" Z$", " +0000", said)) if said else None
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC) if found else None
    except (ValueError, TypeError, OverflowError, IndexError):
        return moment(said)


EXTRACTOR = Extractor(
    url=(BOARD,),
    fields=("account", "channel", "locale"),
    examples={
        "https://careers.pageuppeople.com/873/cw/en-us/listing/": {
            "account": "873",
            "channel": "cw",
            "locale": "en-us",
        },
        "https://careers.pageuppeople.com/873/cw/en-us/job/542100/baker?lApplicationSubSourceID=1#x": {
            "account": "873",
            "channel": "cw",
            "locale": "en-us",
        },
        "http://careers.pageuppeople.com/mob/1083/cw/en/listing": {"account": "1083", "channel": "cw", "locale": "en"},
        "https://careers.pageuppeople.com/434/cbw/en/rss": {"account": "434", "channel": "cbw", "locale": "en"},
    },
    address="https://careers.pageuppeople.com/{account}/{channel}/{locale}/listing/",
    host="careers.pageuppeople.com",
    rate=2.0,
    pages=pages,
    parse=parse,
    sniff=sniff,
    about=About(
        name="PageUp",
        requests="1",
        paging="none",
        conditional="unknown",
        pay="none (only in the texts)",
        limits="unknown",
        checked="handmade",
    ),
)
