"""Recruiterflow: a careers page holds its whole list as JSON, a page per posting its text. Checked 2026-11.

No public documentation: https://recruiterflow.com/acme/jobs carries the list three times as `window.jobsList`, grouped
by department, by place and by group. Only the view by place has all the places of a posting, and only that by
department its department. `last_opened` moves when a posting is opened again, so it is not the date it was posted. A
customer that takes no applications has a page without a list.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import items, mapping, text
from worker.posting import BoardKey, Page, Posting, Skipped

# recruiterflow.com/acme/jobs/241
BOARD = r"(?:https?://)?(?:www\.)?recruiterflow\.com(?::\d+)?/(?P<board>[\w%.-]+)/jobs(?=[/?#]|$)"
LIST = re.compile(r"\bwindow\.jobsList\s*=\s*(?=\{)")
RECORD = re.compile(r"\bvar\s+convertedToJSON\s*=\s*(?=\{)")


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the careers page as HTML; its list is {"department": [[name, [{"job_id", "job_name", …}]]], "location"}."""
    page = http.get_text(_site(board))
    if isinstance(page, str) and not LIST.search(page) and "not accepting any applications" in page:
        raise BoardNotFound("the company takes no applications at Recruiterflow at present")
    yield Page(page)


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every posting of the view by department, with its places of the view by place."""
    listed = _object(page.data, LIST)
    views = {name: listed.get(name) if listed else None for name in ("department", "location")}
    if not isinstance(views["department"], list) or not isinstance(views["location"], list):
        raise UnexpectedPayload("the Recruiterflow page has no jobsList by department and location")
    places: dict[str | None, list[str]] = {}
    for place, row in _grouped(views["location"]):
        if place:
            places.setdefault(text(mapping(row).get("job_id")), []).append(place)
    rows = [{**row, "department": department} if isinstance(row, dict) else row
            for department, row in _grouped(views["department"])]  # fmt: skip
    yield from each(rows, lambda row: _posting(row, places, board), id_field="job_id", title_field="job_name")


def detail(http: Http, board: BoardKey, posting: Posting) -> Any:
    """Ask for a posting's page; its record is {"job_id", "about_position", …}."""
    return http.get_text(f"{_site(board)}/{posting.external_id}")


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add the text to a posting of the list."""
    record = _object(payload, RECORD)
    if record is None or "about_position" not in record:
        raise UnexpectedPayload(f"the page of Recruiterflow posting {posting.external_id} has no record of a job")
    return replace(posting, description_html=text(record["about_position"]))


def _site(board: BoardKey) -> str:
    return f"https://recruiterflow.com/{board['board']}/jobs"


def _object(page: Any, assignment: re.Pattern[str]) -> Mapping[str, Any] | None:
    """The object that a script of the page assigns."""
    found = assignment.search(page) if isinstance(page, str) else None
    if not found:
        return None
    try:
        return mapping(json.JSONDecoder(strict=False).raw_decode(page, found.end())[0])
    except (ValueError, RecursionError):
        return None


def _grouped(view: list[Any]) -> Iterator[tuple[str | None, Any]]:
    """Yield every row of a view with the name it is filed under; the same row may come under several."""
    for group in view:
        name, rows = (group[0], group[1]) if isinstance(group, list) and len(group) > 1 else (None, None)
        for row in items(rows):
            yield text(name), row


def _posting(row: dict[str, Any], places: Mapping[str | None, list[str]], board: BoardKey) -> Posting:
    external_id, said = text(row["job_id"]) or "", text(row.get("details"))
    return Posting(
        external_id=external_id,
        title=text(row["job_name"]) or "",
        url=f"{_site(board)}/{external_id}",
        locations=list(dict.fromkeys(places.get(external_id, []))) or ([said] if said else []),
        workplace=text(row.get("remote_type")),
        department=row["department"],
        employment_type=text(row.get("employment_type")),
    )


EXTRACTOR = Extractor(
    url=(BOARD,),
    examples={
        "https://recruiterflow.com/acme/jobs": {"board": "acme"},
        "https://recruiterflow.com/acme/jobs/241?source=x#apply": {"board": "acme"},
        "http://www.recruiterflow.com/acme_talent/jobs": {"board": "acme_talent"},
    },
    address="https://recruiterflow.com/{board}/jobs",
    host="recruiterflow.com",
    rate=1.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    detail_budget=40,
    about=About(
        name="Recruiterflow",
        requests="1 + N",
        paging="none",
        conditional="unknown",
        pay="none",
        limits="unknown",
        checked="handmade",
    ),
)
