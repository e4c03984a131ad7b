"""Avature: result pages of six to twelve on the company's own portal, and a page per posting. Checked 2026-11.

No public documentation: this is what a company's own careers portal shows
(https://bloomberg.avature.net/careers/SearchJobs).

A host has portals, a portal may have a language in its address, and every page names its portal in its head. What a
card and a page say, and how it is called, is the employer's choice; labels are known here in English only. The number
of postings on a page is the portal's, whatever is asked; the next page is the one linked, on some portals without end.
`999+ results` is a lower bound. The order changes between two requests, so that a posting may slip past a reader: while
fewer were seen than are counted, the list is read again. Dates are read where they are written without doubt
(`10-Jul-2026`). A firewall answers 406 or 202 to those it does not know.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from lxml import html

from worker.documents import web_page, words
from worker.errors import BoardRefused, UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import moment
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage
from worker.schema_org import completed, job_postings

LISTS = r"SearchJobsMaps|SearchJobs|OpenRoles"
DETAILS = r"(?:Job|Folder|Pipeline)Detail"
LOCALE = r"[a-z]{2,3}_[a-z]{2}"
HOST = r"(?P<host>(?!(?:www|support|community)\.)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.avature\.net)(?::443)?"
# acme.avature.net/careers, …/en_US/careers/SearchJobs/?jobOffset=6, …/careers/JobDetail/Baker/101
BOARD = (
    rf"(?:https?://)?{HOST}/(?:(?P<locale>{LOCALE})/)?(?!{LOCALE}(?:[/?#]|$)|{LISTS}|{DETAILS})(?P<portal>[\w-]+)"
    rf"(?:/(?P<list>{LISTS})(?=[/?#]|$)|/(?:{DETAILS}|Home|SaveJob|ApplicationMethods)(?=[/?#]|$)|(?=/?(?:[?#]|$)))"
)
ID = re.compile(r"(?:job|folder|pipeline)Id=\d{1,20}", re.ASCII)
OFFSET = re.compile(r"(?:job|folder|pipeline)(?:RecordsPerPage|Offset)")

TEXTS = "//article[{0}][not(ancestor::article[{0}])]".format("contains(concat(' ', @class, ' '), ' article--details ')")
LEGENDS = ("list-controls__text__legend", "pagination__legend")
COUNT = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.,\s]?\d{3})*)(\+)?")
DAY = re.compile(r"(?:posted(?: on| since)?:?\s*)?(\d{1,2}-[a-z]{3}-\d{4}|\d{4}-\d{2}-\d{2})", re.IGNORECASE)
REFERENCE = re.compile(r"(?:req(?:uisition)?|ref(?:erence)?)\b[^:]{0,12}:\s*(\S.*)", re.IGNORECASE)
MAX_PAGES = 500
PASSES = 3
SHORTEST_TEXT = 100
LONGEST_LABEL = 40

PLACE = ("location", "locations", "job location", "job locations", "location(s)", "work location", "primary location")
PARTS_OF_PLACE = (("city",), ("state", "state / province", "state/prov/county", "state/province"),
                  ("country", "country / region", "country/region"))  # fmt: skip
WORKPLACE = ("work model", "work arrangement", "workplace type", "mode of work", "work mode", "remote work")
DEPARTMENT = ("department", "area of work", "field of work", "career area", "job family", "job category")
EMPLOYMENT = ("employment type", "job type", "position type", "contract type", "time type")
REQUISITION = ("req #", "req id", "requisition id", "requisition #", "requisition number", "reference number", "ref #")
POSTED = ("date posted", "posted since", "posted date", "posting date", "posted on", "posted")


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the result pages, as web pages; once more while fewer postings were seen than are counted."""
    seen: set[str] = set()
    for _ in range(PASSES):
        known, total = len(seen), None
        for page in _once(http, board, seen):
            total = page.total if total is None else total
            yield page
            if page.truncated:
                return
        if total is None or len(seen) >= total or len(seen) == known:
            return


def _once(http: Http, board: BoardKey, seen: set[str]) -> Iterator[Page]:
    """Yield every page of the list once, and add the ids that it shows to those seen."""
    first = http.get_page(_results(board))
    address = urlsplit(first.url)
    results = f"https://{address.netloc}{address.path}" if address.hostname == board["host"] else _results(board)
    answer, offset, least, shown = first.text, 0, 0, set[str]()
    for number in range(1, MAX_PAGES + 1):
        ids = {row["id"] for row in _rows(answer, board)}
        total, exact = _count(answer)
        following, least = _next(answer), max(least, total or 0)
        beyond = max((value for name, value in following.items() if name.endswith("Offset")), default=0)
        more = bool(ids) and beyond > offset
        new = bool(ids - shown)
        shown |= ids
        truncated = None
        if more and not new:
            truncated = f"page {number} of the list repeats earlier ones"
        elif more and number == MAX_PAGES:
            truncated = f"not read beyond page {MAX_PAGES}"
        elif not more and not exact and len(seen | shown) < least:
            truncated = f"the list ended after {len(seen | shown)} postings, though more than {least} are advertised"
        yield Page(answer, total if exact else None, truncated)
        if truncated or not more:
            break
        answer, offset = http.get_text(results, params=following), beyond
    seen |= shown


