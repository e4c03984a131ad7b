"""Teamtailor: a JSON Feed with a schema.org JobPosting per item, 100 items a page. Checked 2026-11.

https://support.teamtailor.com/en/articles/11171756-rss-feed-how-to-guide, https://www.jsonfeed.org/version/1.1/

Further pages are named by the feed's `next_url` (`?page=2&per_page=100`). The feed has no total. Department and
`remoteStatus` exist only in the RSS twin (`/jobs.rss`), which ends at 100 items; here `jobLocationType` is mostly
null. Answers carry ETag and Last-Modified. `addressRegion` is the employer's own grouping ("Europe", "Mälardalen"),
not a part of the address, so it names a location only where no town does.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import amount, items, mapping, moment, text
from worker.paging import MOVED
from worker.posting import BoardKey, Page, Posting, Salary, Skipped, WebPage

# acme.teamtailor.com/jobs/7793185-a-title, acme.na.teamtailor.com, acme-1671530238.teamtailor.com. `career` is
# Teamtailor's own board.
BOARD = (
    r"(?:https?://)?(?!(?:www|api|app|docs?|help|support|status|blog|partner|tt|cdn|assets|images|login|go)(?:\.na)?\.)"
    r"(?P<board>[a-z0-9][a-z0-9-]*(?:\.na)?)\.teamtailor\.com(?::\d+)?(?=[/?#]|$)"
)

# What a career site loads and how it is built; Teamtailor's widgets and images are found on pages that others serve.
_CAREER_SITE = re.compile(r"""//assets[\w-]*\.teamtailor-cdn\.com/|\bdata-controller=["']careersite--""", re.IGNORECASE)
_SUBDOMAIN = re.compile(r"[^.]+(?:\.na)?")

PER_PAGE = 100
MAX_PAGES = 500


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the feed page by page: {"items": [{"id", "title", "url", "content_html", "_jobposting": {…}}], …}."""
    url = f"{_site(board)}/jobs.json"
    query: dict[str, str | int] | None = {"per_page": PER_PAGE}
    seen: set[str | None] = set()
    number, moved = 0, False
    while query is not None:
        feed = http.get_json(url, params=query)
        number += 1
        ids = {_external_id(mapping(row)) for row in _rows(feed)}
        moved = moved or not (ids - {None}).isdisjoint(seen)
        query = _following(feed, number)
        truncated = None
        if ids and ids <= seen:
            truncated = f"page {number} of the feed repeats earlier ones"
        elif number == MAX_PAGES:
            truncated = f"not read beyond page {MAX_PAGES}"
        elif query is None and moved:
            truncated = MOVED
        yield Page(feed, truncated=truncated)
        if truncated:
            return
        seen |= ids


def _following(feed: dict[str, Any], number: int) -> dict[str, str | int] | None:
    """Return the query of the page after page `number`, or None when that was the last."""
    rows = _rows(feed)
    if not rows:
        return None
    if next_url := text(feed.get("next_url")):
        # Only its query is used: a feed cannot send us to another address.
        return {"per_page": PER_PAGE, **dict(parse_qsl(urlsplit(next_url).query))}
    if len(rows) >= PER_PAGE and "next_url" not in feed:
        # A full page that says nothing of a next one. The JSON feed counts pages, older sites count postings.
        return {"per_page": PER_PAGE, "page": number + 1, "offset": number * PER_PAGE}
    return None


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every item of the feed."""
    for row in _rows(page.data):
        for found in each([row], _posting):
            # A skipped item goes by the same id as a read one, so that it protects the posting it was.
            yield replace(found, external_id=_external_id(mapping(row))) if isinstance(found, Skipped) else found


def _site(board: BoardKey) -> str:
    """A board is named by its subdomain (`acme`, `acme.na`), or by the company's own domain."""
    name = board["board"]
    return f"https://{name}.teamtailor.com" if _SUBDOMAIN.fullmatch(name) else f"https://{name}"


