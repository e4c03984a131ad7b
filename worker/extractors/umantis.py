"""Umantis (Haufe, Abacus): a list of HTML pages with titles and addresses, ten rows or so a page. Checked 2026-11.

No public documentation: https://recruitingapp-2698.umantis.com/Jobs/All is the list that every career site of the
vendor has, on companies' own domains too. The pages of postings are laid out by each company as it likes and have no
JobPosting, so texts are not read; what a row says beside its title stands among the extras, as the columns are the
company's too. `table-navigation` tells which table is turned (`?tc1152481=p2`), how many lines it has and how far the
page goes; beyond the end the last page comes again. A vacancy in two languages has a row, but no id, for each.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from lxml import etree, html

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import mapping, text
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage

# recruitingapp-2698.umantis.com/Vacancies/1048/Description/2, recruitingapp-5064.de.umantis.com, acme.umantis.com
BOARD = (
    r"(?:https?://)?(?!(?:www|api|app|static|cdn|mail|help|support|login|docs?|status)\.)"
    r"(?P<host>[a-z0-9][a-z0-9-]*(?:\.[a-z]{2})?\.umantis\.com)(?::\d+)?(?=[/?#]|$)"
)
TITLE_LINK = "HSTableLinkSubTitle"
OF_UMANTIS = re.compile(
    r"\b(?:globalUmantisParams|HSTableLinkSubTitle|tableaslist_\w+|table-as-list\w*|<table-navigation)\b"
)
VACANCY = re.compile(r"/Vacancies/(\d+)/Description/\d+")

MAX_PAGES = 300


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page, as HTML: <a class="HSTableLinkSubTitle" href="/Vacancies/1/…">title</a>."""
    url, seen, received = f"https://{board['host']}/Jobs/All", set[str](), 0
    page = http.get_text(url)
    for number in range(1, MAX_PAGES + 1):
        root = _document(page)
        rows = _rows(root)
        table, lines, reached = _navigation(root)
        ids = {row["id"] for row in rows}
        received += len(rows)
        last = table is None or ids <= seen or (lines is not None and reached is not None and reached >= lines)
        truncated = None
        if last and lines is not None and received < lines:
            truncated = f"the list advertises {lines} rows and gave {received}"
        elif not last and number == MAX_PAGES:
            truncated = f"not read beyond page {MAX_PAGES}"
        yield Page(page, truncated=truncated)
        if last or truncated:
            return
        seen |= ids
        page = http.get_text(url, params={f"tc{table}": f"p{number + 1}"})


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row that leads to a vacancy."""
    yield from each(_rows(_document(page.data)), lambda row: _posting(row, board))


def sniff(page: WebPage) -> BoardKey | None:
    """Tell a career site on a company's own domain: made by Umantis, with links to vacancies of this very site."""
    host = urlsplit(page.url).hostname or ""
    own = rf"""["'](?:https?://{re.escape(host)})?/(?:Vacancies/\d+/Description/\d|Jobs/(?:All|\d))"""
    if not host or host.endswith(".umantis.com") or not OF_UMANTIS.search(page.text):
        return None
    return {"host": host} if re.search(own, page.text) else None


def _document(page: Any) -> html.HtmlElement:
    if not isinstance(page, str) or not OF_UMANTIS.search(page):
        raise UnexpectedPayload("the Umantis board's answer is no page with a table of vacancies")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(page.replace("\0", "").encode(errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise UnexpectedPayload(f"the Umantis board's page cannot be read: {error}") from error


def _rows(root: html.HtmlElement) -> list[dict[str, Any]]:
    """One row for each link of a title: its id, title and path, and what else its row of the table says."""
    rows = []
    for link in root.iter("a"):
        vacancy = VACANCY.search(link.get("href", ""))
        if vacancy and TITLE_LINK in link.get("class", ""):
            rows.append({"id": vacancy[1], "title": _said(link), "path": vacancy[0], "listed": _beside(link)})
    return rows


def _beside(link: html.HtmlElement) -> list[str]:
    """The other texts of a title's row: `Type: Full time`, `Laufen`."""
    row = next((above for above in link.iterancestors("tr", "li")), None)
    spans = row.iter("span") if row is not None else []
    said = (_said(span).strip("| \u00a0") for span in spans if link not in list(span.iter("a")))
    return list(dict.fromkeys(word for word in said if word))


def _said(element: html.HtmlElement) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


def _navigation(root: html.HtmlElement) -> tuple[str | None, int | None, int | None]:
    """The number of the table that can be turned, how many lines it has in all, and the last one of this page."""
    for element in root.iter("table-navigation"):
        state = _decoded(element.get("initial-data-string"))
        if table := text(state.get("TableNr")):
            return table, _count(state.get("TableTotalLines")), _count(state.get("TableTo"))
    turning = re.search(r"\btc(\d+)=p\d", " ".join(link.get("href", "") for link in root.iter("a")))
    return (turning[1] if turning else None), None, None


def _decoded(value: str | None) -> Mapping[str, Any]:
    try:
        return mapping(json.loads(value or "{}"))
    except (ValueError, RecursionError):
        return {}


def _count(value: Any) -> int | None:
    said = text(value)
    return int(said) if said and re.fullmatch(r"\d{1,7}", said, re.ASCII) else None


def _posting(row: dict[str, Any], board: BoardKey) -> Posting:
    return Posting(
        external_id=row["id"],
        title=row["title"],
        url=f"https://{board['host']}{row['path']}",
        extras={"listed": row["listed"]} if row["listed"] else {},
    )


EXTRACTOR = Extractor(
    url=(BOARD,),
    fields=("host",),
    examples={
        "https://recruitingapp-2698.umantis.com/Jobs/All": {"host": "recruitingapp-2698.umantis.com"},
        "https://recruitingapp-5064.de.umantis.com/Vacancies/1048/Description/2?lang=eng#x": {
            "host": "recruitingapp-5064.de.umantis.com"
        },
        "http://acme.umantis.com": {"host": "acme.umantis.com"},
    },
    address="https://{host}/Jobs/All",
    host="umantis.com",
    rate=2.0,
    pages=pages,
    parse=parse,
    sniff=sniff,
    about=About(
        name="Umantis",
        requests="⌈N/10⌉, by the company's page size",
        paging="by page number, 10 rows or as many as the company likes",
        conditional="unknown",
        pay="none",
        limits="unknown",
        checked="handmade",
    ),
)
