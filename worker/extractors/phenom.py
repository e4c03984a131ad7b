"""Phenom: a search page on the company's own domain, and lists POSTed for at the same host. Checked 2026-11.

No public documentation: this is what the careers sites' own pages ask
(https://careers.phenom.com/global/en/search-results).

The page holds its settings (`phApp`) and the first ten postings (`phApp.ddo`), so that a small board costs one request;
it also gives the session its cookie and, on some sites, a token that lists are asked with. `size` beyond 500 is cut
without a word. One requisition has a `jobSeqNo` for each site and language it is shown in. `applyUrl` leads to the
tracking system behind the site. The part of an address after the number is ornament. Texts are in the postings' pages,
as a JobPosting or in `phApp.ddo`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import items, mapping, moment, text, whole_number
from worker.paging import Part, paged
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage
from worker.schema_org import completed, job_postings

SETTINGS = re.compile(r"\bphApp\s*=\s*phApp\s*\|\|\s*(?=\{)")
CONTENT = re.compile(r"\bphApp\.ddo\s*=\s*(?=\{)")
TOKEN = re.compile(r'"csrfToken"\s*:\s*"([\w.~+/=-]+)"')
PREFIX = re.compile(r"/(?P<country>[a-z][\w-]{1,20})/(?P<lang>[a-z]{2,3}(?:[-_][\w]{2,8})?)(?=/|$)", re.IGNORECASE)

SIZE = 100
MAX_PAGES = 300

DECODER = json.JSONDecoder(strict=False)


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the search page if it shows all, else the list: {"refineSearch": {"totalHits", "data": {"jobs": […]}}}."""
    page = http.get_text(_search_page(board))
    first = mapping(_object(page, CONTENT).get("eagerLoadRefineSearch"))
    total, rows = _total(first), items(mapping(first.get("data")).get("jobs"))
    if total is not None and total <= len(rows):
        yield Page(page, total)
    else:
        yield from _lists(http, board, page)


def _lists(http: Http, board: BoardKey, page: str) -> Iterator[Page]:
    token = TOKEN.search(page)
    headers = {"X-CSRF-Token": token[1]} if token else {}

    def ask(number: int, received: int) -> Part:
        body = {**_settings(page, board), "from": received, "size": SIZE}
        answer = http.post_json(f"https://{board['host']}/widgets", body, headers=headers)
        total = _total(_search(answer)) if number == 1 else None
        return Part(answer, [mapping(row).get("jobSeqNo") for row in _rows(answer)], total)

    yield from paged(ask, most=MAX_PAGES, first_total_holds=True)


def _settings(page: str, board: BoardKey) -> dict[str, Any]:
    """What the search page asks its lists with: the settings it was given, for all postings."""
    given = {name: text(value) for name, value in _object(page, SETTINGS).items()}
    country = given.get("country") or board["country"] or "global"
    return {
        "ddoKey": "refineSearch",
        "country": country,
        "lang": given.get("locale") or f"{board['lang'] or 'en'}_{country}",
        "refNum": given.get("refNum"),
        "pageId": given.get("pageId"),
        "pageName": "search-results",
        "siteType": given.get("siteType") or "external",
        "deviceType": "desktop",
        "jobs": True,
        "counts": False,
        "all_fields": [],
        "clearAll": False,
        "jdsource": "facets",
        "keywords": "",
        "global": True,
        "selected_fields": {},
        "locationData": {},
        "sortBy": "",
        "subsearch": "",
    }


def _object(page: Any, start: re.Pattern[str]) -> Mapping[str, Any]:
    """The object that a page's script assigns, {} if it is not there. Raises UnexpectedPayload without any phApp."""
    if not isinstance(page, str) or "phApp" not in page:
        raise UnexpectedPayload("the Phenom site's page has no phApp")
    found = start.search(page)
    try:
        return mapping(DECODER.raw_decode(page, found.end())[0]) if found else {}
    except (ValueError, RecursionError) as error:
        raise UnexpectedPayload(f"the Phenom site's page has a phApp that cannot be read: {error}") from error