def _count(page: str) -> tuple[int | None, bool]:
    """How many postings a page counts, if it does, and whether that is exact: `426 results`, `999+ results`."""
    for legend in _with_class(web_page(page, of="Avature"), *LEGENDS):
        for said in (legend.get("aria-label") or "", words(legend) or ""):
            if found := COUNT.findall(said):
                return int(re.sub(r"\D", "", found[-1][0])), not found[-1][1]
    return None, True


def _next(page: str) -> dict[str, int]:
    """What the next page is asked with: {"jobRecordsPerPage": 6, "jobOffset": 6}; {} where none is linked."""
    for element in _with_class(web_page(page, of="Avature"), "paginationNextLink"):
        for anchor in element.iter("a"):
            query = parse_qsl(urlsplit(anchor.get("href") or "").query)
            return {name: int(value) for name, value in query
                    if OFFSET.fullmatch(name) and re.fullmatch(r"\d{1,6}", value, re.ASCII)}  # fmt: skip
    return {}


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every card of a page that links a posting."""
    yield from each(_rows(page.data, board), _posting)


def _rows(page: Any, board: BoardKey) -> list[dict[str, Any]]:
    """What the cards say, or the mere links where there are no cards: [{"id", "url", "title", "card"}]."""
    root = web_page(page, of="the Avature portal")
    name = _meta(root, "page")
    if not _meta(root, "id") or (name and name.casefold() != board["list"].casefold()):
        raise UnexpectedPayload(f"the Avature portal answered with its page {name or 'of no name'}, not with a list")
    found = [row for anchor in root.iter("a") if (row := _row(anchor, board))]
    cards = [row for row in found if row["card"] is not None]
    if not found and _count(page)[0]:
        raise UnexpectedPayload("the Avature list counts postings and links none")
    rows: dict[str, dict[str, Any]] = {}
    for row in cards or found:
        rows.setdefault(row["id"], row)
    return list(rows.values())


def _row(anchor: html.HtmlElement, board: BoardKey) -> dict[str, Any] | None:
    try:
        address = urlsplit(urljoin(_results(board), anchor.get("href") or ""))
    except ValueError:
        return None
    posting = rf"/(?:{LOCALE}/)?{re.escape(board['portal'])}/{DETAILS}(?:/(?:[^/]+/)*(?P<id>\d+))?/?"
    found = re.fullmatch(posting, address.path, re.IGNORECASE)
    if not found or address.hostname != board["host"]:
        return None
    asked = [] if found["id"] else [said for said in parse_qsl(address.query) if ID.fullmatch("=".join(said))]
    number = found["id"] or (asked[0][1] if asked else None)
    if number is None:
        return None
    card = next((above for above in anchor.iterancestors("article") if _has(above, "article--result")), None)
    query = f"?{'='.join(asked[0])}" if asked else ""
    return {
        "id": number,
        "url": f"{_site(board)}{address.path.rstrip('/')}{query}",
        "title": words(anchor),
        "card": card,
    }


def _posting(row: Mapping[str, Any]) -> Posting:
    spans = [*row["card"].iter("span")] if row["card"] is not None else []
    spoken = [(said, span) for span in spans if (said := words(span))]
    named = {name: said for said, span in spoken for name in (span.get("class") or "").split()}
    place = named.get("list-item-location")
    return Posting(
        external_id=row["id"],
        title=row["title"] or "",
        url=row["url"],
        locations=[place] if place else [],
        department=named.get("list-item-family"),
        posted_at=next((day for said, _ in spoken if said.lower().startswith("posted") and (day := _day(said))), None),
        requisition_id=next((found[1] for said, _ in spoken if (found := REFERENCE.fullmatch(said))), None),
    )


def _day(value: str | None) -> datetime | None:
    """`Posted 10-Jul-2026`, `10-Jul-2026` or `2026-07-10`; what may be read in two ways is None."""
    found = DAY.fullmatch(value or "")
    try:
        return datetime.strptime(found[1], "%d-%b-%Y").replace(tzinfo=UTC) if found else None
    except ValueError:
        return moment(found[1]) if found else None


def detail(http: Http, _board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting's page."""
    return http.get_text(posting.url)


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add what the page's labels, its text and, where it has one, its JobPosting say."""
    root = web_page(payload, of="the Avature portal")
    said, markup, jobs = _labels(root), _markup(root), job_postings(payload)
    if not said and not markup and not jobs:
        raise UnexpectedPayload(f"Avature posting {posting.external_id} has nothing in its page that could be read")
    parts = (_first(said, *names) for names in PARTS_OF_PLACE)
    place = _first(said, *PLACE) or ", ".join(part for part in parts if part)
    found = replace(
        posting,
        locations=posting.locations or [one for part in place.split(";") if (one := part.strip())],
        workplace=_first(said, *WORKPLACE),
        department=posting.department or _first(said, *DEPARTMENT),
        employment_type=_first(said, *EMPLOYMENT),
        posted_at=posting.posted_at or _day(_first(said, *POSTED)),
        requisition_id=posting.requisition_id or _first(said, *REQUISITION),
    )
    if jobs:
        found = completed(found, jobs[0])
    longer = len(markup) > len(found.description_html or found.description_text or "")
    return replace(found, description_html=markup, description_text=None) if longer else found


