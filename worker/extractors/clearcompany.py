"""ClearCompany: a list of 50 a page with texts, behind the widget on a company's own page. Checked 2026-11.

No public documentation: this is what the widget asks (https://careers-content.clearcompany.com/js/v1/career-site.js).
A site's id stands in the widget's address or in an attribute of its script. Pages count from 0 (`pageIndex`). The
address in a row leads to the application form; without its end it is the posting. The employer's own part of the pay
has no currency. `openDate` is the requisition's, not the posting's.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import amount, items, mapping, moment, text, whole_number
from worker.posting import BoardKey, Page, Posting, Salary, Skipped, WebPage

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
URLS = (
    rf"(?:https?://)?careers-api\.clearcompany\.com/v1/(?P<board>{UUID})(?=[/?#]|$)",
    rf"(?:https?:)?(?://)?careers-content\.clearcompany\.com/[\w./-]*\?(?:[^#]*&)?siteId=(?P<board>{UUID})(?=[&#]|$)",
)
# <script src="https://careers-content.clearcompany.com/js/v1/career-site.js" data-site-id="…">
SCRIPT = re.compile(r"<script\b[^<>]*careers-content\.clearcompany\.com/[^<>]*>", re.IGNORECASE)
SITE = re.compile(rf"\b(?:data-site-id|siteId)\s*=\s*[\"']?({UUID})\b", re.IGNORECASE)

MAX_PAGES = 200


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page: {"totalCount", "results": [{"id", "positionTitle", "applyLink", …}]}."""
    seen: set[str] = set()
    for number in range(MAX_PAGES):
        answer = http.get_json(_address(board), params={"pageIndex": number})
        rows, total = _rows(answer), _total(answer)
        ids = {str(mapping(row).get("id")) for row in rows}
        repeated = bool(ids) and ids <= seen
        seen |= ids
        finished = not rows or (total is not None and len(seen) >= total)
        truncated = None
        if repeated:
            truncated = f"page {number + 1} of the list repeats earlier ones"
        elif number + 1 == MAX_PAGES and not finished:
            truncated = f"not read beyond page {MAX_PAGES}"
        yield Page(answer, total, truncated)
        if finished or truncated:
            return


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `results`."""
    yield from each(_rows(page.data), _posting, title_field="positionTitle")


def sniff(page: WebPage) -> BoardKey | None:
    """Return the board of ClearCompany's widget on a company's page."""
    sites = (SITE.search(script[0]) for script in SCRIPT.finditer(page.text))
    return next(({"board": site[1].lower()} for site in sites if site), None)


def _address(board: BoardKey) -> str:
    return f"https://careers-api.clearcompany.com/v1/{board['board']}"


def _rows(answer: Any) -> list[Any]:
    rows = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedPayload("the ClearCompany list has no list named results")
    return rows


def _total(answer: Any) -> int | None:
    return whole_number(answer.get("totalCount"))


def _posting(row: Any) -> Posting:
    apply_url = text(row["applyLink"]) or ""
    places = [mapping(place) for place in items(row.get("locations"))]
    named = [place for place in (_place(place) for place in places) if place]
    whole = text(row.get("location"))
    return Posting(
        external_id=text(row["id"]) or "",
        title=text(row["positionTitle"]) or "",
        url=apply_url.rstrip("/").removesuffix("/apply"),
        apply_url=apply_url,
        locations=named or ([whole] if whole else []),
        workplace="remote" if places and all(place.get("isRemote") is True for place in places) else None,
        country_codes=[country for place in places if (country := text(place.get("country")))],
        department=text(row.get("departmentName")),
        salary=_salary(row),
        posted_at=moment(row.get("postedDate")),
        description_html=text(row.get("description")),
    )


def _place(place: Mapping[str, Any]) -> str | None:
    return ", ".join(part for name in ("city", "subdivision", "country") if (part := text(place.get(name)))) or None


def _salary(row: Mapping[str, Any]) -> Salary | None:
    lowest, highest = amount(row.get("salaryRangeLow")), amount(row.get("salaryRangeHigh"))
    if lowest is None and highest is None:
        return None
    return Salary(lowest, highest, None, text(row.get("salaryType")))


_ID = "0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"

EXTRACTOR = Extractor(
    url=URLS,
    examples={
        f"https://careers-api.clearcompany.com/v1/{_ID}?pageIndex=0": {"board": _ID},
        f"https://careers-api.clearcompany.com/v1/{_ID}/5d3c?source=CJB-0": {"board": _ID},
        f"https://careers-content.clearcompany.com/js/v1/career-site.js?siteId={_ID}": {"board": _ID},
    },
    address=_address,
    host="careers-api.clearcompany.com",
    rate=2.0,
    pages=pages,
    parse=parse,
    sniff=sniff,
    about=About(
        name="ClearCompany",
        requests="⌈N/50⌉",
        paging="numbered pages of 50, to the advertised total",
        conditional="none known",
        pay="the list's range, without a currency",
        limits="none known",
        checked="handmade",
    ),
)
