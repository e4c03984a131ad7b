"""UKG Pro Recruiting (UltiPro): a POSTed list of 100 a page, and a page per posting with the text. Checked 2026-11.

No public documentation: this is what the boards' own pages ask (https://recruiting.ultipro.com). Their robots.txt
allows the board and the postings, and keeps crawlers from the list (`Disallow: */JobBoardView`): where it is heeded,
such a board is refused.

An unknown board answers like an empty one (`totalCount: 0`). The list's `PostedDate` moves whenever a posting is
published again, so the date is the one of the posting's page. `JobLocationType` is 0 hybrid, 1 on-site, 2 remote.
Pay that the employer hides (`PayRangeVisible: false`) is in the page all the same and is not read.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import amount, items, mapping, moment, text, whole_number
from worker.paging import Part, paged
from worker.posting import BoardKey, Page, Posting, Salary, Skipped

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
# recruiting2.ultipro.com/ACM1000ACME/JobBoard/<uuid>/OpportunityDetail?opportunityId=…, acme.rec.pro.ukg.net/…
BOARD = (
    r"(?:https?://)?(?P<host>recruiting\d?\.ultipro\.(?:com|ca)|[a-z0-9][a-z0-9-]*\.rec\.pro\.ukg\.net)(?::\d+)?"
    rf"/(?P<tenant>[\w-]+)/JobBoard/(?P<board>{UUID})(?=[/?#]|$)"
)

TOP = 100
MAX_PAGES = 500
WORKPLACES = {0: "hybrid", 1: "on-site", 2: "remote"}
DETAIL = "CandidateOpportunityDetail("


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page: {"totalCount", "opportunities": [{"Id", "Title", "Locations": […], …}]}."""
    url = f"{_site(board)}/JobBoardView/LoadSearchResults"

    def ask(_number: int, received: int) -> Part:
        answer = http.post_json(url, _search(received))
        return Part(answer, [mapping(row).get("Id") for row in _rows(answer)], _total(answer))

    yield from paged(ask, most=MAX_PAGES)


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `opportunities`."""
    yield from each(_rows(page.data), lambda row: _posting(row, board), id_field="Id", title_field="Title")


def detail(http: Http, board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting's page: HTML with `…CandidateOpportunityDetail({"Id", "Description", …})` in a script."""
    return http.get_text(_posting_url(board, posting.external_id))


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add text, date and pay to a posting of the list."""
    job = _opportunity(payload)
    if job is None or text(job.get("Id")) != posting.external_id:
        raise UnexpectedPayload(f"the page of UKG posting {posting.external_id} does not hold that posting")
    return replace(
        posting,
        salary=_salary(job),
        posted_at=moment(job.get("PostedDate")),
        description_html=text(job.get("Description")),
    )


def _site(board: BoardKey) -> str:
    return f"https://{board['host']}/{board['tenant']}/JobBoard/{board['board']}"


def _posting_url(board: BoardKey, external_id: str) -> str:
    return f"{_site(board)}/OpportunityDetail?opportunityId={external_id}"


def _search(skip: int) -> dict[str, Any]:
    newest = {"Value": "postedDateDesc", "PropertyName": "PostedDate", "Ascending": False}
    return {"opportunitySearch": {"Top": TOP, "Skip": skip, "QueryString": "", "OrderBy": [newest], "Filters": []}}


def _rows(answer: Any) -> list[Any]:
    rows = answer.get("opportunities") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedPayload("the UKG list has no list named opportunities")
    return rows


def _total(answer: Any) -> int | None:
    return whole_number(answer.get("totalCount"))


def _posting(row: Any, board: BoardKey) -> Posting:
    external_id = text(row["Id"]) or ""
    places = [mapping(place) for place in items(row.get("Locations"))]
    kind = row.get("JobLocationType")
    return Posting(
        external_id=external_id,
        title=text(row["Title"]) or "",
        url=_posting_url(board, external_id),
        locations=[name for place in places if (name := _place(place))],
        workplace=WORKPLACES.get(kind) if isinstance(kind, int) and not isinstance(kind, bool) else None,
        country_codes=[code for place in places if (code := _word(_address(place).get("Country"), "Code", "Name"))],
        department=text(row.get("JobCategoryName")),
        employment_type=_hours(row.get("FullTime")),
        requisition_id=text(row.get("RequisitionNumber")),
    )


def _hours(full_time: Any) -> str | None:
    return "Full time" if full_time is True else "Part time" if full_time is False else None


def _address(place: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(place.get("Address"))


def _place(place: Mapping[str, Any]) -> str | None:
    """City, state and country; where there is no address, the name the board gives the place."""
    address = _address(place)
    parts = (text(address.get("City")), _word(address.get("State"), "Name", "Code"),
             _word(address.get("Country"), "Name", "Code"))  # fmt: skip
    named = ", ".join(part for part in parts if part)
    return named or text(place.get("LocalizedName")) or text(place.get("LocalizedDescription"))


def _word(value: Any, *names: str) -> str | None:
    return next((word for name in names if (word := text(mapping(value).get(name)))), None)


def _opportunity(payload: Any) -> Mapping[str, Any] | None:
    """The posting in its page's script, a JSON object that is the argument of a call."""
    start = payload.find(DETAIL) if isinstance(payload, str) else -1
    if start < 0:
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(payload, start + len(DETAIL))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _salary(job: Mapping[str, Any]) -> Salary | None:
    if job.get("PayRangeVisible") is False:
        return None
    currency = text(job.get("CompensationCurrencyCode")) or text(job.get("PayRangeCurrencyCode"))
    for kind, period in (("Annual", "year"), ("Hourly", "hour")):
        bounds = amount(job.get(f"Compensation{kind}Minimum")), amount(job.get(f"Compensation{kind}Maximum"))
        if any(bounds):
            return Salary(*bounds, currency, period)
    shown = mapping(job.get("PayRange"))
    bounds = amount(shown.get("PayRangeMinimum")), amount(shown.get("PayRangeMaximum"))
    return Salary(*bounds, currency, None) if any(bounds) else None


