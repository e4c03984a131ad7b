"""SAP SuccessFactors Recruiting Marketing (RMK): one RSS feed with all postings and their texts. Checked 2026-11.

https://help.sap.com/docs/successfactors-recruiting describes the feeds that sites hand to job engines; which address
the feed has, `/sitemal.xml` (sic) or on some sites `/googlefeed.xml` only, is told by
https://cetteup.com/158/sap-successfactors-recruiting-marketings-hidden-rss-job-feed/.

`g:id` is the site's own number of a posting, not that of the requisition. Most titles end in the place, in parentheses.
Descriptions may be escaped once more than RSS asks for. `g:expiration_date` moves on with every day, so it is not read.
`g:job_function` is `ATS_WEBFORM` where there is none, and `pubDate` is mostly missing. Sites that have switched the
feed off answer 404 or with a web page; those of the Career Site Builder have their own reader.
"""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from worker.documents import xml_document
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import text
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage

BOARD = (
    r"(?:https?://)?(?P<host>(?!(?:www|app|api|rmkcdn)\.)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
    r"\.(?:jobs2web\.com|jobs\.hr\.cloud\.sap))(?::\d+)?(?=[/?#]|$)"
)
FEEDS = ("sitemal.xml", "googlefeed.xml")
MARKS = re.compile(
    r"""["'(](?:https?:)?//rmkcdn\.successfactors\.(?:com|eu)/|["'(](?:https?:)?//[\w.-]+\.jobs2web\.com/"""
    r"""|["'(]/platform/(?:js|css)/j2w/""",
    re.IGNORECASE,
)
OF_THE_SITE_BUILDER = re.compile(r"searchResultsUnify|/services/recruiting/v1/", re.IGNORECASE)

GOOGLE = "{http://base.google.com/ns/1.0}"
NUMBER = re.compile(r"/(\d+)(?:-[a-z]{2}_[A-Z]{2})?/?$")
PLACE_IN_TITLE = re.compile(r"(?P<title>.*\S)\s*\((?P<place>[^()]*,[^()]*)\)")
MARKUP = re.compile(r"<[a-z!/][^<>]*>", re.IGNORECASE)


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the feed as XML text, from the first address that has one."""
    answered = None
    for feed in FEEDS:
        try:
            answer = http.get_text(f"https://{board['host']}/{feed}")
        except BoardNotFound:
            continue
        if isinstance(answer, str) and "<rss" in answer[:2000]:
            yield Page(answer)
            return
        answered = feed
    if answered:
        raise UnexpectedPayload(f"{board['host']}/{answered} is no RSS feed; the site may have switched its feed off")
    raise BoardNotFound(f"{board['host']} has neither {FEEDS[0]} nor {FEEDS[1]}")


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every `item` of the feed's channel."""
    channel = xml_document(page.data, of="the SuccessFactors site", root="rss").find("channel")
    if channel is None:
        raise UnexpectedPayload("the SuccessFactors feed has no channel")
    yield from each([_row(item) for item in channel.iterfind("item")], _posting)


def _row(item: etree._Element) -> dict[str, Any]:
    # <item><title/><description>CDATA html</description><link/><guid/><pubDate/><g:id/><g:location/><g:employer/>
    #   <g:job_function/><g:expiration_date/></item>
    row: dict[str, Any] = {}
    for child in item:
        row.setdefault(str(child.tag).removeprefix(GOOGLE), text(child.text))
    in_link = NUMBER.search(urlsplit(row.get("link") or "").path)
    row["id"] = row.get("id") or row.get("guid") or (in_link[1] if in_link else None)
    return row


def _posting(row: dict[str, Any]) -> Posting:
    place = row.get("location")
    function = row.get("job_function")
    return Posting(
        external_id=row["id"] or "",
        title=_title(row["title"] or "", place),
        url=row["link"] or "",
        locations=[place] if place else [],
        department=None if function == "ATS_WEBFORM" else function,
        employment_type=row.get("job_type") or row.get("employment_type"),
        posted_at=_moment(row.get("pubDate")),
        description_html=_description(row.get("description")),
        extras={"employer": row["employer"]} if row.get("employer") else {},
    )


def _title(title: str, place: str | None) -> str:
    """The title without the place at its end; `Specialist (Research, AI)` is a title, where no AI is the place."""
    found = PLACE_IN_TITLE.fullmatch(title)
    same = found and place and _town(found["place"]) == _town(place)
    return found["title"] if found and same else title


def _town(place: str) -> str:
    return place.partition(",")[0].strip().casefold()


def _description(stated: str | None) -> str | None:
    return html.unescape(stated) if stated and "&lt;" in stated and not MARKUP.search(stated) else stated


def _moment(value: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(value or "")
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def sniff(page: WebPage) -> BoardKey | None:
    """A site is told by where its scripts come from; it is read at the page's own host."""
    parts = urlsplit(page.url)
    if not MARKS.search(page.text) or OF_THE_SITE_BUILDER.search(page.text):
        return None
    return {"host": parts.hostname} if parts.hostname and parts.port in (None, 80, 443) else None


EXTRACTOR = Extractor(
    url=(BOARD,),
    fields=("host",),
    examples={
        "https://acme.jobs2web.com": {"host": "acme.jobs2web.com"},
        "https://acme.jobs2web.com/job/Perth-Baker/1386549900/?locale=en_US": {"host": "acme.jobs2web.com"},
        "http://acme.jobs.hr.cloud.sap/sitemal.xml": {"host": "acme.jobs.hr.cloud.sap"},
    },
    address="https://{host}/search/",
    host="{host}",
    rate=1.0,
    pages=pages,
    parse=parse,
    sniff=sniff,
    about=About(
        name="SAP SuccessFactors (Recruiting Marketing)",
        requests="1",
        paging="none",
        conditional="not known",
        pay="not stated",
        limits="the feed is made anew twice a day",
        checked="handmade",
    ),
)
