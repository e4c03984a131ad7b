"""Cornerstone OnDemand: a POSTed list of 100 a page with texts, which needs the page's own token. Checked 2026-11.

No public documentation: this is what the career sites' own pages ask (https://www.cornerstoneondemand.com). Every
visitor's page holds an anonymous token and the address of the region's API. A company may have several career sites,
told apart by number, with lists that overlap; each is a board. A site that does not exist redirects to an error page.

The list's `externalDescription` is the plain text of one part of the ad. The whole ad would take the page's cookies
and two requests a posting, so it is not read. Dates are written as the culture does, so en-US is asked for.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import items, mapping, text, whole_number
from worker.paging import Part, paged
from worker.posting import BoardKey, Page, Posting, Skipped

OWN_HOSTS = r"(?:www|api|app|help|login|portal|support|learn|community|status)\."
HOST = rf"(?:https?://)?(?!{OWN_HOSTS})(?P<tenant>[a-z0-9][a-z0-9-]*)\.csod\.com(?::\d+)?"
URLS = (
    # acme.csod.com/ux/ats/careersite/4/home/requisition/494?c=acme
    rf"{HOST}/ux/ats/careersite/(?P<site>\d+)(?=[/?#]|$)",
    # the older acme.csod.com/ats/careersite/JobDetails.aspx?id=494&site=4
    rf"{HOST}/ats/careersite/[\w.]+\?(?:[^#]*&)?site=(?P<site>\d+)(?=[&#]|$)",
)
CONTEXT = re.compile(r"\bcsod\.context\s*=\s*(?=\{)")
API = re.compile(r"https://(?:[a-z0-9-]+\.)?api\.csod\.com/?")

PAGE_SIZE = 100
MAX_PAGES = 500


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page: {"data": {"totalCount", "requisitions": [{"requisitionId", …}]}}."""
    api, token = _context(http, board)
    site, headers = int(board["site"]), {"Authorization": f"Bearer {token}"}

    def ask(number: int, _received: int) -> Part:
        body = {
            "careerSiteId": site, "careerSitePageId": site, "pageNumber": number, "pageSize": PAGE_SIZE,
            "cultureId": 1, "cultureName": "en-US", "searchText": "",
        }  # fmt: skip
        answer = http.post_json(f"{api}/rec-job-search/external/jobs", body, headers=headers)
        return Part(answer, [mapping(row).get("requisitionId") for row in _rows(answer)], _total(answer))

    yield from paged(ask, most=MAX_PAGES)


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `requisitions`."""
    rows = _rows(page.data)
    yield from each(rows, lambda row: _posting(row, board), id_field="requisitionId", title_field="displayJobTitle")


def _context(http: Http, board: BoardKey) -> tuple[str, str]:
    """Return the address of the API and the token, as the career site's page gives them to a visitor."""
    page = text(http.get_text(_page(board), redirects=False)) or ""
    start = CONTEXT.search(page)
    try:
        context = mapping(json.JSONDecoder().raw_decode(page, start.end())[0]) if start else {}
    except (ValueError, RecursionError):
        context = {}
    api, token = text(mapping(context.get("endpoints")).get("cloud")) or "", text(context.get("token"))
    if not token or not API.fullmatch(api):
        raise UnexpectedPayload("the Cornerstone career site's page has no csod.context with token and API address")
    return api.rstrip("/"), token


def _page(board: BoardKey, requisition: str = "") -> str:
    tenant = board["tenant"]
    return f"https://{tenant}.csod.com/ux/ats/careersite/{board['site']}/home{requisition}?c={tenant}"


def _rows(answer: Any) -> list[Any]:
    rows = mapping(mapping(answer).get("data")).get("requisitions")
    if not isinstance(rows, list):
        raise UnexpectedPayload("the Cornerstone list has no list named requisitions in its data")
    return rows


def _total(answer: Any) -> int | None:
    return whole_number(answer["data"].get("totalCount"))


def _posting(row: Any, board: BoardKey) -> Posting:
    external_id = text(row["requisitionId"]) or ""
    places = [mapping(place) for place in items(row.get("locations"))]
    return Posting(
        external_id=external_id,
        title=text(row["displayJobTitle"]) or "",
        url=_page(board, f"/requisition/{external_id}"),
        locations=[name for place in places if (name := _place(place))],
        country_codes=[code for place in places if (code := text(place.get("country")))],
        posted_at=_day(row.get("postingEffectiveDate")),
        closes_at=_day(row.get("postingExpirationDate")),
        description_html=text(row.get("externalDescription")),
    )


def _place(place: Mapping[str, Any]) -> str | None:
    return ", ".join(part for name in ("city", "state", "country") if (part := text(place.get(name)))) or None


def _day(value: Any) -> datetime | None:
    """Read `6/15/2026`, the 15th of June, as its midnight."""
    try:
        return datetime.strptime(text(value) or "", "%m/%d/%Y").replace(tzinfo=UTC)
    except ValueError:
        return None


_ACME = {"tenant": "acme", "site": "1"}

EXTRACTOR = Extractor(
    url=URLS,
    fields=("tenant", "site"),
    defaults={"site": "1"},
    examples={
        "https://acme.csod.com/ux/ats/careersite/1/home?c=acme": _ACME,
        "https://acme.csod.com/ux/ats/careersite/4/home/requisition/494?c=acme&source=x#top": {**_ACME, "site": "4"},
        "http://acme.csod.com/ux/ats/careersite/1/job/494?c=acme": _ACME,
        "https://acme.csod.com/ats/careersite/JobDetails.aspx?id=494&site=4": {**_ACME, "site": "4"},
        "https://acme.csod.com/ats/careersite/search.aspx?site=1&c=acme": _ACME,
    },
    address=_page,
    host="csod.com",
    rate=2.0,
    pages=pages,
    parse=parse,
    about=About(
        name="Cornerstone OnDemand",
        requests="1 + ⌈N/100⌉",
        paging="numbered pages of 100, to the advertised total",
        conditional="none: the page holds a new token each time",
        pay="none",
        limits="robots.txt of the career sites: one page every 10 seconds; none known for the API",
        checked="handmade",
    ),
)