def _labels(root: html.HtmlElement) -> dict[str, str]:
    """Labels and what stands beside them, or behind them: `Location`, `<strong>Locations</strong>: Leeds`."""
    said: dict[str, str] = {}
    for field in _with_class(root, "article__content__view__field"):
        label = words(next(_with_class(field, "article__content__view__field__label"), None))
        value = words(next(_with_class(field, "article__content__view__field__value"), None))
        if value and not label and next(field.iter("strong", "b"), None) is not None:
            label, _, value = value.partition(":")
        if label and value and len(label) <= LONGEST_LABEL:
            said.setdefault(label.lower().rstrip(" :"), value.strip())
    return said


def _markup(root: html.HtmlElement) -> str:
    """The articles of a page that hold text, not just fields."""
    texts = (article for article in root.xpath(TEXTS) if len(words(article) or "") >= SHORTEST_TEXT)
    return "".join(html.tostring(article, encoding="unicode", with_tail=False) for article in texts)


def _first(said: Mapping[str, str], *names: str) -> str | None:
    return next((said[name] for name in names if name in said), None)


def _with_class(root: html.HtmlElement, *names: str) -> Iterator[html.HtmlElement]:
    return (element for element in root.iter("*") if _has(element, *names))


def _has(element: html.HtmlElement, *names: str) -> bool:
    return not set(names).isdisjoint((element.get("class") or "").split())


def _meta(root: html.HtmlElement, name: str) -> str | None:
    found = root.xpath("//meta[@name=$name]/@content", name=f"avature.portal.{name}")
    return str(found[0]).strip() or None if found else None


def _site(board: BoardKey) -> str:
    return f"https://{board['host']}"


def _results(board: BoardKey) -> str:
    return "/".join(filter(None, (_site(board), board["locale"], board["portal"], board["list"])))


def sniff(page: WebPage) -> BoardKey | None:
    """A portal names itself in its pages' head; the language and the list are told by the addresses."""
    address = urlsplit(page.url)
    if "avature.portal.urlPath" not in page.text or not address.hostname or address.port not in (None, 80, 443):
        return None
    try:
        portal = _meta(web_page(page.text, of="the site"), "urlPath") or ""
    except UnexpectedPayload:
        return None
    if not re.fullmatch(r"[\w-]+", portal, re.ASCII):
        return None
    locale = re.match(rf"/({LOCALE})/{re.escape(portal)}(?:/|$)", address.path, re.IGNORECASE)
    lists = re.findall(rf"/{re.escape(portal)}/({LISTS})\b", f"{address.path} {page.text}")
    name = "SearchJobs" if "SearchJobs" in lists or not lists else lists[0]
    return {"host": address.hostname, "portal": portal, "locale": locale[1] if locale else "", "list": name}


EXTRACTOR = Extractor(
    url=(BOARD,),
    fields=("host", "portal", "locale", "list"),
    defaults={"locale": "", "list": "SearchJobs"},
    examples={
        "https://acme.avature.net/careers": {
            "host": "acme.avature.net", "portal": "careers", "locale": "", "list": "SearchJobs",
        },
        "https://acme.avature.net/careers/JobDetail/New-York-Baker/101": {
            "host": "acme.avature.net", "portal": "careers", "locale": "", "list": "SearchJobs",
        },
        "https://acme.avature.net/en_US/jobs/SearchJobsMaps/?pipelineOffset=30": {
            "host": "acme.avature.net", "portal": "jobs", "locale": "en_US", "list": "SearchJobsMaps",
        },
        "http://acme-group.avature.net/fr_FR/external/JobDetail?jobId=101&source=web": {
            "host": "acme-group.avature.net", "portal": "external", "locale": "fr_FR", "list": "SearchJobs",
        },
    },
    address=_results,
    host="{host}",
    rate=1.0,
    in_flight=1,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    statuses={202: BoardRefused, 406: BoardRefused},
    sniff=sniff,
    about=About(
        name="Avature",
        requests="⌈N/6⌉ to ⌈N/12⌉ + N, up to thrice the pages where the order changes",
        paging="the next page's link, 6 to 12 a page, one after the other",
        conditional="no",
        pay="the page's JobPosting, where it has one",
        limits="a firewall answers 406 or 202 to clients that it does not know",
        checked="handmade",
    ),
)  # fmt: skip
