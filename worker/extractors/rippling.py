"""Rippling: a list of up to 1,000 rows a page without texts, and a record per posting. Checked 2026-11.

https://developer.rippling.com/documentation/job-board-api-v2/reference/get-board-slug-jobs

The list has a row per posting and place, unless asked to group them; `totalItems` counts rows, not postings, so it is
held against the rows that came. Date, pay and text are only in a posting's own record. There `employmentType.label` is
the vendor's word and `id` the employer's, `createdOn` does not move with edits, and `description.company` is the same
boilerplate on every posting. Board names are case-sensitive. The older v1 list is a bare array of rows named otherwise.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import amount, items, mapping, moment, text, whole_number
from worker.posting import BoardKey, Page, Posting, Salary, Skipped, WebPage

# ats.rippling.com/acme/jobs/<uuid>, /en-GB/acme/jobs, /embed/acme/jobs; ats.us1.rippling.com is the same site.
HOST = r"(?:https?://)?ats(?:\.[a-z]{2}\d+)?\.rippling\.com(?::\d+)?/"
LOCALE = r"[a-z]{2}-(?:[a-z]{2}|\d{3})"
BOARD = r"(?!(?:api|embed|_next|login|static|assets)(?:[/?#]|$))(?P<board>[\w%.-]+)"
URLS = (
    rf"{HOST}(?:embed/)?(?:{LOCALE}/)?{BOARD}/jobs(?=[/?#]|$)",
    rf"{HOST}(?:embed/)?(?:{LOCALE}/)?(?!(?:{LOCALE}|jobs)/?(?:[?#]|$)){BOARD}/?(?=[?#]|$)",
    rf"(?:{HOST}|(?:https?://)?api\.rippling\.com(?::\d+)?/platform/)api/(?:ats/)?v\d/board/{BOARD}(?=[/?#]|$)",
)
EMBED = re.compile(r"""data-job-board-id=(?:["']|&(?:amp;)?quot;)*([\w.-]+)""", re.IGNORECASE)
REMOTE = re.compile(r"Remote\b", re.IGNORECASE)

PAGE_SIZE = 1000
MAX_PAGES = 50


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page: {"items": [{"id", "name", "url", "locations": […]}], "totalItems", "totalPages"}."""
    before: list[Any] = []
    received = number = 0
    while True:
        query: dict[str, str | int] = {"groupJobsByLocation": "true", "page": number, "pageSize": PAGE_SIZE}
        answer = http.get_json(_list_url(board), params=query)
        rows, number = _rows(answer), number + 1
        received += len(rows)
        in_all, advertised = _count(answer, "totalPages"), _count(answer, "totalItems")
        last = not rows or (number >= in_all if in_all is not None else len(rows) < PAGE_SIZE)
        truncated = None
        if rows and rows == before:
            truncated = f"page {number} of the list repeats the one before"
        elif number == MAX_PAGES and not last:
            truncated = f"not read beyond page {MAX_PAGES}"
        elif last and advertised is not None and received < advertised:
            truncated = f"the list advertises {advertised} rows and gave {received}"
        yield Page(answer, truncated=truncated)
        if last or truncated:
            return
        before = rows


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every posting of `items`."""
    yield from each(_postings(_rows(page.data)), lambda row: _posting(row, board), title_field="name")


def detail(http: Http, board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting: {"uuid", "description": {"company", "role"}, "createdOn", "payRangeDetails": […], …}."""
    return http.get_json(f"{_list_url(board)}/{posting.external_id}")


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add text, date, pay, employment and the way down to the team to a posting of the list."""
    record = mapping(payload)
    if "description" not in record:
        raise UnexpectedPayload(f"Rippling posting {posting.external_id} has no description")
    description, employment = mapping(record["description"]), mapping(record.get("employmentType"))
    departments = _texts(mapping(record.get("department")).get("department_tree"))
    return replace(
        posting,
        locations=posting.locations or _texts(record.get("workLocations")),
        department=departments[0] if departments else posting.department,
        team=departments[-1] if len(departments) > 1 else None,
        employment_type=text(employment.get("label")) or text(employment.get("id")),
        salary=_salary([mapping(band) for band in items(record.get("payRangeDetails"))]),
        posted_at=moment(record.get("createdOn")),
        description_html=text(description.get("role")) or text(description.get("company")),
    )


def sniff(page: WebPage) -> BoardKey | None:
    """Find the board that a company's own page embeds: `<div id="rr-job-board" data-job-board-id="acme">`."""
    embed = EMBED.search(page.text) if "ripplingcdn.com/ats/embeds/" in page.text else None
    return {"board": embed[1]} if embed else None


def _list_url(board: BoardKey) -> str:
    return f"https://api.rippling.com/platform/api/ats/v2/board/{board['board']}/jobs"


def _rows(answer: Any) -> list[Any]:
    rows = answer.get("items") if isinstance(answer, dict) else answer
    if not isinstance(rows, list):
        raise UnexpectedPayload("the Rippling list has no list named items")
    return rows


def _count(answer: Any, name: str) -> int | None:
    return whole_number(mapping(answer).get(name))


def _postings(rows: list[Any]) -> list[Any]:
    """One row for each posting, with the places of all its rows; what has no id is left as it is."""
    merged: dict[int | str, Any] = {}
    for number, row in enumerate(rows):
        fields = mapping(row)
        identity = text(fields.get("id")) or text(fields.get("uuid"))
        if identity is None:
            merged[number] = row
            continue
        first = merged.setdefault(identity, {**fields, "id": identity, "locations": []})
        first["locations"].extend(_places(fields))
    return [*merged.values()]


def _places(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the places of a row; v1 has one, as {"id", "label"}, and says in the label alone that it is remote."""
    if isinstance(row.get("locations"), list):
        return [place for place in row["locations"] if isinstance(place, Mapping)]
    label = mapping(row.get("workLocation")).get("label")
    return [{"name": label, "workplaceType": "REMOTE" if REMOTE.match(text(label) or "") else None}]


def _posting(row: Any, board: BoardKey) -> Posting:
    external_id, title = row["id"], row["name"]
    places, department = _places(row), mapping(row.get("department"))
    workplaces = dict.fromkeys(word for place in places if (word := text(place.get("workplaceType"))))
    return Posting(
        external_id=external_id,
        title=text(title) or "",
        url=text(row.get("url")) or f"https://ats.rippling.com/{board['board']}/jobs/{external_id}",
        locations=list(dict.fromkeys(name for place in places if (name := _place(place)))),
        workplace=", ".join(workplaces) or None,
        country_codes=list(dict.fromkeys(code for place in places if (code := text(place.get("countryCode"))))),
        department=text(department.get("name")) or text(department.get("label")),
        language=text(row.get("language")),
    )


def _texts(values: Any) -> list[str]:
    return [found for value in items(values) if (found := text(value))]


def _place(place: Mapping[str, Any]) -> str | None:
    parts = (text(place.get(name)) for name in ("city", "state", "country"))
    return text(place.get("name")) or ", ".join(filter(None, parts)) or None


def _salary(bands: list[Mapping[str, Any]]) -> Salary | None:
    """Join the bands, one for each place or level, that have the first one's currency and period."""
    stated = [band for band in bands if amount(band.get("rangeStart")) or amount(band.get("rangeEnd"))]
    if not stated:
        return None
    currency, period = text(stated[0].get("currency")), text(stated[0].get("frequency"))
    alike = [one for one in stated if (text(one.get("currency")), text(one.get("frequency"))) == (currency, period)]
    lowest = [low for band in alike if (low := amount(band.get("rangeStart")))]
    highest = [high for band in alike if (high := amount(band.get("rangeEnd")))]
    return Salary(min(lowest, default=None), max(highest, default=None), currency, period)


EXTRACTOR = Extractor(
    url=URLS,
    examples={
        "https://ats.rippling.com/acme/jobs": {"board": "acme"},
        "https://ats.rippling.com/en-GB/acme_career/jobs?workplaceType=REMOTE#top": {"board": "acme_career"},
        "https://ats.rippling.com/acme-careers/jobs/0f6b3c1e-5f0a-4a52-9a0e-6c1d2b7e9f31/apply?step=application": {
            "board": "acme-careers"
        },
        "http://ats.us1.rippling.com/embed/acme/jobs?s=https%3A%2F%2Facme.example%2Fcareers": {"board": "acme"},
        "https://ats.rippling.com/es-419/acme": {"board": "acme"},
        "https://ats.rippling.com/api/v2/board/acme/jobs?page=0": {"board": "acme"},
        "https://api.rippling.com/platform/api/ats/v1/board/acme/jobs": {"board": "acme"},
    },
    address="https://ats.rippling.com/{board}/jobs",
    host="api.rippling.com",
    rate=0.16,  # documented: 100 requests in 10 minutes
    in_flight=1,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    detail_budget=30,  # what fits into a run at that rate
    sniff=sniff,
    guessable=True,
    about=About(
        name="Rippling",
        requests="⌈N/1000⌉ + N",
        paging="by page number, 1,000 rows",
        conditional="none (records are no-store)",
        pay="structured, in each posting's record",
        limits="100 requests in 10 minutes (documented)",
        checked="documented",
        public_api="https://developer.rippling.com/documentation/job-board-api-v2/reference/get-board-slug-jobs",
    ),
)
