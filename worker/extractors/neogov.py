"""NEOGOV (GovernmentJobs, SchoolJobs): one RSS feed per agency with texts and pay, no paging. Checked 2026-11.

No public documentation: agencies link to their feed (https://www.governmentjobs.com/SearchEngine/JobsFeed?agency=acme).

`pubDate` is the last publication, the advertisement's first day is when the job opened. Its times end with a part that
no date has ("05:00:00:0"). Pay may be words instead of numbers. The vendor's own elements are in a namespace that
differs between the two sites, so they are known by their names alone. An agency that does not exist is answered with
a web page.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import escape
from typing import Any

from lxml import etree

from worker.documents import xml_document
from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import amount, text
from worker.posting import BoardKey, Page, Posting, Salary, Skipped

GOVERNMENT = r"(?:https?://)?(?:www\.)?governmentjobs\.com(?::\d+)?"
SCHOOL = r"(?:https?://)?(?:www\.)?(?P<site>schooljobs\.com)(?::\d+)?"
CAREERS = r"/careers/(?!home(?=[/?#]|$))(?P<board>[\w.%-]+)(?=[/?#]|$)"
QUERY = r"/(?:careers/home/index|SearchEngine/JobsFeed|jobs/rss)/?\?(?:[^#]*&)?agency=(?P<board>[\w.%-]+)(?=[&#]|$)"
URLS = (
    # www.governmentjobs.com/careers/acme/jobs/410001/a-title, …/careers/home/index?agency=acme
    GOVERNMENT + CAREERS,
    GOVERNMENT + QUERY,
    SCHOOL + CAREERS,
    SCHOOL + QUERY,
    # the feed's older address
    r"(?:https?://)?agency\.governmentjobs\.com(?::\d+)?/jobfeed\.cfm\?(?:[^#]*&)?agency=(?P<board>[\w.%-]+)(?=[&#]|$)",
)
MISREAD_MARK = "\u00ef\u00bb\u00bf"  # a byte order mark that was taken for three letters
NO_TIME = re.compile(r"(:\d\d):\d+$")
SECTIONS = {
    "description": None,
    "examplesofduties": "Examples of Duties",
    "qualifications": "Qualifications",
    "supplementalinformation": "Supplemental Information",
}


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole board as RSS text."""
    yield Page(http.get_text(f"https://www.{board['site']}/SearchEngine/JobsFeed", params={"agency": board["board"]}))


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every item of the feed's channel."""
    yield from each(map(_row, _channel(page).iterfind("item")), _posting, id_field="jobId")


def company(page: Page) -> str | None:
    """Return the agency's name, the channel's title."""
    return text(_channel(page).findtext("title"))


def _channel(page: Page) -> etree._Element:
    answer = page.data.removeprefix(MISREAD_MARK) if isinstance(page.data, str) else page.data
    channel = xml_document(answer, of="the NEOGOV board", root="rss").find("channel")
    if channel is None:
        raise UnexpectedPayload("the NEOGOV board's feed has no channel")
    return channel


def _row(item: etree._Element) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for child in item:
        row.setdefault(etree.QName(child).localname, child.text if not len(child) else [*child.itertext()])
    return row


def _posting(row: Mapping[str, Any]) -> Posting:
    category = ", ".join(part for one in _list(row.get("categories")) if (part := text(one)))
    salary = _salary(row)
    pay = None if salary else text(row.get("minimumSalary"))
    return Posting(
        external_id=text(row["jobId"]) or "",
        title=text(row["title"]) or "",
        url=text(row["link"]) or "",
        locations=[place] if (place := _place(row)) else [],
        department=text(row.get("department")),
        team=text(row.get("division")),
        employment_type=text(row.get("jobType")),
        salary=salary,
        posted_at=_time(row.get("advertiseFromDateUTC")) or _time(row.get("advertiseFromDate")),
        closes_at=_time(row.get("advertiseToDateTimeUTC")) or _time(row.get("advertiseToDateTime")),
        requisition_id=text(row.get("jobNumberSingle")),
        description_html=_description(row),
        extras={name: said for name, said in (("category", category), ("salary", pay)) if said},
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _place(row: Mapping[str, Any]) -> str | None:
    """The location, and its state where it does not say it already."""
    place, state = text(row.get("location")), text(row.get("state"))
    if place and state and not re.search(rf"\b{re.escape(state)}\b", place, re.IGNORECASE):
        return f"{place}, {state}"
    return place or state


def _salary(row: Mapping[str, Any]) -> Salary | None:
    lowest, highest = amount(row.get("minimumSalary")), amount(row.get("maximumSalary"))
    if lowest is None and highest is None:
        return None
    return Salary(lowest, highest, text(row.get("salaryCurrency")), text(row.get("salaryInterval")))


def _time(value: Any) -> datetime | None:
    """Read `Wed, 19 Aug 2026 05:00:00:0` as a time of UTC; `Continuous` is none."""
    try:
        found = parsedate_to_datetime(NO_TIME.sub(r"\1", text(value) or ""))
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _description(row: Mapping[str, Any]) -> str | None:
    """Join the sections of a text, each under its name."""
    parts = [
        (f"<h3>{escape(heading)}</h3>" if heading else "") + body
        for name, heading in SECTIONS.items()
        if (body := text(row.get(name)))
    ]
    return "\n".join(parts) or None


EXTRACTOR = Extractor(
    url=URLS,
    fields=("board", "site"),
    defaults={"site": "governmentjobs.com"},
    examples={
        "https://www.governmentjobs.com/careers/acme": {"board": "acme", "site": "governmentjobs.com"},
        "https://www.governmentjobs.com/careers/acme/promotionaljobs?page=2#x": {
            "board": "acme",
            "site": "governmentjobs.com",
        },
        "http://governmentjobs.com/careers/acme-ga/jobs/410001/a-title?pagetype=jobOpportunitiesJobs": {
            "board": "acme-ga",
            "site": "governmentjobs.com",
        },
        "https://www.governmentjobs.com/careers/home/index?agency=acme": {
            "board": "acme",
            "site": "governmentjobs.com",
        },
        "https://www.governmentjobs.com/SearchEngine/JobsFeed?agency=acme": {
            "board": "acme",
            "site": "governmentjobs.com",
        },
        "http://agency.governmentjobs.com/jobfeed.cfm?agency=acme": {"board": "acme", "site": "governmentjobs.com"},
        "https://www.schooljobs.com/careers/acmeusd/jobs/410001": {"board": "acmeusd", "site": "schooljobs.com"},
        "https://www.schooljobs.com/SearchEngine/JobsFeed?agency=acmeusd": {
            "board": "acmeusd",
            "site": "schooljobs.com",
        },
    },
    address="https://www.{site}/careers/{board}",
    host="www.governmentjobs.com",
    rate=1.0,
    pages=pages,
    parse=parse,
    company=company,
    about=About(
        name="NEOGOV",
        requests="1",
        paging="none",
        conditional="unknown",
        pay="structured, else as text among the extras",
        limits="none known",
        checked="recorded",
    ),
)
