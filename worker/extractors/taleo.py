"""Taleo Business Edition: result pages of ten, and a page per posting. Checked 2026-11.

No public documentation: this is what a company's own careers page shows
(https://phf.tbe.taleo.net/phf02/ats/careers/v2/searchResults?org=COSTCO&cws=41).

A board is an organisation (`org`) and one of its careers sites (`cws`) on one of Oracle's clusters; where it moved to
another, the dispatcher redirects, and the pages that follow are asked there, in the session of the first. Some themes
count their postings, the others link the next page as long as there is one. What stands below a title is the employer's
choice and has no labels; the posting's page has them, known here in English only, and on some sites a JobPosting, with
dates as Java writes them. Other dates are written as the country does and are not read. Boards of the first version
(`….jsp`) and Taleo Enterprise (`/careersection/`) are not read.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from lxml import html

from worker.documents import web_page, words
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import text
from worker.posting import BoardKey, Page, Posting, Skipped
from worker.schema_org import completed, job_postings

CAREERS = r"(?P<host>([a-z]{3})\.tbe\.taleo\.net)(?::443)?/(?P<partition>\2\d{2})/ats/careers/"
# …/phf02/ats/careers/v2/searchResults?org=COSTCO&cws=41, …/viewRequisition?cws=41&org=COSTCO&rid=7
BOARD = (
    rf"(?:https?://)?{CAREERS}[^?#]*\?(?=(?:[^#]*&)?org=(?P<org>[\w-]+)(?:[&#]|$))(?=(?:[^#]*&)?cws=(?P<cws>\d+)"
    r"(?:[&#]|$))"
)
POSTING = re.compile(rf"https?://{CAREERS}v2/viewRequisition(?:[;/?]|$)", re.IGNORECASE)
MARK = "oracletaleocwsv2"
HEADS = "//*[contains(@class, 'oracletaleocwsv2-accordion-head-info')]"
LINKS = "//a[contains(@href, 'viewRequisition')]"
COUNT = "//span[contains(concat(' ', @class, ' '), ' oracletaleocwsv2-panel-number ')]"
NEXT = "//a[contains(concat(' ', @class, ' '), ' jscroll-next ')]"
LABELS = (
    "//*[contains(@class, 'oracletaleocwsv2-job-description')]//span[following-sibling::*[1][self::strong]]",
    "//*[contains(@class, 'cws-V2-reqfieldcell-right')]",
)
JAVA_DATE = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2} \d{2}) [\d:]{8} \w{3,5} (\d{4})")

SIZE = 10
MAX_PAGES = 500

PLACE = ("primary location", "location", "job location", "work location", "locations")
EMPLOYMENT = ("employment type", "job type", "position type")
WORKPLACE = ("workplace arrangement", "location type", "work arrangement")
REQUISITION = ("requisition number", "requisition id", "requisition #", "req #", "job number", "job id")


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the result pages, as web pages."""
    page = http.get_page(_results(board))
    if "/INACTIVEcareers/" in page.url:
        raise BoardNotFound(f"Taleo has no organisation {board['org']} any more")
    moved = re.match(BOARD, page.url, re.IGNORECASE)
    results = _results(moved.groupdict() if moved else board)
    answer, number = page.text, 1
    seen: set[str] = set()
    while True:
        root, total = web_page(answer, of="Taleo"), _total(answer)
        ids = {row["id"] for row in _rows(answer, board) if "id" in row}
        more = number * SIZE < total if total is not None else bool(root.xpath(NEXT))
        truncated = None
        if ids <= seen and (more or number > 1):
            truncated = f"page {number} of the list shows nothing new"
        elif number == MAX_PAGES and more:
            truncated = f"not read beyond page {MAX_PAGES}"
        yield Page(answer, total, truncated)
        if truncated or not more:
            return
        seen |= ids
        answer = http.get_text(results, params={"rowFrom": number * SIZE})
        number += 1