_ID = "0b7c9a52-6d1e-4f0a-9a53-2f4c8e1d7b60"
_ACME = {"tenant": "ACM1000ACME", "board": _ID, "host": "recruiting.ultipro.com"}

EXTRACTOR = Extractor(
    url=(BOARD,),
    fields=("tenant", "board", "host"),
    defaults={"host": "recruiting.ultipro.com"},
    examples={
        f"https://recruiting.ultipro.com/ACM1000ACME/JobBoard/{_ID}": _ACME,
        f"https://recruiting.ultipro.com/ACM1000ACME/JobBoard/{_ID}/?q=&o=postedDateDesc#top": _ACME,
        f"https://recruiting.ultipro.com/ACM1000ACME/JobBoard/{_ID}/OpportunityDetail?opportunityId={_ID}": _ACME,
        f"https://recruiting2.ultipro.com/ACM1000ACME/JobBoard/{_ID}/JobBoardView/LoadSearchResults": {
            **_ACME,
            "host": "recruiting2.ultipro.com",
        },
        f"http://recruiting.ultipro.ca/ACM1000ACME/JobBoard/{_ID}": {**_ACME, "host": "recruiting.ultipro.ca"},
        f"https://acme.rec.pro.ukg.net/ACM1000ACME/JobBoard/{_ID}": {**_ACME, "host": "acme.rec.pro.ukg.net"},
    },
    address="https://{host}/{tenant}/JobBoard/{board}",
    host="ultipro.com",
    rate=2.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    unknown_reads_empty=True,
    about=About(
        name="UKG Pro Recruiting",
        requests="⌈N/100⌉ + N",
        paging="rows skipped, 100 a page, to the advertised total",
        conditional="none known",
        pay="the posting's page, where the employer shows it",
        limits="none known; robots.txt keeps crawlers from the list",
        checked="handmade",
    ),
)