def _search(data: Any) -> Mapping[str, Any]:
    """The search of a list, or of a search page."""
    if isinstance(data, str):
        return mapping(_object(data, CONTENT).get("eagerLoadRefineSearch"))
    return mapping(mapping(data).get("refineSearch"))


def _rows(data: Any) -> list[Any]:
    rows = mapping(_search(data).get("data")).get("jobs")
    if not isinstance(rows, list):
        raise UnexpectedPayload("the Phenom list has no list named jobs")
    return rows


def _total(search: Mapping[str, Any]) -> int | None:
    return whole_number(search.get("totalHits"))


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every one of `jobs`."""
    yield from each(_rows(page.data), lambda row: _posting(row, board), id_field="jobSeqNo")


def _posting(row: Any, board: BoardKey) -> Posting:
    external_id = text(row["jobSeqNo"]) or ""
    country, locale = text(row.get("country")), text(row.get("locale")) or ""
    return Posting(
        external_id=external_id,
        title=text(row["title"]) or "",
        url=f"{_site(board)}/job/{quote(text(row.get('jobId')) or external_id, safe='')}",
        apply_url=text(row.get("applyUrl")),
        locations=_locations(row),
        workplace=text(row.get("remoteType")) or text(row.get("workplaceType")),
        country_codes=[country] if country else [],
        department=text(row.get("department")) or text(row.get("category")),
        employment_type=text(row.get("type")) or text(row.get("jobType")),
        posted_at=moment(row.get("postedDate")),
        language=locale.partition("_")[0] or None,
        requisition_id=text(row.get("reqId")),
    )


def _locations(row: Mapping[str, Any]) -> list[str]:
    several = [place for value in items(row.get("multi_location")) if (place := text(value))]
    parts = (text(row.get(name)) for name in ("city", "state", "country"))
    one = text(row.get("location")) or text(row.get("cityStateCountry")) or ", ".join(filter(None, parts))
    return several or ([one] if one else [])


def detail(http: Http, _board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting's page."""
    return http.get_text(posting.url)


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add what the page's JobPosting says, or the text that its scripts hold."""
    jobs = job_postings(payload) if isinstance(payload, str) else []
    if jobs:
        return completed(posting, jobs[0])
    job = mapping(mapping(mapping(_object(payload, CONTENT).get("jobDetail")).get("data")).get("job"))
    if not job:
        raise UnexpectedPayload(f"Phenom posting {posting.external_id} has neither a JobPosting nor a jobDetail")
    return replace(posting, description_html=text(job.get("description")))


def _site(board: BoardKey) -> str:
    return "/".join(filter(None, (f"https://{board['host']}", board["country"], board["lang"])))


def _search_page(board: BoardKey) -> str:
    return f"{_site(board)}/search-results"


def sniff(page: WebPage) -> BoardKey | None:
    """A site is told by its settings; country and language lead its addresses, where it has any (`/global/en/…`)."""
    parts = urlsplit(page.url)
    if not SETTINGS.search(page.text) or "phApp.ddo" not in page.text or not parts.hostname:
        return None
    if parts.port not in (None, 80, 443):
        return None
    try:
        home = urlsplit(text(_object(page.text, SETTINGS).get("baseUrl")) or "")
    except (UnexpectedPayload, ValueError):
        return None
    path = home.path if home.hostname == parts.hostname else parts.path
    prefix = PREFIX.match(path)
    named = prefix.groupdict() if prefix else {"country": "", "lang": ""}
    return {"host": parts.hostname, **named}


EXTRACTOR = Extractor(
    url=(),
    fields=("host", "country", "lang"),
    defaults={"country": "", "lang": ""},
    examples={},
    address=_search_page,
    host="{host}",
    rate=2.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    sniff=sniff,
    about=About(
        name="Phenom",
        requests="1 + ⌈N/100⌉ + N, for N ≤ 10 1 + N",
        paging="`from`, 100 a page",
        conditional="no",
        pay="the page's JobPosting",
        limits="500 a page",
        checked="recorded",
    ),
)
