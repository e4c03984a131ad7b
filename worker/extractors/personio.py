"""Personio: one XML document per board, no paging; lacks a workplace, pay and the country. Checked 2026-11.

https://developer.personio.de/docs/retrieving-open-job-positions

`language=en` is asked for because without it descriptions come in the board's default language or not at all. An
unknown board is a redirect to personio.com, so redirects are not followed.
"""

from collections.abc import Iterator
from html import escape
from typing import Any

from lxml import etree

from worker.documents import xml_document
from worker.extractor import About, Extractor, Http, each
from worker.lenient import moment, text
from worker.posting import BoardKey, Page, Posting, Skipped

# acme.jobs.personio.de/job/1834171?language=en, and the older acme-jobs.personio.de. Both top-level domains serve
# boards of their own, so the domain is a part of the key.
BOARD = (
    r"(?:https?://)?(?!(?:www|api|app|help|support|docs)[.-])(?P<board>[a-z0-9][a-z0-9-]*?)[.-]jobs\.personio\."
    r"(?P<tld>de|com)(?::\d+)?(?=[/?#]|$)"
)

# What says more of a contract than its hours; every other employmentType (permanent …) yields to the schedule.
TELLING_EMPLOYMENT = {"intern", "trainee", "freelance", "working_student", "temporary"}

EXTRAS = (
    "subcompany", "recruitingCategory", "seniority", "yearsOfExperience", "keywords", "occupation", "occupationCategory"
)  # fmt: skip


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole board as XML text."""
    url = f"{_site(board)}/xml"
    yield Page(http.get_text(url, params={"language": "en"}, redirects=False))


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every `position` of the `workzag-jobs` document."""
    rows = [_row(position) for position in _document(page.data).iterfind("position")]
    yield from each(rows, lambda row: _posting(row, board), title_field="name")


def company(page: Page) -> str | None:
    """Return the first part of the group that hires; one-company boards have no other."""
    return next(filter(None, (text(one.text) for one in _document(page.data).iterfind("position/subcompany"))), None)


def _site(board: BoardKey) -> str:
    return f"https://{board['board']}.jobs.personio.{board['tld']}"


def _document(data: Any) -> etree._Element:
    return xml_document(data, of="the Personio board", root="workzag-jobs")


def _row(position: etree._Element) -> dict[str, Any]:
    # <position><id/><name/><office/><additionalOffices><office/>…</additionalOffices><department/><schedule/>
    #   <employmentType/><createdAt/><jobDescriptions><jobDescription><name/><value>CDATA html</value>…</position>
    row: dict[str, Any] = {str(child.tag): child.text for child in position}
    row["additionalOffices"] = [office.text for office in position.iterfind("additionalOffices/office")]
    row["jobDescriptions"] = [
        (part.findtext("name"), part.findtext("value")) for part in position.iterfind("jobDescriptions/jobDescription")
    ]
    return row


def _posting(row: dict[str, Any], board: BoardKey) -> Posting:
    external_id = text(row["id"]) or ""
    return Posting(
        external_id=external_id,
        title=text(row["name"]) or "",
        url=f"{_site(board)}/job/{external_id}",
        locations=[office for name in (row.get("office"), *row["additionalOffices"]) if (office := text(name))],
        department=text(row.get("department")),
        employment_type=_employment_type(row),
        posted_at=moment(row.get("createdAt")),
        description_html=_description(row),
        extras={name: value for name in EXTRAS if (value := text(row.get(name)))},
    )


def _employment_type(row: dict[str, Any]) -> str | None:
    employment, schedule = text(row.get("employmentType")), text(row.get("schedule"))
    telling = employment is not None and employment.lower() in TELLING_EMPLOYMENT
    return employment if telling else schedule or employment


def _description(row: dict[str, Any]) -> str | None:
    """Join the parts of a description, each under its name."""
    parts = [
        (f"<h3>{escape(heading)}</h3>" if (heading := text(name)) else "") + body
        for name, value in row["jobDescriptions"]
        if (body := text(value))
    ]
    return "\n".join(parts) or None


EXTRACTOR = Extractor(
    url=(BOARD,),
    fields=("board", "tld"),
    defaults={"tld": "de"},
    examples={
        "https://acme.jobs.personio.de": {"board": "acme", "tld": "de"},
        "https://acme.jobs.personio.de/?language=en#apply": {"board": "acme", "tld": "de"},
        "https://acme.jobs.personio.com/job/1834171?display=en": {"board": "acme", "tld": "com"},
        "http://acme-robotics.jobs.personio.de/xml?language=en": {"board": "acme-robotics", "tld": "de"},
        "https://acme-jobs.personio.de/job/1834171": {"board": "acme", "tld": "de"},
    },
    address="https://{board}.jobs.personio.{tld}",
    host="jobs.personio.de",
    rate=4.0,
    pages=pages,
    parse=parse,
    guessable=True,
    company=company,
    about=About(
        name="Personio",
        requests="1",
        paging="none",
        conditional="not known",
        pay="not given",
        limits="none documented; unknown boards are sent on to a host that throttles",
        checked="recorded",
        public_api="https://developer.personio.de/docs/retrieving-open-job-positions",
    ),
)
