"""SmartRecruiters: a list of 100 a page without texts, and a document per posting. Checked 2026-11.

https://developers.smartrecruiters.com/docs/posting-api

An unknown company answers like an empty one (`totalFound: 0`). `companyDescription` is the same boilerplate on every
posting and stays out. The flags `remote` and `hybrid` are false by default, so two false flags say nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import items, mapping, moment, text, whole_number
from worker.paging import Part, paged
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage

ON_THE_WAY = r"(?:(?:oneclick-ui|external-referrals)/company|my-applications|ni)"
NO_COMPANY = r"(?:oneclick-ui|external-referrals|my-applications|ni|sr-jobs|api|account|static)"
COMPANY = r"(?P<board>[\w%-]+)(?=[/?#]|$)"
URLS = (
    # jobs.smartrecruiters.com/Acme/744000129971988-a-title, careers.smartrecruiters.com/Acme
    rf"(?:https?://)?(?:jobs|careers)\.smartrecruiters\.com/(?!{NO_COMPANY}(?:[/?#]|$)){COMPANY}",
    # what people meet on the way to a posting: …/oneclick-ui/company/Acme/publication/…, …/my-applications/Acme/…
    rf"(?:https?://)?jobs\.smartrecruiters\.com/{ON_THE_WAY}/{COMPANY}",
    # www is the vendor's own site, save for postings
    r"(?:https?://)?www\.smartrecruiters\.com/(?P<board>[\w%-]+)/\d{6,}(?=[/?#-]|$)",
    rf"(?:https?://)?api\.smartrecruiters\.com/v1/companies/{COMPANY}",
)

_WIDGET = re.compile(r"""\bcompany_code["']?\s*:\s*["'](?P<board>[\w-]+)["']""")

LIMIT = 100
MAX_PAGES = 500

SECTIONS = ("jobDescription", "qualifications", "additionalInformation")


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page: {"offset", "limit", "totalFound", "content": [{"id", "name", …}]}."""

    def ask(_number: int, received: int) -> Part:
        answer = http.get_json(_list_url(board), params={"limit": LIMIT, "offset": received})
        return Part(answer, [mapping(row).get("id") for row in _rows(answer)], _total(answer))

    yield from paged(ask, most=MAX_PAGES, first_total_holds=True)


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `content`."""
    yield from each(_rows(page.data), lambda row: _posting(row, board), title_field="name")


def detail(http: Http, board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting: {"jobAd": {"sections": {"jobDescription": {"title", "text"}, …}}, "postingUrl", …}."""
    return http.get_json(f"{_list_url(board)}/{posting.external_id}")


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add the text and the public addresses to a posting of the list."""
    sections = mapping(mapping(payload).get("jobAd")).get("sections")
    if not isinstance(sections, dict):
        raise UnexpectedPayload(f"SmartRecruiters posting {posting.external_id} has no jobAd with sections")
    return replace(
        posting,
        url=text(payload.get("postingUrl")) or posting.url,
        apply_url=text(payload.get("applyUrl")),
        description_html=_description(sections),
    )


def sniff(page: WebPage) -> BoardKey | None:
    """Read the company from the settings of the job widget: `widget({"company_code": "Acme", …})`."""
    found = _WIDGET.search(page.text) if "smartrecruiters" in page.text.lower() else None
    return {"board": found["board"]} if found else None


def company(page: Page) -> str | None:
    """Return the company's name, which each row repeats."""
    rows = (mapping(row) for row in _rows(page.data))
    return next(filter(None, (text(mapping(row.get("company")).get("name")) for row in rows)), None)


def _list_url(board: BoardKey) -> str:
    return f"https://api.smartrecruiters.com/v1/companies/{board['board']}/postings"


def _rows(answer: Any) -> list[Any]:
    rows = answer.get("content") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedPayload("the SmartRecruiters list has no list named content")
    return rows


def _total(answer: dict[str, Any]) -> int | None:
    return whole_number(answer.get("totalFound"))


def _posting(row: dict[str, Any], board: BoardKey) -> Posting:
    external_id = text(row["id"]) or ""
    company = text(mapping(row.get("company")).get("identifier")) or board["board"]
    location = mapping(row.get("location"))
    country = text(location.get("country"))
    return Posting(
        external_id=external_id,
        title=text(row["name"]) or "",
        url=f"https://jobs.smartrecruiters.com/{company}/{external_id}",
        locations=_locations(location),
        workplace="hybrid" if location.get("hybrid") is True else "remote" if location.get("remote") is True else None,
        country_codes=[country] if country else [],
        department=_label(row, "department"),
        employment_type=_label(row, "typeOfEmployment"),
        posted_at=moment(row.get("releasedDate")),
        language=text(mapping(row.get("language")).get("code")),
        requisition_id=text(row.get("refNumber")),
        extras=_extras(row),
    )


def _label(row: dict[str, Any], name: str) -> str | None:
    return text(mapping(row.get(name)).get("label"))


def _locations(location: Any) -> list[str]:
    parts = (text(location.get(name)) for name in ("city", "region"))
    place = text(location.get("fullLocation")) or ", ".join(filter(None, parts))
    return [place] if place else []


def _extras(row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {name: _label(row, name) for name in ("function", "experienceLevel", "industry")}
    fields = map(mapping, items(row.get("customField")))
    found["customField"] = {
        label: value
        for field in fields
        if (label := text(field.get("fieldLabel"))) and (value := text(field.get("valueLabel")))
    }
    return {name: value for name, value in found.items() if value}


def _description(sections: dict[str, Any]) -> str | None:
    """Join the sections on the role, each under its title."""
    parts = []
    for section in (mapping(sections.get(name)) for name in SECTIONS):
        if body := text(section.get("text")):
            title = text(section.get("title"))
            parts.append((f"<h3>{escape(title)}</h3>" if title else "") + body)
    return "\n".join(parts) or None


EXTRACTOR = Extractor(
    url=URLS,
    examples={
        "https://jobs.smartrecruiters.com/Acme": {"board": "Acme"},
        "https://jobs.smartrecruiters.com/Acme/744000129971988-director?trid=1#st-apply": {"board": "Acme"},
        "http://careers.smartrecruiters.com/AcmeGroup1/": {"board": "AcmeGroup1"},
        "https://www.smartrecruiters.com/Acme/743999671674844-cna": {"board": "Acme"},
        "https://api.smartrecruiters.com/v1/companies/acme/postings?limit=100": {"board": "acme"},
        "https://jobs.smartrecruiters.com/oneclick-ui/company/Acme/publication/aa89a44d?dcr_ci=Acme": {"board": "Acme"},
        "https://jobs.smartrecruiters.com/external-referrals/company/Acme/publication/d6e3bd1a": {"board": "Acme"},
        "https://jobs.smartrecruiters.com/my-applications/Acme/input-email": {"board": "Acme"},
        "https://jobs.smartrecruiters.com/ni/Acme/aa89a44d-director": {"board": "Acme"},
    },
    address="https://jobs.smartrecruiters.com/{board}",
    host="api.smartrecruiters.com",
    rate=5.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    unknown_reads_empty=True,
    sniff=sniff,
    company=company,
    about=About(
        name="SmartRecruiters",
        requests="⌈N/100⌉ + N",
        paging="offset, 100 a page",
        conditional="ETag of the list, which edited texts do not move, as others report",
        pay="not given",
        limits="10 requests a second, 8 at a time",
        checked="recorded",
        public_api="https://developers.smartrecruiters.com/docs/posting-api",
    ),
)
