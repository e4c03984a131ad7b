"""Hireology: open jobs with their texts, 500 a page. Checked 2026-11.

No public documentation: this is what https://careers.hireology.com/acme itself asks; the token that its pages carry is
not asked for. A board may be a group's, whose postings live at its locations' own addresses. `count` is the number of
all rows. Pay has no currency; an amount of `0.0` is none.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import amount, items, mapping, moment, text, whole_number
from worker.posting import BoardKey, Page, Posting, Salary, Skipped

# careers.hireology.com/acme/2827500/description, acme.hireology.careers
NAME = r"(?!(?:api|app|static|assets|js|css|jobs)(?:[/?#]|$))(?P<board>[\w%.-]+)(?=[/?#]|$)"
URLS = (
    rf"(?:https?://)?careers\.hireology\.com(?::\d+)?/{NAME}",
    r"(?:https?://)?(?!(?:www|api|app)\.)(?P<board>[a-z0-9][a-z0-9-]*)\.hireology\.careers(?::\d+)?(?=[/?#]|$)",
    rf"(?:https?://)?api\.hireology\.com(?::\d+)?/v\d/(?:public/)?careers/{NAME}",
)

PAGE_SIZE = 500
MAX_PAGES = 100


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page: {"data": [{"id", "name", "job_description", …}], "count", "page", "page_size"}."""
    received, seen = 0, set[str]()
    for number in range(1, MAX_PAGES + 1):
        query = {"page_size": PAGE_SIZE, "page": number}
        answer = http.get_json(f"https://api.hireology.com/v2/public/careers/{board['board']}", params=query)
        rows, advertised = _rows(answer), whole_number(answer.get("count"))
        ids = {str(mapping(row).get("id")) for row in rows}
        received += len(rows)
        last = not rows or (received >= advertised if advertised is not None else len(rows) < PAGE_SIZE)
        truncated = None
        if ids and ids <= seen:
            truncated = f"page {number} of the list repeats earlier ones"
        elif last and advertised is not None and received < advertised:
            truncated = f"the list advertises {advertised} rows and gave {received}"
        elif not last and number == MAX_PAGES:
            truncated = f"not read beyond page {MAX_PAGES}"
        yield Page(answer, truncated=truncated)
        if last or truncated:
            return
        seen |= ids


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `data` that is open."""
    rows = [row for row in _rows(page.data) if _is_open(row)]
    yield from each(rows, lambda row: _posting(row, board), title_field="name")


def _rows(answer: Any) -> list[Any]:
    rows = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedPayload("the Hireology list has no list named data")
    return rows


def _is_open(row: Any) -> bool:
    status = text(mapping(row).get("status"))
    return status is None or status.lower() == "open"


def _posting(row: dict[str, Any], board: BoardKey) -> Posting:
    external_id = text(row["id"]) or ""
    organization = text(mapping(row.get("organization")).get("name"))
    return Posting(
        external_id=external_id,
        title=text(row["name"]) or "",
        url=text(row.get("career_site_url"))
        or f"https://careers.hireology.com/{board['board']}/{external_id}/description",
        locations=list(dict.fromkeys(name for place in items(row.get("locations")) if (name := _place(place)))),
        workplace="remote" if row.get("remote") is True else None,
        department=text(mapping(row.get("job_family")).get("name")),
        employment_type=text(row.get("employment_status")),
        salary=_salary(mapping(row.get("compensation"))),
        posted_at=moment(row.get("created_at")),
        description_html=text(row.get("job_description")),
        extras={"organization": organization} if organization else {},
    )


def _place(place: Any) -> str | None:
    parts = (text(mapping(place).get(name)) for name in ("city", "state"))
    return text(place) or ", ".join(part for part in parts if part) or None


def _salary(stated: Mapping[str, Any]) -> Salary | None:
    exact = amount(stated.get("comp_single_amount")) if stated.get("is_comp_range") is not True else None
    lowest, highest = amount(stated.get("comp_range_min")) or exact, amount(stated.get("comp_range_max")) or exact
    if lowest is None and highest is None:
        return None
    return Salary(lowest, highest, None, text(stated.get("comp_period")))


EXTRACTOR = Extractor(
    url=URLS,
    examples={
        "https://careers.hireology.com/acme": {"board": "acme"},
        "https://careers.hireology.com/acme/2827500/description?ref=x#apply": {"board": "acme"},
        "https://careers.hireology.com/lodge&rehab": {"board": "lodge%26rehab"},
        "http://acme-auto.hireology.careers/jobs": {"board": "acme-auto"},
        "https://api.hireology.com/v2/public/careers/acme?page_size=500": {"board": "acme"},
    },
    address="https://careers.hireology.com/{board}",
    host="api.hireology.com",
    rate=3.0,
    pages=pages,
    parse=parse,
    about=About(
        name="Hireology",
        requests="⌈N/500⌉",
        paging="by page number, 500 rows",
        conditional="unknown",
        pay="structured, without a currency",
        limits="unknown",
        checked="handmade",
    ),
)
