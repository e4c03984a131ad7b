"""Paycom: a POSTed list of 100 a page, and a document per posting; both need the page's own token. Checked 2026-11.

No public documentation: this is what the career portals' own pages ask (https://www.paycomonline.net). Every visitor's
page holds an anonymous token and the address of the region's API, so a reading begins with the page, and so does every
detail: the tokens are short-lived. A portal that does not exist answers 200 with a sentence that says so. The list's
descriptions are excerpts and are not read.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape
from typing import Any

from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import items, mapping, moment, text, whole_number
from worker.paging import Part, paged
from worker.posting import BoardKey, Page, Posting, Skipped
from worker.schema_org import completed

HOST = r"(?:https?://)?(?:www\.)?paycomonline\.net(?::\d+)?/v4/ats/(?:web|index)\.php/"
URLS = (
    # …/portal/<32 hex digits>/career-page, …/portal/<32 hex digits>/jobs/60339
    rf"{HOST}portal/(?P<board>[0-9a-f]{{32}})(?=[/?#]|$)",
    # the older …/jobs?clientkey=<32 hex digits>, …/jobs/ViewJobDetails?job=60339&clientkey=<32 hex digits>
    rf"{HOST}jobs(?:/[^?#]*)?\?(?:[^#]*&)?clientkey=(?P<board>[0-9a-f]{{32}})(?=[&#]|$)",
)
NO_SUCH_PORTAL = "job board does not exist or is unavailable"
CONFIGURATION = re.compile(r"configsFromHost[\"']?\s*[=:]\s*(?=\{)")
SERVICE = re.compile(r"https://[a-z0-9][a-z0-9.-]*\.paycomonline\.net/?")

TAKE = 100
MAX_PAGES = 500
NO_FILTERS = {
    "distanceFrom": 0, "workEnvironments": [], "positionTypes": [], "educationLevels": [], "categories": [],
    "travelTypes": [], "shiftTypes": [], "otherFilters": [], "keywordSearchText": "", "location": "", "sortOption": "",
}  # fmt: skip
EXTRAS = {"level": "level", "shift": "jobShift", "education": "educationLevel", "travel": "travelPercentage",
          "compensation": "salaryRange"}  # fmt: skip


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page: {"jobPostingPreviewsCount", "jobPostingPreviews": [{"jobId", "jobTitle", …}]}."""
    service, headers = _session(http, board)

    def ask(_number: int, received: int) -> Part:
        body = {"skip": received, "take": TAKE, "filtersForQuery": NO_FILTERS}
        answer = http.post_json(f"{service}/api/ats/job-posting-previews/search", body, headers=headers)
        return Part(answer, [mapping(row).get("jobId") for row in _rows(answer)], _total(answer))

    yield from paged(ask, most=MAX_PAGES)


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `jobPostingPreviews`."""
    rows = _rows(page.data)
    yield from each(rows, lambda row: _posting(row, board), id_field="jobId", title_field="jobTitle")


def detail(http: Http, board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting: {"jobPosting": {"description", "qualifications", "googleJobJson": "{…}", …}}."""
    service, headers = _session(http, board)
    return http.get_json(f"{service}/api/ats/job-postings/{posting.external_id}", headers=headers)


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add text, pay, dates and classification to a posting of the list."""
    job = mapping(payload).get("jobPosting")
    if not isinstance(job, dict):
        raise UnexpectedPayload(f"Paycom posting {posting.external_id} has no jobPosting")
    known = completed(posting, _decoded(job.get("googleJobJson")))
    places = [job.get("location"), *(_secondary(place) for place in items(job.get("secondaryLocations")))]
    return replace(
        known,
        locations=[place for value in places if (place := text(value))] or known.locations,
        workplace=text(job.get("remoteType")) or known.workplace,
        department=text(job.get("jobCategory")),
        employment_type=text(job.get("positionType")) or known.employment_type,
        description_html=_description(job) or known.description_html,
        extras={**known.extras, **{name: value for name, key in EXTRAS.items() if (value := text(job.get(key)))}},
    )


def _portal(board: BoardKey) -> str:
    return f"https://www.paycomonline.net/v4/ats/web.php/portal/{board['board']}"


def _session(http: Http, board: BoardKey) -> tuple[str, dict[str, str]]:
    """Return the address of the portal's API and the headers it wants, as the portal's page gives them to a visitor."""
    url = f"{_portal(board)}/career-page"
    page = http.get_page(url).text
    if NO_SUCH_PORTAL in page.lower():
        raise BoardNotFound("Paycom says that this job board does not exist or is unavailable")
    start = CONFIGURATION.search(page)
    config = _decoded(page, start.end()) if start else {}
    library = _decoded(config.get("libConfig"))
    token = text(config.get("sessionJWT"))
    service = text(library.get("atsPortalMantleServiceUrl")) or text(config.get("atsPortalMantleServiceUrl")) or ""
    if not token or not SERVICE.fullmatch(service):
        raise UnexpectedPayload("the Paycom portal's page has no configsFromHost with sessionJWT and service address")
    return service.rstrip("/"), {"Authorization": token, "Locale": "en-US", "Portal-Host-Referrer": url}


def _decoded(document: Any, start: int = 0) -> Mapping[str, Any]:
    """The JSON object at a place of a text, whatever follows it; an empty one where there is none."""
    if not isinstance(document, str):
        return {}
    try:
        return mapping(json.JSONDecoder().raw_decode(document, start)[0])
    except (ValueError, RecursionError):
        return {}


def _rows(answer: Any) -> list[Any]:
    rows = answer.get("jobPostingPreviews") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedPayload("the Paycom list has no list named jobPostingPreviews")
    return rows


def _total(answer: Any) -> int | None:
    return whole_number(answer.get("jobPostingPreviewsCount"))


def _posting(row: Any, board: BoardKey) -> Posting:
    external_id = text(row["jobId"]) or ""
    place = text(row.get("locations"))
    return Posting(
        external_id=external_id,
        title=text(row["jobTitle"]) or "",
        url=f"{_portal(board)}/jobs/{external_id}",
        locations=[place] if place else [],
        workplace=text(row.get("remoteType")),
        employment_type=text(row.get("positionType")),
        posted_at=moment(row.get("postedOn")),
    )


def _secondary(place: Any) -> Any:
    return place.get("location") if isinstance(place, dict) else place


def _description(job: Mapping[str, Any]) -> str | None:
    parts = []
    for name in ("description", "qualifications"):
        if body := text(job.get(name)):
            title = text(job.get(f"{name}Title"))
            parts.append((f"<h3>{escape(title)}</h3>" if title else "") + body)
    return "\n".join(parts) or None


_KEY = "03A0C40668106F27C234F910C58A5718"

EXTRACTOR = Extractor(
    url=URLS,
    examples={
        f"https://www.paycomonline.net/v4/ats/web.php/portal/{_KEY}/career-page": {"board": _KEY},
        f"https://paycomonline.net/v4/ats/web.php/portal/{_KEY}/jobs/60339?utm_source=x#top": {"board": _KEY},
        f"http://www.paycomonline.net/v4/ats/web.php/jobs?clientkey={_KEY}": {"board": _KEY},
        f"https://www.paycomonline.net/v4/ats/web.php/jobs/ViewJobDetails?job=60339&clientkey={_KEY}&jpt=x": {
            "board": _KEY
        },
    },
    address="https://www.paycomonline.net/v4/ats/web.php/portal/{board}/career-page",
    host="paycomonline.net",
    rate=2.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    detail_budget=25,
    about=About(
        name="Paycom",
        requests="1 + ⌈N/100⌉ + 2N",
        paging="rows skipped, 100 a page, to the advertised total",
        conditional="none: the page holds a new token each time",
        pay="the posting's JobPosting, where the employer shows it",
        limits="none known",
        checked="handmade",
    ),
)
