"""Greenhouse: one JSON document per board, no paging; no employment type and no remote flag of its own.

EU boards (job-boards.eu.greenhouse.io) are answered by the same API host as all others. Checked 2026-11.
https://developers.greenhouse.io/job-board.html
"""

import html
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import amount, items, mapping, moment, text
from worker.posting import BoardKey, Page, Posting, Salary, Skipped, WebPage

_PAGE = r"(?:https?://)?(?:job-)?boards(?:\.eu)?\.greenhouse\.io/"
_NAME = r"(?P<board>[\w-]+)(?=[/?#]|$)"
URLS = (
    rf"{_PAGE}(?!(?:embed|api|v1|assets|users)(?:[/?#]|$)){_NAME}",
    rf"{_PAGE}embed/job_(?:board|app)(?:/js)?/?\?(?:[^#]*[&;])?(?:for|urlToken|boardToken)=(?P<board>[\w-]+)",
    rf"(?:https?://)?(?:boards-api(?:\.eu)?|api)\.greenhouse\.io/v1/boards/{_NAME}",
)

WORK_MODELS = frozenset({
    "remote", "fully remote", "hybrid", "distributed", "virtual", "work from home", "on-site", "on site", "onsite",
    "in-office", "in office", "flexible",
})  # fmt: skip
"""What some boards write where the place belongs."""

NO_REQUISITION = frozenset({"see opening id", "tbd", "tba", "n/a", "na", "none", "-"})

_ON_PAGE = re.compile(
    r"""\b(?:boardToken|board_token|board-token|ghBoardToken|urlToken)["']?\s*[:=]\s*["'](?P<board>[\w-]+)["']"""
    r"""|\bGrnhse\.Settings\s*=\s*\{[^{}]{0,500}?\bfor["']?\s*:\s*["'](?P<embedded>[\w-]+)["']"""
)

_PERIOD = re.compile(r"\b(?:annual(?:ly)?|year(?:ly)?|month(?:ly)?|week(?:ly)?|daily|day|hour(?:ly)?)\b", re.IGNORECASE)


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Ask for the whole board: `{"jobs": [{id, title, absolute_url, content, …}], "meta": {"total": 37}}`."""
    answer = http.get_json(
        f"https://boards-api.greenhouse.io/v1/boards/{board['board']}/jobs",
        params={"content": "true", "pay_transparency": "true"},
    )
    yield Page(answer, total=_total(answer))


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read the postings of an answer. Raises UnexpectedPayload when it holds no list of jobs."""
    rows = mapping(page.data).get("jobs")
    if not isinstance(rows, list):
        raise UnexpectedPayload("Greenhouse's answer has no list `jobs`")
    return each(rows, _posting)


def sniff(page: WebPage) -> BoardKey | None:
    """Read the token of an embedded board from the settings in a page's scripts or attributes."""
    lower = page.text.lower()
    if "greenhouse" not in lower and "grnhse" not in lower:
        return None
    found = _ON_PAGE.search(page.text)
    return {"board": found["board"] or found["embedded"]} if found else None


def company(page: Page) -> str | None:
    """Return the company's name, which each row repeats."""
    rows = items(mapping(page.data).get("jobs"))
    return next(filter(None, (text(mapping(row).get("company_name")) for row in rows)), None)


def _posting(row: Any) -> Posting:
    locations, work_model = _places(row)
    internal_id = text(row.get("internal_job_id"))
    return Posting(
        external_id=str(row["id"]),
        title=row["title"],
        url=row["absolute_url"],
        locations=locations,
        workplace=_custom_field(row, "workplace type") or work_model,
        department=_department(row),
        employment_type=_custom_field(row, "employment type"),
        salary=_salary(row),
        posted_at=moment(row.get("first_published")),
        closes_at=moment(row.get("application_deadline")),
        language=text(row.get("language")),
        requisition_id=_requisition(row.get("requisition_id")),
        description_html=_description(row.get("content")),
        extras={"internal_job_id": internal_id} if internal_id else {},
    )


def _total(answer: Any) -> int | None:
    """Return `meta.total` where it is a number of postings; some tenants leave it out or send a bool or NaN."""
    total = mapping(mapping(answer).get("meta")).get("total")
    return total if isinstance(total, int) and not isinstance(total, bool) and total >= 0 else None


