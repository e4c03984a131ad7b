"""JOIN: five postings a page in the data of a company's web page, texts in each posting's page. Checked 2026-11.

No public documentation: this is what a company's page is built from (https://join.com/companies/acme?page=1, its script
`__NEXT_DATA__`). The API behind it takes no larger pages, and limits how often it is asked.

A company that does not exist has status 200 with its status in the data, and one without a page of its own is
answered with another company's. Pay is in hundredths and shown only where the settings say so; its period is stated
also where there is no pay. `createdAt` is when the posting was first written. The category is one of JOIN's own, not a
department. The number in a posting's address is not always its id.
"""

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from worker.documents import web_page
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import amount, mapping, moment, text, whole_number
from worker.paging import Part, paged
from worker.posting import BoardKey, Page, Posting, Salary, Skipped
from worker.schema_org import completed, job_postings

# join.com/companies/acme/16084660-social-motion-designer?pid=1
BOARD = r"(?:https?://)?(?:www\.)?join\.com(?::\d+)?/(?:[a-z]{2}/)?companies/(?P<board>[\w.%-]+)(?=[/?#]|$)"
A_SLUG = re.compile(r"[\w-]+")
GONE = {404, 410}
MAX_PAGES = 400
HUNDREDTHS = Decimal(100)


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page, as web pages."""

    def ask(number: int, _received: int) -> Part:
        answer = http.get_text(_site(board), params={"page": number})
        rows, pagination = _rows(answer, board)
        total = whole_number(pagination.get("total", pagination.get("rowCount")))
        last = number >= (whole_number(pagination.get("pageCount")) or 1)
        return Part(answer, [mapping(row).get("id") for row in rows], total, last)

    yield from paged(ask, most=MAX_PAGES)


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every item of a page."""
    yield from each(_rows(page.data, board)[0], lambda row: _posting(row, board))


def company(page: Page) -> str | None:
    """Return the company's name."""
    return text(mapping(_state(page.data).get("company")).get("name"))


def _state(page: Any) -> Mapping[str, Any]:
    """The data a page is built from: {"company": {…}, "jobs": {"items": […], "pagination": {…}}}."""
    scripts = web_page(page, of="the JOIN page").xpath("//script[@id='__NEXT_DATA__']/text()")
    try:
        found = mapping(mapping(mapping(json.loads(scripts[0])).get("props")).get("pageProps")) if scripts else {}
    except (ValueError, RecursionError) as error:
        raise UnexpectedPayload("the data of the JOIN page is no JSON") from error
    if found.get("statusCode") in GONE:
        raise BoardNotFound("JOIN says that there is no such company")
    return mapping(found.get("initialState"))


def _rows(page: Any, board: BoardKey) -> tuple[list[Any], Mapping[str, Any]]:
    state = _state(page)
    jobs, domain = mapping(state.get("jobs")), text(mapping(state.get("company")).get("domain")) or ""
    if not isinstance(jobs.get("items"), list):
        raise UnexpectedPayload("the data of the JOIN page has no list of jobs")
    if A_SLUG.fullmatch(domain) and domain.lower() != board["board"].lower():
        raise UnexpectedPayload(f"JOIN answers with the page of another company, {domain}")
    return jobs["items"], mapping(jobs.get("pagination"))


def _site(board: BoardKey) -> str:
    return f"https://join.com/companies/{board['board']}"


def _posting(row: Any, board: BoardKey) -> Posting:
    city, country, category = (mapping(row.get(name)) for name in ("city", "country", "category"))
    code, kind = text(country.get("iso3166")) or text(city.get("countryCode")), text(category.get("name"))
    return Posting(
        external_id=text(row["id"]) or "",
        title=text(row["title"]) or "",
        url=f"{_site(board)}/{_slug(row)}",
        locations=[place] if (place := _place(city, country)) else [],
        workplace=text(row.get("workplaceType")),
        country_codes=[code] if code else [],
        employment_type=text(mapping(row.get("employmentType")).get("name")),
        salary=_salary(row),
        posted_at=moment(row.get("createdAt")),
        extras={"category": kind} if kind else {},
    )


def _slug(row: Mapping[str, Any]) -> str:
    found = text(row["idParam"])
    if found is None:
        raise ValueError("idParam is empty")
    return found


def _place(city: Mapping[str, Any], country: Mapping[str, Any]) -> str | None:
    """City, region and country; Berlin is not said twice."""
    parts = (city.get("cityName"), city.get("regionName"), text(city.get("countryName")) or country.get("name"))
    return ", ".join(dict.fromkeys(part for value in parts if (part := text(value)))) or None


def _salary(row: Mapping[str, Any]) -> Salary | None:
    lowest, highest = mapping(row.get("salaryAmountFrom")), mapping(row.get("salaryAmountTo"))
    low, high = amount(lowest.get("amount")), amount(highest.get("amount"))
    if mapping(row.get("settings")).get("showSalary") is not True or (low is None and high is None):
        return None
    currency = text(lowest.get("currency")) or text(highest.get("currency"))
    return Salary(low and low / HUNDREDTHS, high and high / HUNDREDTHS, currency, text(row.get("salaryFrequency")))


def detail(http: Http, _board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting's page."""
    return http.get_text(posting.url)


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add what the page's JobPosting says, save its number, which is JOIN's, and its end, which is nobody's."""
    job = next(iter(job_postings(payload)), None) if isinstance(payload, str) else None
    if job is None:
        raise UnexpectedPayload(f"JOIN posting {posting.external_id} has no JobPosting in its page")
    return completed(posting, {**job, "identifier": None, "validThrough": None})


EXTRACTOR = Extractor(
    url=(BOARD,),
    examples={
        "https://join.com/companies/acme": {"board": "acme"},
        "https://join.com/companies/acme-gmbh?page=2#jobs": {"board": "acme-gmbh"},
        "http://www.join.com/companies/acme/16084660-social-motion-designer?pid=1": {"board": "acme"},
        "https://join.com/de/companies/acme": {"board": "acme"},
    },
    address="https://join.com/companies/{board}",
    host="join.com",
    rate=1.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    guessable=True,
    company=company,
    about=About(
        name="JOIN",
        requests="⌈N/5⌉ + N",
        paging="by page number, 5",
        conditional="unknown",
        pay="structured, where the employer shows it",
        limits="the API behind the pages answers 429",
        checked="recorded",
    ),
)
