"""Trakstar Hire (Recruiterbox): a list of 100 a page with texts; has neither dates nor pay. Checked 2026-11.

https://apiv1.recruiterbox.com/frontend_api.html. The API is still Recruiterbox's, for boards on either domain. An
unknown board is HTTP 400 ("Invalid client name"), an empty one has a total of 0. The documentation calls the total
`total_count`, the answers `total`. `allows_remote: false` says that the work is not remote, not where it is done.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import epoch_milliseconds, mapping, moment, text, whole_number
from worker.paging import Part, paged
from worker.posting import BoardKey, Page, Posting, Skipped

OWN_HOSTS = r"(?!(?:www|app|api|apiv1|jsapi|js|developers?|docs|help|support|blog|status|go|info|hire|learn|cdn)\.)"
URLS = (
    # acme.hire.trakstar.com/jobs/fk0abc1, acme.recruiterbox.com/jobs/fk0abc1
    rf"(?:https?://)?{OWN_HOSTS}(?P<board>[a-z0-9][a-z0-9-]*)\.(?:hire\.trakstar|recruiterbox)\.com(?::\d+)?(?=[/?#]|$)",
    r"(?:https?://)?jsapi\.recruiterbox\.com/v1/openings/?\?(?:[^#]*&)?client_name=(?P<board>[\w-]+)(?=[&#]|$)",
)
API = "https://jsapi.recruiterbox.com/v1/openings"

LIMIT = 100
MAX_PAGES = 200


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page: {"meta": {"offset", "limit", "total"}, "objects": [{"id", "title", …}]}."""

    def ask(_number: int, received: int) -> Part:
        answer = http.get_json(API, params={"client_name": board["board"], "offset": received, "limit": LIMIT})
        return Part(answer, [mapping(row).get("id") for row in _rows(answer)], _total(answer))

    yield from paged(ask, most=MAX_PAGES)


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `objects`."""
    yield from each(_rows(page.data), lambda row: _posting(row, board))


def _rows(answer: Any) -> list[Any]:
    rows = answer.get("objects") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedPayload("the Trakstar list has no list named objects")
    return rows


def _total(answer: Any) -> int | None:
    meta = mapping(answer.get("meta"))
    return whole_number(meta.get("total", meta.get("total_count")))


def _posting(row: Any, board: BoardKey) -> Posting:
    external_id = text(row["id"]) or ""
    location = mapping(row.get("location"))
    place = ", ".join(part for name in ("city", "state", "country") if (part := text(location.get(name))))
    country = text(location.get("country"))
    return Posting(
        external_id=external_id,
        title=text(row["title"]) or "",
        url=text(row.get("hosted_url")) or f"https://{board['board']}.hire.trakstar.com/jobs/{external_id}/",
        locations=[place] if place else [],
        workplace="remote" if row.get("allows_remote") is True else None,
        country_codes=[country] if country else [],
        department=_name(row.get("department")),
        team=_name(row.get("team")),
        employment_type=text(row.get("position_type")),
        closes_at=_moment(row.get("close_date")),
        description_html=text(row.get("description")),
    )


def _moment(value: Any) -> datetime | None:
    """Read seconds since 1970, which the documentation says, or a date."""
    seconds = whole_number(value)
    return moment(value) if seconds is None else epoch_milliseconds(seconds * 1000)


def _name(value: Any) -> str | None:
    return text(mapping(value).get("name")) or text(value)


EXTRACTOR = Extractor(
    url=URLS,
    examples={
        "https://acme.hire.trakstar.com": {"board": "acme"},
        "https://acme.hire.trakstar.com/jobs/fk0abc1/?source=x#apply": {"board": "acme"},
        "http://acme-group.recruiterbox.com/jobs/fk0abc1": {"board": "acme-group"},
        "https://jsapi.recruiterbox.com/v1/openings?client_name=acme&limit=100": {"board": "acme"},
    },
    address="https://{board}.hire.trakstar.com/",
    host="jsapi.recruiterbox.com",
    rate=2.0,
    pages=pages,
    parse=parse,
    statuses={400: BoardNotFound},
    guessable=True,
    about=About(
        name="Trakstar Hire",
        requests="⌈N/100⌉",
        paging="rows skipped, 100 a page, to the advertised total",
        conditional="none known",
        pay="none",
        limits="none known",
        checked="documented",
        public_api="https://apiv1.recruiterbox.com/frontend_api.html",
    ),
)
