"""HRM Direct (ClearCompany): one XML feed per board, texts in each posting's page. Checked 2026-11.

No public documentation: every board has the feed beside its web pages (https://acme.hrmdirect.com/employment/xml.php).

A posting has a row for each of its places. The feed's texts end after 1,000 characters. Dates are midnights of the
American east with a wrong zone, so only their day is read. Both documents mix UTF-8 with Windows-1252, at times byte by
byte. A closed posting's page has status 200; an unknown board is answered with 404. Which columns and lines the web
pages show is the employer's choice, and lines are labelled as the employer likes. A
requisition without a number of its own has the posting's.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from lxml import html

from worker.documents import web_page, words, xml_document
from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import text
from worker.posting import BoardKey, Page, Posting, Skipped

NO_BOARDS = (
    r"(?:www|api|app|apply|go|info|login|support|help|blog|status|secure|reporting|cdn|assets|signin|resources"
    r"|careers-(?:api|content|page)|cc-client-cdn)"
)
URLS = (
    # acme.hrmdirect.com/employment/job-opening.php?req=3762934&req_loc=1393575&#job
    rf"(?:https?://)?(?!{NO_BOARDS}\.)(?P<board>[a-z0-9][a-z0-9-]*)\.hrmdirect\.com(?::\d+)?(?=[/?#]|$)",
    # acme.clearcompany.com/careers/jobs/<uuid>/apply, which leads to the same
    rf"(?:https?://)?(?!{NO_BOARDS}\.)(?P<board>[a-z0-9][a-z0-9-]*)\.clearcompany\.com(?::\d+)?/careers(?=[/?#]|$)",
)
NOT_UTF_8 = re.compile("[\udc80-\udcff\x80-\x9f]")
SALARY = {"salary", "salary range", "pay", "pay range", "pay rate", "compensation", "hourly rate", "wage"}
EMPLOYMENT = {"employment type", "position type", "job type", "employment status"}
WORKPLACE = {"workplace type", "work arrangement", "work location type"}
AWAY = {"remote", "hybrid"}


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole board as XML text."""
    yield Page(_decoded(http.get_page(f"{_site(board)}/xml.php").content))


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every `job` of the `source` document, a posting's places one by one."""
    rows = [{str(child.tag): child.text for child in job} for job in _source(page).iterfind("job")]
    yield from each(rows, lambda row: _posting(row, board), id_field="referencenumber")


def company(page: Page) -> str | None:
    """Return the first company that hires."""
    return next(filter(None, (text(one.text) for one in _source(page).iterfind("job/company"))), None)


def _source(page: Page) -> Any:
    return xml_document(page.data, of="the HRM Direct board", root="source")


def _decoded(content: bytes) -> str:
    """Decode UTF-8 in which some bytes, or what was made of them, are Windows-1252."""
    return NOT_UTF_8.sub(
        lambda found: bytes([ord(found[0]) & 0xFF]).decode("cp1252", "replace"),
        content.decode(errors="surrogateescape"),
    )


def _site(board: BoardKey) -> str:
    return f"https://{board['board']}.hrmdirect.com/employment"


def _posting(row: Mapping[str, Any], board: BoardKey) -> Posting:
    external_id, office = text(row["referencenumber"]) or "", text(row.get("office"))
    place = ", ".join(part for name in ("city", "state", "country") if (part := text(row.get(name))))
    country, number = text(row.get("country")), text(row.get("customreqid"))
    return Posting(
        external_id=external_id,
        title=text(row["title"]) or "",
        url=f"{_site(board)}/job-opening.php?req={external_id}",
        apply_url=text(row.get("applylink")),
        locations=[place] if place else [],
        workplace=office if office and office.lower() in AWAY else None,
        country_codes=[country] if country else [],
        department=text(row.get("department")),
        posted_at=_day(row.get("date")),
        requisition_id=number if number != external_id else None,
        extras={"office": office} if office else {},
    )


def _day(value: Any) -> datetime | None:
    """Read `Mon, 08 Jun 2026 04:00:00 +0100` as a day."""
    try:
        return parsedate_to_datetime(text(value) or "").replace(hour=0, minute=0, second=0, tzinfo=UTC)
    except (ValueError, TypeError, IndexError):
        return None


def detail(http: Http, _board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting's page."""
    return _decoded(http.get_page(posting.url).content)


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add the page's text, and its lines whose labels are known."""
    root = web_page(payload, of=f"HRM Direct posting {posting.external_id}")
    body = next(iter(root.xpath("//div[@class='jobDesc']")), None)
    if body is None:
        raise UnexpectedPayload(f"HRM Direct posting {posting.external_id} has no description in its page")
    said = _said(root)
    salary = _first(said, SALARY)
    return replace(
        posting,
        workplace=posting.workplace or _first(said, WORKPLACE),
        employment_type=_first(said, EMPLOYMENT),
        description_html=html.tostring(body, encoding="unicode", with_tail=False),
        extras={**posting.extras, **({"salary": salary} if salary else {})},
    )


def _said(root: html.HtmlElement) -> dict[str, str]:
    """The lines of the table `viewFields`: labels and what stands beside them."""
    said: dict[str, str] = {}
    for line in root.xpath("//table[@class='viewFields']//tr"):
        cells = [words(cell) for cell in line.findall("td")]
        match cells:
            case [str(label), str(value)]:
                said.setdefault(label.rstrip(" :").lower(), value)
    return said


def _first(said: Mapping[str, str], names: set[str]) -> str | None:
    return next((value for label, value in said.items() if label in names), None)


EXTRACTOR = Extractor(
    url=URLS,
    examples={
        "https://acme.hrmdirect.com": {"board": "acme"},
        "https://acme.hrmdirect.com/employment/job-openings.php?search=true&dept=-1": {"board": "acme"},
        "http://acme-group.hrmdirect.com/employment/job-opening.php?req=3762934&req_loc=1393575&#job": {
            "board": "acme-group"
        },
        "https://acme.clearcompany.com/careers/jobs/629e09d9-d8bf-4616-94a7-b744e4a77616/apply?source=x": {
            "board": "acme"
        },
    },
    address="https://{board}.hrmdirect.com/employment/job-openings.php?search=true",
    host="hrmdirect.com",
    rate=2.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    guessable=True,
    company=company,
    about=About(
        name="HRM Direct (ClearCompany)",
        requests="1 + N",
        paging="none",
        conditional="unknown",
        pay="as text where the page has a line for it, kept among the extras",
        limits="none known; the feed of a board with thousands of postings may fail",
        checked="recorded",
    ),
)
