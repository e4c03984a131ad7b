"""Jibe (iCIMS Career Sites): pages of 100 postings with their texts, on the company's own domain. Checked 2026-11.

No public documentation: this is what the careers sites' own pages ask (https://careers.icims.com/api/jobs).

Every site has a twin at jibeapply.com that answers alike. A row is a posting in one language; its `slug` is the same in
all of them. `limit` beyond 100 is answered with 422. Beyond the last page the list is empty under the same total; on
some large sites all beyond row 5,100 is the same page again. `responsibilities` and `qualifications` repeat parts of
`description`. `location_type` is `ANY` or `LAT_LONG` where it says nothing of the workplace. `apply_url` leads to the
tracking system behind the site, which asks for a login. robots.txt asks for five seconds between requests.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import amount, items, mapping, moment, text, whole_number
from worker.posting import BoardKey, Page, Posting, Salary, Skipped, WebPage

NO_BOARDS = r"(?:www|api|app|assets|cms|email|mail|uri)"
BOARD = rf"(?:https?://)?(?P<host>(?!{NO_BOARDS}\.)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.jibeapply\.com)(?::\d+)?(?=[/?#]|$)"
MARKS = re.compile(r"""["'](?:https?:)?//[\w.-]*\.jibecdn\.com/|\bdata-jibe-|\bwindow\._jibe\b""", re.IGNORECASE)

LIMIT = 100
MAX_PAGES = 40
"""What can be read at five seconds a page before a run has to end."""


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page: {"jobs": [{"data": {"slug", "title", "description", …}}], "totalCount"}.

    The total counts rows, of which a posting has one for each of its languages.
    """
    seen: set[tuple[str, str]] = set()
    received = number = 0
    while True:
        number += 1
        query: dict[str, str | int] = {"page": number, "limit": LIMIT, "internal": "false"}
        answer = http.get_json(f"https://{board['host']}/api/jobs", params=query)
        rows, total = _rows(answer), _total(answer)
        known = len(seen)
        seen |= {_key(mapping(row)) for row in rows}
        received += len(rows)
        last = not rows or (total is not None and received >= total)
        truncated = None
        if rows and len(seen) == known:
            truncated = f"page {number} of the list repeats earlier ones"
        elif number == MAX_PAGES and not last:
            truncated = f"not read beyond page {MAX_PAGES}, as the site asks for five seconds between requests"
        elif last and total is not None and len(seen) < total:
            truncated = f"the list advertises {total} rows and gave {len(seen)}"
        yield Page(answer, truncated=truncated)
        if last or truncated:
            return


def _rows(answer: Any) -> list[Any]:
    rows = answer.get("jobs") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedPayload("the Jibe list has no list named jobs")
    return [mapping(row).get("data") for row in rows]


def _key(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row.get("slug")), str(row.get("language"))


def _total(answer: Mapping[str, Any]) -> int | None:
    return whole_number(answer.get("totalCount"))


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read the `data` of every job."""
    yield from each(_rows(page.data), lambda row: _posting(row, board), id_field="slug")


def _posting(row: Any, board: BoardKey) -> Posting:
    slug = text(row["slug"]) or ""
    country = text(row.get("country_code")) or text(row.get("country"))
    return Posting(
        external_id=slug,
        title=text(row["title"]) or "",
        url=text(mapping(row.get("meta_data")).get("canonical_url")) or f"https://{board['host']}/jobs/{slug}",
        apply_url=text(row.get("apply_url")),
        locations=_locations(row),
        workplace=_workplace(row),
        country_codes=[country] if country else [],
        department=text(row.get("department")) or _category(row),
        employment_type=text(row.get("employment_type")),
        salary=_salary(row),
        posted_at=moment(row.get("posted_date")),
        closes_at=moment(row.get("posting_expiry_date")),
        language=text(row.get("language")),
        requisition_id=text(row.get("req_id")),
        description_html=text(row.get("description")),
        extras={name: value for name in ("brand", "hiring_organization") if (value := text(row.get(name)))},
    )


def _locations(row: Mapping[str, Any]) -> list[str]:
    """Every place of a posting: `full_location` joins them with semicolons, as others stand within a place."""
    parts = (text(row.get(name)) for name in ("city", "state", "country"))
    place = text(row.get("full_location")) or text(row.get("location_name")) or ", ".join(filter(None, parts))
    return [part for one in place.split(";") if (part := one.strip())]


def _workplace(row: Mapping[str, Any]) -> str | None:
    word = text(row.get("location_type"))
    return None if word in ("ANY", "LAT_LONG", "NONE") else word


def _category(row: Mapping[str, Any]) -> str | None:
    named = [mapping(category).get("name") for category in items(row.get("categories"))]
    return next(filter(None, map(text, [*named, *items(row.get("category"))])), None)


def _salary(row: Mapping[str, Any]) -> Salary | None:
    exact = amount(row.get("salary_value"))
    lowest, highest = amount(row.get("salary_min_value")) or exact, amount(row.get("salary_max_value")) or exact
    if lowest is None and highest is None:
        return None
    return Salary(lowest, highest, text(row.get("salary_currency")), text(row.get("salary_frequency")))


def sniff(page: WebPage) -> BoardKey | None:
    """A page of a careers site is told by where its scripts come from; the site is the page's own host."""
    parts = urlsplit(page.url)
    if not MARKS.search(page.text) or not parts.hostname or parts.port not in (None, 80, 443):
        return None
    return {"host": parts.hostname}


EXTRACTOR = Extractor(
    url=(BOARD,),
    fields=("host",),
    examples={
        "https://acme.jibeapply.com": {"host": "acme.jibeapply.com"},
        "https://acme.jibeapply.com/jobs/6504?lang=en-us#top": {"host": "acme.jibeapply.com"},
        "http://acme.jibeapply.com/api/jobs?page=1&limit=100": {"host": "acme.jibeapply.com"},
    },
    address="https://{host}/jobs",
    host="{host}",
    rate=0.2,
    in_flight=1,
    pages=pages,
    parse=parse,
    sniff=sniff,
    about=About(
        name="Jibe (iCIMS Career Sites)",
        requests="⌈N/100⌉",
        paging="page, 100 a page",
        conditional="not known",
        pay="`salary_min_value`, `salary_max_value`",
        limits="robots.txt: 5 s between requests; rows beyond 5,100 on some sites",
        checked="handmade",
    ),
)
