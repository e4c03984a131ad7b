"""Apple: a POSTed list of 20 rows a page without texts, and a document per posting. Checked 2026-11.

No public documentation: this is what https://jobs.apple.com/en-us/search itself asks, without a session.

`totalRecords` is right on every page but those past the end, where it is 0. Evergreen roles (`PIPE-…`, mostly retail)
move to the front of the list while it is read, so that a few rows come twice and those are missed; the site's own
addresses leave that prefix off.
A requisition's `id` ends in a number of its place (`200681917-3715`), so one position in two places is two postings.
`jobSummary` speaks of the team, not of the role. `homeOffice` is false by default, so false says nothing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import items, mapping, moment, text
from worker.posting import BoardKey, Page, Posting, Skipped

# jobs.apple.com/en-us/search?location=germany-DEU, /de-de/details/200681917-3715/a-title
BOARD = r"(?:https?://)?jobs\.apple\.com(?::\d+)?(?=[/?#]|$)"
API = "https://jobs.apple.com/api/v1"

ROWS = 20  # fixed by the site
MAX_PAGES = 750
FRONT_PAGES = 3

SECTIONS = (
    ("description", "Description"), ("responsibilities", "Responsibilities"),
    ("minimumQualifications", "Minimum qualifications"), ("preferredQualifications", "Preferred qualifications"),
)  # fmt: skip


@dataclass
class _Walk:
    """What has been seen of the list: its ids, the total it advertised last, and whether its last page had a new id."""

    ids: set[str] = field(default_factory=set)
    total: int | None = None
    fresh: bool = False

    @property
    def lacks(self) -> bool:
        return self.total is not None and len(self.ids) < self.total


def pages(http: Http, _board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page: {"res": {"totalRecords", "searchResults": [{"id", "postingTitle", …}]}}.

    The last page states the total. Roles that were moved to the front meanwhile are sought there once more.
    """
    walk, number = _Walk(), 1
    answer = _ask(http, number, walk)
    while len(_rows(answer)) >= ROWS and walk.fresh and number < MAX_PAGES:
        yield Page(answer)
        number += 1
        answer = _ask(http, number, walk)
    truncated = None
    if len(_rows(answer)) >= ROWS:
        truncated = (
            f"not read beyond page {number}" if walk.fresh else f"page {number} of the list repeats earlier ones"
        )
    for front in range(1, 1 + FRONT_PAGES):
        if truncated or number == 1 or not walk.lacks:
            break
        yield Page(answer)
        answer = _ask(http, front, walk)
    yield Page(answer, walk.total, truncated)


def _ask(http: Http, number: int, walk: _Walk) -> Any:
    body = {"query": "", "filters": {}, "page": number, "locale": "en-us", "sort": "newest",
            "format": {"longDate": "MMMM D, YYYY", "mediumDate": "MMM D, YYYY"}}  # fmt: skip
    answer = http.post_json(f"{API}/search", body)
    ids = {str(mapping(row).get("id")) for row in _rows(answer)}
    total = answer["res"].get("totalRecords")
    if isinstance(total, int) and not isinstance(total, bool) and (total or not walk.ids):
        walk.total = total
    walk.fresh = not ids <= walk.ids
    walk.ids |= ids
    return answer


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `searchResults`."""
    yield from each(_rows(page.data), _posting, title_field="postingTitle")


def detail(http: Http, _board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting: {"res": {"description", "minimumQualifications", "employmentType", …}}."""
    return http.get_json(f"{API}/jobDetails/{_number(posting.external_id)}")


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add the text and the kind of employment to a posting of the list."""
    record = mapping(payload).get("res")
    if not isinstance(record, dict):
        raise UnexpectedPayload(f"Apple posting {posting.external_id} has no res")
    parts = [f"<h3>{heading}</h3>{_markup(body)}" for name, heading in SECTIONS
             if (body := text(record.get(name)))]  # fmt: skip
    return replace(
        posting,
        employment_type=text(record.get("employmentType")),
        description_html="\n".join(parts) or posting.description_html,
    )


def _rows(answer: Any) -> list[Any]:
    rows = mapping(mapping(answer).get("res")).get("searchResults")
    if not isinstance(rows, list):
        raise UnexpectedPayload("Apple's answer has no list named searchResults")
    return rows


def _number(identity: str) -> str:
    return identity.removeprefix("PIPE-")


def _markup(body: str) -> str:
    """Texts are plain with line breaks, some have tags."""
    return body if re.search(r"</?[a-z]\w*[^<>]*>", body, re.IGNORECASE) else escape(body).replace("\n", "<br>")


def _posting(row: dict[str, Any]) -> Posting:
    identity, places = row["id"], [mapping(place) for place in items(row.get("locations"))]
    hours = row.get("standardWeeklyHours")
    slug = text(row.get("transformedPostingTitle"))
    return Posting(
        external_id=identity,
        title=text(row["postingTitle"]) or "",
        url=f"https://jobs.apple.com/en-us/details/{_number(identity)}" + (f"/{slug}" if slug else ""),
        locations=list(dict.fromkeys(name for place in places if (name := _place(place)))),
        workplace="remote" if row.get("homeOffice") is True else None,
        country_codes=list(dict.fromkeys(name for place in places if (name := text(place.get("countryName"))))),
        department=text(mapping(row.get("team")).get("teamName")),
        posted_at=moment(row.get("postDateInGMT")),
        requisition_id=text(row.get("positionId")),
        extras={"weekly_hours": hours} if isinstance(hours, int) and not isinstance(hours, bool) and hours > 0 else {},
    )


def _place(place: Mapping[str, Any]) -> str | None:
    """City, state and country; where the site has no city, the name it gives the place."""
    parts = [text(place.get(name)) for name in ("city", "stateProvince", "countryName")]
    return ", ".join(dict.fromkeys(part for part in parts if part)) if parts[0] else text(place.get("name"))


EXTRACTOR = Extractor(
    url=(BOARD,),
    defaults={"board": "apple"},
    examples={
        "https://jobs.apple.com": {"board": "apple"},
        "https://jobs.apple.com/en-us/search?location=germany-DEU&sort=newest": {"board": "apple"},
        "https://jobs.apple.com/de-de/details/200681917-3715/engineer?team=SFTWR": {"board": "apple"},
        "http://jobs.apple.com/api/v1/search": {"board": "apple"},
    },
    address="https://jobs.apple.com/en-us/search",
    host="jobs.apple.com",
    rate=4.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    detail_budget=60,
    about=About(
        name="Apple",
        requests="⌈N/20⌉ + N (about 305 for the list)",
        paging="by page number, 20 rows",
        conditional="none (POST)",
        pay="none (only in the texts)",
        limits="none known; no robots.txt",
        checked="handmade",
    ),
)