def _places(row: Any) -> tuple[list[str], str | None]:
    """Return the places and, where the board wrote it instead of a place, the work model."""
    name = _name(row.get("location"))
    if name and name.casefold() not in WORK_MODELS:
        return [name], None
    offices = map(mapping, items(row.get("offices")))
    places = (text(office.get("location")) or text(office.get("name")) for office in offices)
    return list(dict.fromkeys(place for place in places if place and place.casefold() not in WORK_MODELS)), name


def _name(value: Any) -> str | None:
    return text(mapping(value).get("name"))


def _department(row: Any) -> str | None:
    """Return the first department; what belongs to none is listed under `No Department`."""
    names = (_name(found) for found in items(row.get("departments")))
    return next((name for name in names if name and name != "No Department"), None)


def _custom_field(row: Any, name: str) -> str | None:
    """Return the value of a custom field, `{"name": "Workplace Type", "value": "Hybrid", "value_type": …}`.

    That of a `multi_select` is a list.
    """
    fields = (field for field in map(mapping, items(row.get("metadata"))) if (_name(field) or "").casefold() == name)
    values = (field.get("value") for field in fields)
    words = (", ".join(filter(None, map(text, items(value)))) or text(value) for value in values)
    return next(filter(None, words), None)


def _requisition(value: Any) -> str | None:
    found = text(value)
    return None if found is None or found.casefold() in NO_REQUISITION else found


def _description(content: Any) -> str | None:
    """Return `content` as HTML: it arrives entity-escaped, and exactly once."""
    found = text(content)
    return html.unescape(found) if found else None


def _salary(row: Any) -> Salary | None:
    """Return the pay over all ranges that are paid like the first; they differ by zone (US) or currency (countries)."""
    ranges = [pay for pay in map(_pay, items(row.get("pay_input_ranges"))) if pay.min or pay.max]
    if not ranges:
        return None
    first = ranges[0]
    alike = [pay for pay in ranges if (pay.currency, pay.period) == (first.currency, first.period)]
    lows, highs = [pay.min for pay in alike if pay.min], [pay.max for pay in alike if pay.max]
    return Salary(min(lows, default=None), max(highs, default=None), first.currency, first.period)


def _pay(value: Any) -> Salary:
    """Read one range, in cents. Only its free title ("Annual Salary:") may say which period it is for."""
    found = mapping(value)
    period = _PERIOD.search(text(found.get("title")) or "")
    low, high = _from_cents(found.get("min_cents")), _from_cents(found.get("max_cents"))
    return Salary(low, high, text(found.get("currency_type")), period[0].casefold() if period else None)


def _from_cents(value: Any) -> Decimal | None:
    cents = amount(value)
    return cents / 100 if cents else None


EXTRACTOR = Extractor(
    url=URLS,
    examples={
        "https://boards.greenhouse.io/acme": {"board": "acme"},
        "https://job-boards.greenhouse.io/acme/jobs/4012345?gh_src=x1": {"board": "acme"},
        "https://job-boards.eu.greenhouse.io/acme": {"board": "acme"},
        "https://boards.greenhouse.io/embed/job_board?for=acme": {"board": "acme"},
        "https://boards.greenhouse.io/embed/job_board/js?for=acme": {"board": "acme"},
        "https://boards.greenhouse.io/embed/job_app?token=4012345&for=acme": {"board": "acme"},
        "https://boards-api.greenhouse.io/v1/boards/acme/jobs?content=true": {"board": "acme"},
        "https://api.greenhouse.io/v1/boards/acme": {"board": "acme"},
    },
    address="https://job-boards.greenhouse.io/{board}",
    host="boards-api.greenhouse.io",
    rate=6,
    pages=pages,
    parse=parse,
    sniff=sniff,
    guessable=True,
    company=company,
    about=About(
        name="Greenhouse",
        requests="1",
        paging="none",
        conditional="ETag, as others report",
        pay="ranges with their currency; a period only where a range's title names one",
        limits="none documented; throttles those who read the whole directory",
        checked="recorded",
        public_api="https://developers.greenhouse.io/job-board.html",
    ),
)
