"""Pinpoint: one JSON document per board, no paging; lacks the country and mostly the posting date. Checked 2026-11.

https://developers.pinpointhq.com/docs/jobs-json-endpoint

`division` is the part of the group that hires, above the department, so it stays among the extras. Pay that the
employer hides (`compensation_visible: false`) is still in the payload and is not read.
"""

from collections.abc import Iterator
from html import escape
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import amount, mapping, moment, text
from worker.posting import BoardKey, Page, Posting, Salary, Skipped

# acme.pinpointhq.com, …/en/postings/<uuid>, …/postings.json
BOARD = (
    r"(?:https?://)?(?!(?:www|app|api|help|support|docs|developers?|status|go|info|blog|trust|learn)\.)"
    r"(?P<board>[a-z0-9][a-z0-9-]*)\.pinpointhq\.com(?::\d+)?(?=[/?#]|$)"
)

DESCRIPTION_PARTS = ("description", "key_responsibilities", "skills_knowledge_expertise", "benefits")


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole board: {"data": [{"id", "title", "url", "description", "job": {…}, "location": {…}, …}]}."""
    yield Page(http.get_json(f"{_site(board)}/postings.json"))


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `data`."""
    rows = page.data.get("data") if isinstance(page.data, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedPayload("the Pinpoint board's answer has no list named data")
    yield from each(rows, lambda row: _posting(row, board))


def _site(board: BoardKey) -> str:
    return f"https://{board['board']}.pinpointhq.com"


def _posting(row: dict[str, Any], board: BoardKey) -> Posting:
    job = mapping(row.get("job"))
    return Posting(
        external_id=text(row["id"]) or "",
        title=text(row["title"]) or "",
        url=text(row.get("url")) or _site(board) + str(row["path"]),
        locations=_locations(row),
        workplace=text(row.get("workplace_type")),
        department=_name(job.get("department")) or _name(row.get("department")),
        employment_type=text(row.get("employment_type")),
        salary=_salary(row),
        posted_at=moment(row.get("first_published_at")),
        closes_at=moment(row.get("deadline_at")),
        requisition_id=text(job.get("requisition_id")),
        description_html=_description(row),
        extras=_extras(row, job),
    )


def _name(value: Any) -> str | None:
    return text(mapping(value).get("name"))


def _locations(row: dict[str, Any]) -> list[str]:
    """City and province; where there is no city, the name the board gives the place."""
    location = mapping(row.get("location"))
    if city := text(location.get("city")):
        return [", ".join(filter(None, (city, text(location.get("province")))))]
    return [name] if (name := _name(location)) else []


def _salary(row: dict[str, Any]) -> Salary | None:
    lowest, highest = amount(row.get("compensation_minimum")), amount(row.get("compensation_maximum"))
    if row.get("compensation_visible") is False or (lowest is None and highest is None):
        return None
    currency, period = text(row.get("compensation_currency")), text(row.get("compensation_frequency"))
    return Salary(lowest, highest, currency, period)


def _description(row: dict[str, Any]) -> str | None:
    """Join the parts of a description in the order of the page, each under its own header."""
    parts = []
    for name in DESCRIPTION_PARTS:
        if body := text(row.get(name)):
            header = text(row.get(f"{name}_header"))
            parts.append((f"<h3>{escape(header)}</h3>" if header else "") + body)
    return "\n".join(parts) or None


def _extras(row: dict[str, Any], job: Any) -> dict[str, Any]:
    pay_is_shown = row.get("compensation_visible") is not False
    found = {
        "division": _name(job.get("division")),
        "reporting_to": text(row.get("reporting_to")),
        "location_name": _name(row.get("location")),
        "compensation": text(row.get("compensation")) if pay_is_shown else None,
    }
    return {name: value for name, value in found.items() if value}


EXTRACTOR = Extractor(
    url=(BOARD,),
    examples={
        "https://acme.pinpointhq.com": {"board": "acme"},
        "https://acme.pinpointhq.com/en/postings/fca592d6-2561-4b2a-88b0-15d2b375971a?utm_source=x": {"board": "acme"},
        "http://acme-group.pinpointhq.com/postings.json": {"board": "acme-group"},
        "https://acme.pinpointhq.com/#js-careers-jobs-block": {"board": "acme"},
    },
    address="https://{board}.pinpointhq.com",
    host="pinpointhq.com",
    rate=4.0,
    pages=pages,
    parse=parse,
    guessable=True,
    about=About(
        name="Pinpoint",
        requests="1",
        paging="none",
        conditional="not known",
        pay="range, currency and frequency, unless hidden",
        limits="none documented",
        checked="recorded",
        public_api="https://developers.pinpointhq.com/docs/jobs-json-endpoint",
    ),
)
