"""SAP SuccessFactors Career Site Builder: POSTed lists of ten rows, one list for each language. Checked 2026-11.

No public documentation: this is what the search page of such a site asks; the sites themselves are described at
https://help.sap.com/docs/successfactors-recruiting.

A list shows only the postings that were published in its language: one tenant has 601 in `de_DE` and 8 in `en_US`,
others none in either. So the search page is asked for its languages first, and the lists are united by id. A list's
pages count from 0; a page beyond the last may have no `jobSearchResult` at all. Some tenants repeat rows and leave
others out, which their total gives away. Dates are written as the language's short dates (`6/18/26`, `18.6.26`,
`18/06/2026`). The part of an address before the id is ornament; it may hold HTML entities. Texts are in the postings'
pages.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import urlsplit

from babel import UnknownLocaleError
from babel.dates import parse_date

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import items, mapping, text
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage
from worker.schema_org import completed, job_postings

MARKS = re.compile(r"searchResultsUnify|/services/recruiting/v1/", re.IGNORECASE)
LOCALE = re.compile(
    r"""\blocale["']?\s*[=:]\s*["']?(?P<linked>[a-z]{2}_[A-Z]{2})\b|<html[^>]*\blang=["'](?P<own>[a-z]{2}[-_][A-Z]{2})["']"""
)
MOST_LOCALES = 40
MOST_REQUESTS = 400
ROWS = 10


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield each list page by page: {"jobSearchResult": [{"response": {"id", …}}], "totalJobs", "locale"}."""
    last, missing = Page(None), None
    for number, page in enumerate(_lists(http, board), start=1):
        if number > 1:
            yield last
        # What one list lacks is said by the last page of all, as nothing is read after a truncated one.
        last, missing = replace(page, truncated=None), missing or page.truncated
        if number == MOST_REQUESTS:
            missing = missing or f"not read beyond page {MOST_REQUESTS} of its lists"
            break
    yield replace(last, truncated=missing)


def _lists(http: Http, board: BoardKey) -> Iterator[Page]:
    for locale in _locales(http, board):
        yield from _list(http, board, locale)


def _locales(http: Http, board: BoardKey) -> list[str]:
    """The languages of a site, English first: it names a posting that exists in several."""
    page = http.get_page(f"https://{board['host']}/search/")
    found = {(match["linked"] or match["own"]).replace("-", "_") for match in LOCALE.finditer(page.text)}
    if not found:
        raise UnexpectedPayload("the SuccessFactors site's search page names no language")
    return sorted(found, key=lambda locale: (locale != "en_US", not locale.startswith("en"), locale))[:MOST_LOCALES]


def _list(http: Http, board: BoardKey, locale: str) -> Iterator[Page]:
    ids: set[str] = set()
    total, received, number = 0, 0, 0
    while True:
        body = {"keywords": "", "locale": locale, "location": "", "pageNumber": number, "sortBy": "recent"}
        answer = http.post_json(f"https://{board['host']}/services/recruiting/v1/jobs", body)
        rows, total = _rows(answer), _total(answer) if number == 0 else total
        number += 1
        known = len(ids)
        ids |= {str(mapping(row).get("id")) for row in rows}
        received += len(rows)
        ends = not rows or received >= total or len(ids) == known
        truncated = None
        if ends and len(ids) < total:
            truncated = f"the list in {locale} advertises {total} postings and gave {len(ids)}"
        yield Page({**answer, "locale": locale}, truncated=truncated)
        if ends:
            return


def _rows(answer: Any) -> list[Any]:
    """The rows of a page; only beyond the last, or where there are none, may the list be missing."""
    if not isinstance(answer, dict) or "totalJobs" not in answer:
        raise UnexpectedPayload("the SuccessFactors list has no totalJobs")
    rows = answer.get("jobSearchResult")
    if rows is not None and not isinstance(rows, list):
        raise UnexpectedPayload("the SuccessFactors list has no list named jobSearchResult")
    return [mapping(row).get("response") for row in items(rows)]


def _total(answer: Mapping[str, Any]) -> int:
    total = answer["totalJobs"]
    if isinstance(total, bool) or not isinstance(total, int):
        raise UnexpectedPayload("the SuccessFactors list has no number named totalJobs")
    return total


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read the `response` of every row."""
    locale = text(mapping(page.data).get("locale")) or "en_US"
    rows = _rows(page.data)
    yield from each(rows, lambda row: _posting(row, board, locale), title_field="unifiedStandardTitle")


def _posting(row: Any, board: BoardKey, locale: str) -> Posting:
    external_id = text(row["id"]) or ""
    slug = re.sub(r"[?#&/\s]+", "-", html.unescape(text(row.get("unifiedUrlTitle") or row.get("urlTitle")) or "job"))
    return Posting(
        external_id=external_id,
        title=text(row.get("unifiedStandardTitle")) or text(row["jobTitle"]) or "",
        url=f"https://{board['host']}/job/{slug}/{external_id}-{locale}",
        locations=_locations(row),
        department=next(filter(None, map(text, items(row.get("department_obj")))), None),
        posted_at=_date(row.get("unifiedStandardStart"), locale),
        language=locale,
    )


def _locations(row: Mapping[str, Any]) -> list[str]:
    """`Karlovy Vary, CZE, 36004<br/>`, once for each place of work, else the towns alone."""
    places = items(row.get("jobLocationShort")) or items(row.get("sfstd_jobLocation_obj"))
    plain = (re.sub(r"<[^<>]*>", " ", place).strip(" ,") for value in places if (place := text(value)))
    return list(dict.fromkeys(place for place in plain if place))


def _date(value: Any, locale: str) -> datetime | None:
    stated = text(value)
    if not stated or not re.fullmatch(r"\d{1,4}\D{1,3}\d{1,2}\D{1,3}\d{1,4}\D?", stated):
        return None
    try:
        return datetime.combine(parse_date(stated, locale=locale, format="short"), time(), UTC)
    except (ValueError, LookupError, UnknownLocaleError):
        return None


def detail(http: Http, _board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting's page, which has a JobPosting among its elements."""
    return http.get_text(posting.url)


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add what the page's JobPosting says to a posting of the list."""
    jobs = job_postings(payload) if isinstance(payload, str) else []
    if not jobs:
        raise UnexpectedPayload(f"SuccessFactors posting {posting.external_id} has no JobPosting in its page")
    return completed(posting, jobs[0])


def sniff(page: WebPage) -> BoardKey | None:
    """A site is told by the script that asks for its lists; it is read at the page's own host."""
    parts = urlsplit(page.url)
    if not MARKS.search(page.text) or not parts.hostname or parts.port not in (None, 80, 443):
        return None
    return {"host": parts.hostname}


EXTRACTOR = Extractor(
    url=(),
    fields=("host",),
    examples={},
    address="https://{host}/search/",
    host="{host}",
    rate=2.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    sniff=sniff,
    about=About(
        name="SAP SuccessFactors (Career Site Builder)",
        requests="1 + ⌈N/10⌉ for each language + N",
        paging="`pageNumber` from 0, ten a page, for each language",
        conditional="no (POST)",
        pay="the page's JobPosting",
        limits="none known",
        checked="handmade",
    ),
)