def sniff(page: WebPage) -> BoardKey | None:
    """Tell a career site that Teamtailor serves on a company's own domain by the files it loads."""
    host = urlsplit(page.url).hostname or ""
    own = host == "teamtailor.com" or host.endswith(".teamtailor.com")
    return {"board": host} if not own and _CAREER_SITE.search(page.text) else None


def company(page: Page) -> str | None:
    """Return the company's name: the hiring organisation of the first item, else the feed's title."""
    jobs = (mapping(mapping(row).get("_jobposting")) for row in _rows(page.data))
    names = (text(mapping(job.get("hiringOrganization")).get("name")) for job in jobs)
    return next(filter(None, names), None) or text(page.data.get("title"))


def _rows(feed: Any) -> list[Any]:
    rows = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedPayload("the Teamtailor feed has no list named items")
    return rows


def _posting(row: dict[str, Any]) -> Posting:
    job = mapping(row.get("_jobposting"))
    addresses = [mapping(mapping(place).get("address")) for place in _several(job.get("jobLocation"))]
    return Posting(
        external_id=_external_id(row) or "",
        title=text(row["title"]) or "",
        url=text(row["url"]) or "",
        locations=[place for address in addresses if (place := _place(address))],
        workplace=text(job.get("jobLocationType")),
        country_codes=[country for address in addresses if (country := text(address.get("addressCountry")))],
        employment_type=next(filter(None, map(text, _several(job.get("employmentType")))), None),
        salary=_salary(mapping(job.get("baseSalary"))),
        posted_at=moment(row.get("date_published")) or moment(job.get("datePosted")),
        closes_at=moment(job.get("validThrough")),
        language=text(row.get("language")),
        description_html=text(row.get("content_html")) or text(job.get("description")),
    )


def _external_id(row: Any) -> str | None:
    """The number of the job: stated, else from its address, else the feed's own id for the item."""
    stated = text(mapping(mapping(row.get("_jobposting")).get("identifier")).get("value"))
    in_url = re.search(r"/jobs/(\d+)", text(row.get("url")) or "")
    return stated or (in_url[1] if in_url else None) or text(row.get("id"))


def _several(value: Any) -> list[Any]:
    """schema.org allows one value where it allows several."""
    return items(value) or [value]


def _place(address: Any) -> str | None:
    town = text(address.get("addressLocality")) or text(address.get("addressRegion"))
    return ", ".join(filter(None, (town, text(address.get("addressCountry"))))) or None


def _salary(base: Any) -> Salary | None:
    value = mapping(base.get("value"))
    exact = amount(value.get("value"))
    lowest, highest = amount(value.get("minValue")) or exact, amount(value.get("maxValue")) or exact
    if lowest is None and highest is None:
        return None
    return Salary(lowest, highest, text(base.get("currency")), text(value.get("unitText")))


EXTRACTOR = Extractor(
    url=(BOARD,),
    examples={
        "https://acme.teamtailor.com": {"board": "acme"},
        "https://acme.teamtailor.com/jobs?department=Sales#top": {"board": "acme"},
        "https://acme.na.teamtailor.com/jobs/7793185-a-title": {"board": "acme.na"},
        "http://acme-1671530238.teamtailor.com/jobs.json": {"board": "acme-1671530238"},
        "https://career.teamtailor.com/jobs/": {"board": "career"},
    },
    address=_site,
    host="teamtailor.com",
    rate=4.0,
    pages=pages,
    parse=parse,
    sniff=sniff,
    guessable=True,
    company=company,
    about=About(
        name="Teamtailor",
        requests="⌈N/100⌉",
        paging="the feed's own `next_url`, 100 a page",
        conditional="ETag and Last-Modified",
        pay="`baseSalary` of schema.org",
        limits="none documented; its edge refuses (403) who asks many boards at once",
        checked="recorded",
    ),
)