def _total(page: str) -> int | None:
    """The number of postings, where the page counts them in one way."""
    counts = {words(element) or "" for element in web_page(page, of="Taleo").xpath(COUNT)}
    found = re.fullmatch(r"\d{1,3}(?:[,.]?\d{3})?", counts.pop(), re.ASCII) if len(counts) == 1 else None
    return int(re.sub(r"\D", "", found[0])) if found else None


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every posting that a page links."""
    yield from each(_rows(page.data, board), _posting)


def _rows(page: Any, board: BoardKey) -> list[dict[str, Any]]:
    root = web_page(page, of="Taleo")
    if MARK not in page:
        raise UnexpectedPayload("the Taleo page is none of the second version's lists, the only ones that are read")
    rows = [_row(element, board) for element in root.xpath(HEADS) or root.xpath(LINKS)]
    found: dict[Any, dict[str, Any]] = {}
    for number, row in enumerate(rows):
        found.setdefault(row.get("id") or number, row)
    return list(found.values())


def _row(element: html.HtmlElement, board: BoardKey) -> dict[str, Any]:
    """What a list says of a posting: {"id", "url", "title", "said": ["627 - IT", "Issaquah, WA"]}."""
    row: dict[str, Any] = {"said": [said for below in element.iter("div") if (said := _value(below))]}
    for anchor in element.iter("a"):
        address = urljoin(_results(board), anchor.get("href") or "")
        found, query = POSTING.match(address), parse_qs(urlsplit(address).query)
        if found and "rid" in query:
            key = {name: query.get(name, [board[name]])[0] for name in ("org", "cws")}
            url = f"{_page(found.groupdict() | key, 'viewRequisition')}&rid={query['rid'][0]}"
            return row | {"id": query["rid"][0], "url": url, "title": words(anchor)}
    return row


def _value(element: html.HtmlElement) -> str | None:
    return words(element) if element.get("tabindex") is not None else None


def _posting(row: Mapping[str, Any]) -> Posting:
    extras = {"listed": row["said"]} if row["said"] else {}
    return Posting(external_id=row["id"], title=row["title"] or "", url=row["url"], extras=extras)


def detail(http: Http, _board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting's page."""
    return http.get_text(posting.url)


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add what the page's JobPosting, its labels and its text say."""
    root = web_page(payload, of="Taleo")
    jobs, blocks = job_postings(payload), root.xpath("//*[@name='cwsJobDescription']")
    if not jobs and not blocks:
        raise UnexpectedPayload(f"Taleo posting {posting.external_id} has neither a JobPosting nor a description")
    if jobs:
        posting = completed(posting, {**jobs[0], "datePosted": _date(jobs[0].get("datePosted"))})
    said = _labels(root)
    place = _first(said, *PLACE)
    return replace(
        posting,
        locations=posting.locations or ([place] if place else []),
        workplace=posting.workplace or _first(said, *WORKPLACE),
        department=_first(said, "department"),
        employment_type=posting.employment_type or _first(said, *EMPLOYMENT),
        requisition_id=posting.requisition_id or _first(said, *REQUISITION),
        description_html=posting.description_html or _markup(blocks),
    )


def _date(value: Any) -> str | None:
    """`Thu Jul 02 00:00:00 GMT 2026` as ISO 8601."""
    found = JAVA_DATE.fullmatch(text(value) or "")
    if not found:
        return text(value)
    try:
        return datetime.strptime(f"{found[1]} {found[2]}", "%b %d %Y").replace(tzinfo=UTC).isoformat()
    except ValueError:
        return None


def _labels(root: html.HtmlElement) -> dict[str, str]:
    said: dict[str, str] = {}
    for label in (element for path in LABELS for element in root.xpath(path)):
        name, value = words(label), words(label.getnext())
        if name and value:
            said.setdefault(name.lower().rstrip(" :"), value)
    return said


def _first(said: Mapping[str, str], *names: str) -> str | None:
    return next((said[name] for name in names if name in said), None)


def _markup(blocks: list[html.HtmlElement]) -> str | None:
    return html.tostring(blocks[0], encoding="unicode", with_tail=False) if blocks and words(blocks[0]) else None


def _page(board: BoardKey, name: str) -> str:
    path = f"https://{board['host']}/{board['partition']}/ats/careers/v2/{name}"
    return f"{path}?org={board['org']}&cws={board['cws']}"


def _results(board: BoardKey) -> str:
    return _page(board, "searchResults")


EXTRACTOR = Extractor(
    url=(BOARD,),
    fields=("host", "partition", "org", "cws"),
    examples={
        "https://phf.tbe.taleo.net/phf02/ats/careers/v2/searchResults?org=ACME&cws=41": {
            "host": "phf.tbe.taleo.net", "partition": "phf02", "org": "ACME", "cws": "41",
        },
        "https://tre.tbe.taleo.net/tre01/ats/careers/v2/viewRequisition?cws=37&org=ACME_LTD&rid=7770": {
            "host": "tre.tbe.taleo.net", "partition": "tre01", "org": "ACME_LTD", "cws": "37",
        },
        "http://lde.tbe.taleo.net/lde02/ats/careers/v2/jobSearch?act=redirectCwsV2&cws=7&org=ACME": {
            "host": "lde.tbe.taleo.net", "partition": "lde02", "org": "ACME", "cws": "7",
        },
        "https://chk.tbe.taleo.net/chk05/ats/careers/requisition.jsp?org=ACME&cws=1&rid=12": {
            "host": "chk.tbe.taleo.net", "partition": "chk05", "org": "ACME", "cws": "1",
        },
    },
    address=_results,
    host="{host}",
    rate=1.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    about=About(
        name="Taleo Business Edition",
        requests="⌈N/10⌉ + N",
        paging="`rowFrom`, 10 a page, one after the other",
        conditional="no",
        pay="the page's JobPosting, where it has one",
        limits="none known",
        checked="handmade",
    ),
)  # fmt: skip
