"""Manatal: two kinds of career page, each a list with texts, 100 or 250 postings a page. Checked 2026-11.

https://developers.manatal.com/reference/career-page_jobs_list, https://api.careers-page.com/openapi.json

The older kind is www.careers-page.com/acme, the newer one acme.careers-page.com. They are told apart by the key's
`site`, as one account may have both: their postings differ in number, titles and ids (a hash, a UUID), and each is
answered by an API of its own. Both count exactly; a page beyond the last is answered with 404. Neither list has a date.
Pay has no period, and counts only where it is shown. `organization_name` and `client` are a department with one
employer and an agency's client with the next, so they stay among the extras.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import amount, items, mapping, text, whole_number
from worker.posting import BoardKey, Page, Posting, Salary, Skipped

OLDER, NEWER = "www.careers-page.com", "careers-page.com"
NO_PAGE = r"(?:api|assets|jobs?|login|static|media|favicon\.ico)"
NO_BOARD = "(?:www|api|app|customer|static|cdn|assets|help)"
END = r"(?=[/?#]|$)"
URLS = (
    # www.careers-page.com/acme/job/RY6X46WX, and what such pages ask
    rf"(?:https?://)?(?:www\.)?careers-page\.com(?::\d+)?/(?!{NO_PAGE}{END})(?P<board>[\w%-]+){END}",
    rf"(?:https?://)?www\.careers-page\.com(?::\d+)?/api/v1\.0/c/(?P<board>[\w%-]+){END}",
    rf"(?:https?://)?(?:core\.)?api\.manatal\.com(?::\d+)?/open/v3/career-page/(?P<board>[\w%-]+){END}",
    # acme.careers-page.com/jobs/<uuid>, and what such pages ask
    rf"(?:https?://)?(?!{NO_BOARD}\.)(?P<board>[a-z0-9][a-z0-9-]*)\.(?P<site>careers-page\.com)(?::\d+)?{END}",
    rf"(?:https?://)?api\.(?P<site>careers-page\.com)(?::\d+)?/open/v1/career-pages/(?P<board>[\w%-]+){END}",
)

MAX_PAGES = 200


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page.

    The older kind gives {"count", "next", "results": [{"id", "hash", "position_name", …}]}, the newer one
    {"total", "items": [{"id", "translations": [{"name", "description"}], "location": {…}, …}]}.
    """
    total: int | None = None
    received, number = 0, 0
    seen: set[str] = set()
    while True:
        number += 1
        answer = _ask(http, board, number)
        rows = _rows(answer)
        total = _total(answer) if total is None else total
        received += len(rows)
        ids = {str(mapping(row).get("id")) for row in rows}
        last = not rows or (received >= total if total is not None else not mapping(answer).get("next"))
        truncated = None
        if ids and ids <= seen:
            truncated = f"page {number} of the list repeats earlier ones"
        elif number == MAX_PAGES and not last:
            truncated = f"not read beyond page {MAX_PAGES}"
        yield Page(answer, total, truncated)
        if last or truncated:
            return
        seen |= ids


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every posting of either list."""
    if board["site"] == NEWER:
        yield from each(_rows(page.data), lambda row: _newer(row, board))
    else:
        yield from each(_rows(page.data), lambda row: _older(row, board), title_field="position_name")


def _ask(http: Http, board: BoardKey, number: int) -> Any:
    name = board["board"]
    if board["site"] == NEWER:
        url = f"https://api.careers-page.com/open/v1/career-pages/{name}/job-posts"
        return http.get_json(url, params={"page": number, "size": 250})
    url = f"https://api.manatal.com/open/v3/career-page/{name}/jobs/"
    return http.get_json(url, params={"page": number, "page_size": 100})


def _rows(answer: Any) -> list[Any]:
    rows = mapping(answer).get("results", mapping(answer).get("items"))
    if not isinstance(rows, list):
        raise UnexpectedPayload("the Manatal list has no list named results or items")
    return rows


def _total(answer: Any) -> int | None:
    return whole_number(mapping(answer).get("count", mapping(answer).get("total")))


def _site(board: BoardKey) -> str:
    name = board["board"]
    return f"https://{name}.careers-page.com" if board["site"] == NEWER else f"https://{OLDER}/{name}"


def _older(row: Any, board: BoardKey) -> Posting:
    country, organization = text(row.get("country")), text(row.get("organization_name"))
    return Posting(
        external_id=text(row["id"]) or "",
        title=text(row["position_name"]) or "",
        url=f"{_site(board)}/job/{_hash(row)}",
        locations=[place] if (place := text(row.get("location_display")) or _place(row)) else [],
        workplace="remote" if row.get("is_remote") is True else None,
        country_codes=[country] if country else [],
        employment_type=text(row.get("contract_details")),
        salary=_salary(row) if row.get("is_salary_visible") is True else None,
        description_html=text(row.get("description")),
        extras={"organization_name": organization} if organization else {},
    )


def _hash(row: Mapping[str, Any]) -> str:
    found = text(row["hash"])
    if found is None:
        raise ValueError("hash is empty")
    return found


def _newer(row: Any, board: BoardKey) -> Posting:
    external_id = text(row["id"]) or ""
    said = next((one for one in map(mapping, items(row["translations"])) if text(one.get("name"))), {})
    location, client = mapping(row.get("location")), text(mapping(row.get("client")).get("name"))
    country = text(location.get("country"))
    return Posting(
        external_id=external_id,
        title=text(said["name"]) or "",
        url=f"{_site(board)}/jobs/{external_id}",
        locations=[place] if (place := _place(location)) else [],
        country_codes=[country] if country else [],
        language=text(said.get("language_code")),
        description_html=text(said.get("description")),
        extras={"client": client} if client else {},
    )


def _place(row: Mapping[str, Any]) -> str | None:
    return ", ".join(filter(None, (text(row.get(name)) for name in ("city", "state", "country")))) or None


def _salary(row: Mapping[str, Any]) -> Salary | None:
    lowest, highest = amount(row.get("salary_min")), amount(row.get("salary_max"))
    if lowest is None and highest is None:
        return None
    return Salary(lowest, highest, text(row.get("currency_code")), None)


EXTRACTOR = Extractor(
    url=URLS,
    fields=("board", "site"),
    defaults={"site": OLDER},
    examples={
        "https://www.careers-page.com/acme": {"board": "acme", "site": OLDER},
        "https://www.careers-page.com/acme-2/job/RY6X46WX?utm_source=x#apply": {"board": "acme-2", "site": OLDER},
        "https://www.careers-page.com/api/v1.0/c/acme/jobs/?page=2": {"board": "acme", "site": OLDER},
        "https://api.manatal.com/open/v3/career-page/acme/jobs/": {"board": "acme", "site": OLDER},
        "https://acme.careers-page.com": {"board": "acme", "site": NEWER},
        "https://acme.careers-page.com/jobs/324a6547-405f-4fff-af4e-79db3e0dfee2/apply": {
            "board": "acme",
            "site": NEWER,
        },
        "https://api.careers-page.com/open/v1/career-pages/acme/job-posts?page=1": {"board": "acme", "site": NEWER},
    },
    address=_site,
    host="api.manatal.com",
    rate=2.0,
    pages=pages,
    parse=parse,
    guessable=True,
    about=About(
        name="Manatal",
        requests="⌈N/100⌉, ⌈N/250⌉ on newer pages",
        paging="by page number, 100 or 250",
        conditional="unknown",
        pay="structured where the employer shows it, without a period",
        limits="none documented",
        checked="recorded",
        public_api="https://developers.manatal.com/reference/career-page_jobs_list",
    ),
)
