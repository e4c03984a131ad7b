"""iCIMS: web pages of about 20 cards, and a page with a JobPosting per posting. Checked 2026-11.

No public documentation: this is what a company's own careers page shows in its frame
(https://careers-wipfli.icims.com/jobs/search?in_iframe=1).

What a card says is the employer's choice, and so are its labels; they are known here in English only. "4 days ago"
stands under labels of dates, at times even of places, always with the time as its title. That title is written as the
country writes dates, so the posting page's is read. Pages are counted ("Page 2 of 5"), postings are not, and an address
beyond the last page may show the last one again. The session knows which page was last asked, so pages are asked one
after the other. Unknown hosts are redirected. The firewall answers 405 or 202 with a puzzle. `UNAVAILABLE` stands where
a JobPosting has nothing to say. The robots.txt of most sites lets nobody read more than their sitemap. Sites on a
company's own domain whose pages ask `/api/jobs` are Jibe's.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import html

from worker.documents import web_page, words
from worker.errors import BoardRefused, UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import mapping, text
from worker.paging import MOVED
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage
from worker.schema_org import completed, job_postings

NO_BOARDS = r"(?:www|api|app|assets|cdn\d*|community|developer|go|help|images|info|login|marketplace|media|support)"
HOST = rf"(?P<host>(?!{NO_BOARDS}\.)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.icims\.com)"
# careers-wipfli.icims.com/jobs/8214/payroll-tax-specialist/job?in_iframe=1, …/jobs/search?ss=1, …/jobs/intro
BOARD = rf"(?:https?://)?{HOST}(?::\d+)?(?=/?(?:[?#]|$)|/(?:jobs|connect|sitemap)(?:[/.?#]|$))"
IN_SCRIPT = re.compile(rf"https?:(?:\\?/){{2}}{HOST}\\?/jobs(?=[\\/?\"'])", re.IGNORECASE)
POSTING = re.compile(r"/jobs/(?P<id>\d+)/(?:[^/?#]+/)?job/?")

LISTING = "icims_listingspage"
CARDS = (
    "//*[contains(concat(' ', @class, ' '), ' iCIMS_JobCardItem ')]",
    "//*[contains(@class, 'iCIMS_JobsTable')]/*[contains(concat(' ', @class, ' '), ' row ')]",
)
COUNTED = re.compile(r"\bPage\s+(?P<number>\d{1,5})\s+of\s+(?P<last>\d{1,5})\b", re.IGNORECASE)
LINKED = re.compile(r"[?&;]pr=(\d{1,5})(?=[&#\"'\s])")
MAX_PAGES = 500

PLACE = {"job locations", "job location", "locations", "location", "location : location", "location(s)"}
PARTS_OF_PLACE = (("location : city", "city"), ("location : state/province", "state/province", "state"),
                  ("location : country", "country"))  # fmt: skip
REQUISITION = {"job id", "id", "requisition id", "req id", "requisition number", "requisition #", "req #", "job number"}
DEPARTMENT = ("department", "job department", "category", "job category", "job family", "division")
EMPLOYMENT = {"type", "position type", "job type", "employment type", "employee type", "full-time / part-time"}
WORKPLACE = {"workplace type", "work arrangement", "work location type", "location type", "remote type"}


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page, as web pages."""
    seen: set[str] = set()
    number, last, moved = 0, 1, False
    while number < last:
        query = {"ss": 1, "pr": number, "in_iframe": 1}
        answer = http.get_text(f"{_site(board)}/jobs/search", params=query, redirects=False)
        number += 1
        ids = {str(row.get("id")) for row in _rows(answer, board)}
        shown, in_all = _position(answer)
        last = max(last, in_all)
        moved = moved or not ids.isdisjoint(seen)
        truncated = None
        if shown not in (None, number):
            truncated = f"page {number} of the list was asked for and page {shown} came"
        elif (ids <= seen and number > 1) or (not ids and last > 1):
            truncated = f"page {number} of {last} shows nothing new"
        elif number == MAX_PAGES and number < last:
            truncated = f"not read beyond page {MAX_PAGES} of {last}"
        elif moved and number == last:
            truncated = MOVED
        yield Page(answer, truncated=truncated)
        if truncated:
            return
        seen |= ids


