"""HRMOS: HTML pages of 100 cards with titles and most of the texts. Checked 2026-11.

No public documentation: https://hrmos.co/pages/acme/jobs is the career page of every customer. It counts its postings
in a sentence (`全123件中 100件`). Tags are the kind of employment, the place, the company of a group and whatever the
employer adds, in no order; only the place is marked.
"""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.paging import Part, paged
from worker.posting import BoardKey, Page, Posting, Skipped

# hrmos.co/pages/acme/jobs/0000007?utm_source=x, hrmos.co/pages/acme
BOARD = r"(?:https?://)?(?:www\.)?hrmos\.co(?::\d+)?/pages/(?P<board>[\w%-]+)(?=[/?#]|$)"
COUNT = re.compile(r"全\s*([\d,]+)\s*件")
EMPLOYMENT = (
    "正社員",
    "契約社員",
    "業務委託",
    "派遣社員",
    "嘱託社員",
    "アルバイト",
    "パート",
    "インターン",
    "新卒",
    "役員",
)

PER_PAGE = 100
MAX_PAGES = 100


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page, as HTML: <div class="pg-count">, and <li class="pg-list-cassette"> for each card."""

    def ask(number: int, _received: int) -> Part:
        page = http.get_text(_site(board), params={"page": number} if number > 1 else None)
        root = _document(page)
        total, rows = _total(root), _rows(root, board)
        return Part(page, [row["id"] for row in rows], total, last=number * PER_PAGE >= total)

    yield from paged(ask, most=MAX_PAGES)


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every card of the list."""
    root = _document(page.data)
    _total(root)
    yield from each(_rows(root, board), lambda row: _posting(row, board))


def _site(board: BoardKey) -> str:
    return f"https://hrmos.co/pages/{board['board']}/jobs"


def _document(page: Any) -> html.HtmlElement:
    if not isinstance(page, str):
        raise UnexpectedPayload("the HRMOS board's answer is no page")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(page.replace("\0", "").encode(errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise UnexpectedPayload(f"the HRMOS board's page cannot be read: {error}") from error


def _with_class(root: html.HtmlElement, name: str) -> list[html.HtmlElement]:
    return [element for element in root.iter() if name in element.get("class", "").split()]


def _total(root: html.HtmlElement) -> int:
    counts = (COUNT.search(_said(element)) for element in _with_class(root, "pg-count"))
    found = next((count for count in counts if count), None)
    if not found:
        raise UnexpectedPayload("the HRMOS page does not count its postings")
    return int(found[1].replace(",", "")[:7] or 0)


def _rows(root: html.HtmlElement, board: BoardKey) -> list[dict[str, Any]]:
    return [_row(card, board) for card in _with_class(root, "pg-list-cassette")]


def _row(card: html.HtmlElement, board: BoardKey) -> dict[str, Any]:
    """The parts of a card: {"id", "title", "places", "tags", "body"}."""
    own = re.compile(rf"(?:https://hrmos\.co)?/pages/{re.escape(board['board'])}/jobs/([\w.-]+)", re.IGNORECASE)
    links = (own.match(link.get("href", "")) for link in card.iter("a"))
    titles = (_said(heading) for heading in card.iter("h2"))
    bodies = _with_class(card, "pg-list-cassette-body")
    tags = [tag for group in _with_class(card, "sg-tags") for item in group.iter("li") if (tag := _said(item))]
    return {
        "id": next((found[1] for found in links if found), None),
        "title": next((title for title in titles if title), None),
        "places": [place for tag in _with_class(card, "sg-tag-location") if (place := _said(tag))],
        "tags": list(dict.fromkeys(tags)),
        "body": html.tostring(bodies[0], encoding="unicode", with_tail=False) if bodies and _said(bodies[0]) else None,
    }


def _said(element: html.HtmlElement) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


def _posting(row: dict[str, Any], board: BoardKey) -> Posting:
    employment = [tag for tag in row["tags"] if any(word in tag for word in EMPLOYMENT) and tag not in row["places"]]
    others = [tag for tag in row["tags"] if tag not in row["places"] and tag not in employment]
    return Posting(
        external_id=row["id"],
        title=row["title"],
        url=f"{_site(board)}/{row['id']}",
        locations=list(dict.fromkeys(row["places"])),
        employment_type=", ".join(employment) or None,
        description_html=row["body"],
        extras={"tags": others} if others else {},
    )


EXTRACTOR = Extractor(
    url=(BOARD,),
    examples={
        "https://hrmos.co/pages/acme/jobs": {"board": "acme"},
        "https://hrmos.co/pages/acme/jobs/0000007?utm_source=x#apply": {"board": "acme"},
        "http://www.hrmos.co/pages/acme-works": {"board": "acme-works"},
    },
    address="https://hrmos.co/pages/{board}/jobs",
    host="hrmos.co",
    rate=2.0,
    pages=pages,
    parse=parse,
    about=About(
        name="HRMOS",
        requests="⌈N/100⌉",
        paging="by page number, 100 cards",
        conditional="unknown",
        pay="none (only in the texts)",
        limits="unknown",
        checked="handmade",
    ),
)
