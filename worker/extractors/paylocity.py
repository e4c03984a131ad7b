"""Paylocity: every posting in the data of one web page, texts in each posting's page. Checked 2026-11.

No public documentation: this is what a careers page is built from
(https://recruiting.paylocity.com/recruiting/jobs/All/629e09d9-d8bf-4616-94a7-b744e4a77616, its `window.pageData`).

The list's texts are teasers. `IndeedRemoteType` has a value for every posting and means something for remote ones only.
A place may be called "Hybrid" or "Remote". The JobPosting's date is universal time under the zone of the American
middle, so the list's date is read; its text begins with "Description", the page's label. A posting's address names no
board, its page does. The vendor's feed for job sites is empty for most boards. All boards share one limit of requests.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from worker.documents import web_page, words
from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import mapping, moment, text
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage
from worker.schema_org import completed, job_postings

SITE = "https://recruiting.paylocity.com/recruiting"
HOST = r"(?:https?://)?recruiting\.paylocity\.com(?::\d+)?/recruiting"
GUID = r"(?P<board>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
URLS = (
    rf"{HOST}/(?:jobs/(?:All|List)|PublicLeads/New|(?:v\d/)?api/feed/jobs)/{GUID}(?=[/?#]|$)",
    rf"{HOST}/jobs/Details/\d+/{GUID}(?=[/?#]|$)",
)
ON_POSTING = re.compile(rf"/recruiting/jobs/All/{GUID}[/?#\"']", re.IGNORECASE)
DATA = re.compile(r"\bwindow\.pageData\s*=\s*(?=\{)")
ACCOUNT = re.compile(r"\s*\[\d+\]$")
HYBRID = 1
WORKPLACES = {"hybrid", "remote"}
APPLY = re.compile(r"/recruiting(?P<path>/jobs/Apply/\d+)", re.IGNORECASE)
LABEL = re.compile(r"^\s*<p>\s*Description\s*</p>", re.IGNORECASE)
JOB_TYPE = "//*[contains(@class, 'job-listing-header')][normalize-space() = 'Job Type']/following-sibling::*[1]"


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole board as one web page."""
    yield Page(http.get_text(f"{SITE}/jobs/All/{board['board']}"))


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `Jobs` in the page's data."""
    rows = _data(page).get("Jobs")
    if not isinstance(rows, list):
        raise UnexpectedPayload("the data of the Paylocity page has no list named Jobs")
    yield from each(rows, _posting, id_field="JobId", title_field="JobTitle")


def company(page: Page) -> str | None:
    """Return the company's name, without the number of its account."""
    return text(ACCOUNT.sub("", text(_data(page).get("ModuleTitle")) or ""))


def sniff(page: WebPage) -> BoardKey | None:
    """Return the board that a posting's page leads back to."""
    if not re.match(r"https://recruiting\.paylocity\.com/recruiting/jobs/(?:Details|Apply)/", page.url, re.IGNORECASE):
        return None
    boards = {found["board"].lower() for found in ON_POSTING.finditer(page.text)}
    return {"board": boards.pop()} if len(boards) == 1 else None


def _data(page: Page) -> Mapping[str, Any]:
    """The data a page is built from: {"ModuleTitle", "Jobs": [{"JobId", "JobTitle", "JobLocation": {…}, …}], …}."""
    found = DATA.search(page.data) if isinstance(page.data, str) else None
    if found is None:
        raise UnexpectedPayload("the Paylocity page has no data")
    try:
        return mapping(json.JSONDecoder().raw_decode(page.data, found.end())[0])
    except (ValueError, RecursionError) as error:
        raise UnexpectedPayload("the data of the Paylocity page is no JSON") from error


def _posting(row: Any) -> Posting:
    external_id, place = text(row["JobId"]) or "", mapping(row.get("JobLocation"))
    shown = row.get("ShouldDisplayLocation") is not False
    country = text(place.get("Country"))
    return Posting(
        external_id=external_id,
        title=text(row["JobTitle"]) or "",
        url=f"{SITE}/jobs/Details/{external_id}",
        locations=[name] if shown and (name := _place(place, text(row.get("LocationName")))) else [],
        workplace=_workplace(row),
        country_codes=[country] if shown and country else [],
        department=text(row.get("HiringDepartment")),
        posted_at=moment(row.get("PublishedDate")),
    )


def _place(place: Mapping[str, Any], called: str | None) -> str | None:
    """City, state and country, or what the place is called where it has no city."""
    parts = [part for name in ("City", "State", "Country") if (part := text(place.get(name)))]
    return ", ".join(parts) if text(place.get("City")) or not called else called


def _workplace(row: Mapping[str, Any]) -> str | None:
    if row.get("IsRemote") is True:
        return "hybrid" if row.get("IndeedRemoteType") == HYBRID else "remote"
    called = text(row.get("LocationName"))
    return called if called and called.lower() in WORKPLACES else None


def detail(http: Http, _board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting's page."""
    return http.get_text(posting.url)


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add what the page's JobPosting says; the kind of employment and where to apply, only the page itself does."""
    root = web_page(payload, of=f"Paylocity posting {posting.external_id}")
    job = next(iter(job_postings(payload)), None)
    if job is None:
        raise UnexpectedPayload(f"Paylocity posting {posting.external_id} has no JobPosting in its page")
    description = LABEL.sub("", text(job.get("description")) or "", count=1)
    found = completed(posting, {**job, "datePosted": None, "description": description})
    apply = next((form for address in root.xpath("//a/@href") if (form := APPLY.fullmatch(address))), None)
    return replace(
        found,
        employment_type=words(next(iter(root.xpath(JOB_TYPE)), None)) or found.employment_type,
        apply_url=SITE + apply["path"] if apply else None,
    )


EXTRACTOR = Extractor(
    url=URLS,
    examples={
        "https://recruiting.paylocity.com/recruiting/jobs/All/629e09d9-d8bf-4616-94a7-b744e4a77616/Acme-LLC?x=1#y": {
            "board": "629e09d9-d8bf-4616-94a7-b744e4a77616"
        },
        "http://recruiting.paylocity.com/Recruiting/Jobs/List/629e09d9-d8bf-4616-94a7-b744e4a77616": {
            "board": "629e09d9-d8bf-4616-94a7-b744e4a77616"
        },
        "https://recruiting.paylocity.com/recruiting/v2/api/feed/jobs/629e09d9-d8bf-4616-94a7-b744e4a77616": {
            "board": "629e09d9-d8bf-4616-94a7-b744e4a77616"
        },
        "https://recruiting.paylocity.com/recruiting/jobs/Details/4272751/629e09d9-d8bf-4616-94a7-b744e4a77616": {
            "board": "629e09d9-d8bf-4616-94a7-b744e4a77616"
        },
    },
    address="https://recruiting.paylocity.com/recruiting/jobs/All/{board}",
    host="recruiting.paylocity.com",
    rate=1.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    sniff=sniff,
    company=company,
    about=About(
        name="Paylocity",
        requests="1 + N",
        paging="none",
        conditional="unknown",
        pay="the page's JobPosting",
        limits="one limit for all boards; its size is not known",
        checked="recorded",
    ),
)