def _position(page: str) -> tuple[int | None, int]:
    """Which page it says it is, if it does, and how many there are: said so, or linked from here."""
    counted = COUNTED.search(page)
    linked = max((int(number) + 1 for number in LINKED.findall(page)), default=1)
    return (int(counted["number"]), max(int(counted["last"]), linked)) if counted else (None, linked)


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every card of a page."""
    yield from each(_rows(page.data, board), lambda row: _posting(row, board))


def _rows(page: Any, board: BoardKey) -> list[dict[str, Any]]:
    root = web_page(page, of="the iCIMS site")
    cards: list[html.HtmlElement] = next((found for path in CARDS if (found := root.xpath(path))), [])
    if not cards and (LISTING not in page.lower() or POSTING.search(page)):
        raise UnexpectedPayload("the iCIMS list has neither cards nor the mark of an empty list")
    return [_row(card, board) for card in cards]


def _row(card: html.HtmlElement, board: BoardKey) -> dict[str, Any]:
    """What a card says: {"id", "path", "title", "said": {"job locations": "US-CA-Monrovia", …}}."""
    row: dict[str, Any] = {"title": words(_heading(card)), "said": _said(card)}
    for anchor in card.iter("a"):
        address = urlsplit(urljoin(_site(board), anchor.get("href") or ""))
        found = POSTING.fullmatch(address.path)
        if found and address.hostname == board["host"]:
            title = words(_heading(anchor)) or _own_words(anchor)
            row |= {"id": found["id"], "path": address.path, "title": title}
            break
    return row


def _heading(element: html.HtmlElement) -> html.HtmlElement | None:
    return next(element.iter("h1", "h2", "h3", "h4"), None)


def _own_words(anchor: html.HtmlElement) -> str | None:
    """The text of a link without its label, which only screen readers read."""
    parts = [anchor.text, *(part for inner in anchor for part in (_unless_label(inner), inner.tail))]
    return " ".join(" ".join(part for part in parts if part).split()) or None


def _unless_label(element: html.HtmlElement) -> str | None:
    return None if "field-label" in element.get("class", "") else words(element)


def _said(card: html.HtmlElement) -> dict[str, str]:
    """Labels and what stands beside them, without moments, which are told by their title."""
    said: dict[str, str] = {}
    for label in card.xpath(".//dt | .//span[contains(@class, 'field-label')][not(ancestor::dt)]"):
        value = label.getnext()
        if value is None or value.tag not in ("dd", "span") or value.xpath("descendant-or-self::*[@title]"):
            continue
        if (name := words(label)) and (content := words(value)):
            said.setdefault(name.lower().rstrip(" :"), content)
    return said


def _posting(row: Mapping[str, Any], board: BoardKey) -> Posting:
    said = row["said"]
    return Posting(
        external_id=row["id"],
        title=row["title"],
        url=_site(board) + row["path"],
        locations=_locations(said),
        workplace=_first(said, *WORKPLACE),
        department=_first(said, *DEPARTMENT),
        employment_type=_first(said, *EMPLOYMENT),
        requisition_id=_first(said, *REQUISITION),
    )


def _first(said: Mapping[str, str], *names: str) -> str | None:
    return next((said[name] for name in names if name in said), None)


def _locations(said: Mapping[str, str]) -> list[str]:
    """The places of a card, `US-CA-Monrovia | US-NY-New York`, or the one it says in parts."""
    place = _first(said, *PLACE)
    if place is None:
        place = ", ".join(part for names in PARTS_OF_PLACE if (part := _first(said, *names)))
    return [part for one in place.split("|") if (part := one.strip())]


def detail(http: Http, _board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting's page, which has a JobPosting in JSON-LD."""
    return http.get_text(posting.url, params={"in_iframe": 1})


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add what the page's JobPosting says to a posting of the list."""
    jobs = job_postings(payload) if isinstance(payload, str) else []
    if not jobs:
        raise UnexpectedPayload(f"iCIMS posting {posting.external_id} has no JobPosting in its page")
    return completed(posting, mapping(_available(jobs[0])))


def _available(value: Any) -> Any:
    """A JobPosting without what it says is unavailable."""
    if isinstance(value, Mapping):
        return {name: _available(inner) for name, inner in value.items() if text(inner) != "UNAVAILABLE"}
    if isinstance(value, list):
        return [_available(inner) for inner in value if text(inner) != "UNAVAILABLE"]
    return value


def _site(board: BoardKey) -> str:
    return f"https://{board['host']}"


def sniff(page: WebPage) -> BoardKey | None:
    """Read the host from the script that puts a site into a company's page, where slashes may be escaped."""
    hosts = {found["host"].lower() for found in IN_SCRIPT.finditer(page.text)}
    return {"host": hosts.pop()} if len(hosts) == 1 else None


EXTRACTOR = Extractor(
    url=(BOARD,),
    fields=("host",),
    examples={
        "https://careers-acme.icims.com": {"host": "careers-acme.icims.com"},
        "https://careers-acme.icims.com/jobs/search?ss=1&in_iframe=1": {"host": "careers-acme.icims.com"},
        "https://uscareers-acme.icims.com/jobs/8214/payroll-tax-specialist/job?mode=view#x": {
            "host": "uscareers-acme.icims.com"
        },
        "http://acme.icims.com/jobs/intro": {"host": "acme.icims.com"},
    },
    address="https://{host}/jobs/search",
    host="icims.com",
    rate=1.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    statuses={202: BoardRefused, 405: BoardRefused},
    sniff=sniff,
    about=About(
        name="iCIMS",
        requests="⌈N/20⌉ + N",
        paging="`pr`, about 20 a page, one after the other",
        conditional="no",
        pay="the page's JobPosting",
        limits="most sites' robots.txt allows the sitemap only; a firewall answers 405 or 202",
        checked="recorded",
    ),
)
