"""Gusto: lists of rows until an empty page, and a page for each posting; neither has a date. Checked 2026-11.

No public documentation: this is what a board shows (https://jobs.gusto.com/boards/acme-629e09d9-d8bf-4616-94a7-b744e4a77616).

A page beyond the last one says that there are no open positions, which is also how an empty board looks. Pay stands in
the row as words ("$18.75 - $22.40 per hour"), so it stays among the extras. A posting's page has a section about the
company, which is left out. The host may answer programs with a challenge of its firewall (403).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lxml import html

from worker.documents import web_page, words
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.paging import Part, paged
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage

SITE = "https://jobs.gusto.com"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
BOARD = rf"(?:https?://)?jobs\.gusto\.com(?::\d+)?/boards/(?P<board>[\w.%-]*{UUID})(?=[/?#]|$)"
ON_POSTING = re.compile(rf"href=[\"'](?:https://jobs\.gusto\.com)?/boards/([\w.%-]*{UUID})[\"'?#/]", re.IGNORECASE)
POSTING = re.compile(
    rf"(?:https://jobs\.gusto\.com)?(?P<path>/postings/[\w.%-]*?(?P<id>{UUID}))/?(?=[?#]|$)", re.IGNORECASE
)
EMPTY, CLOSED = "there are no open positions", "this job board is closed"
APPLY = "/applicants/new"
MAX_PAGES = 100


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page, as web pages, the last one empty."""

    def ask(number: int, _received: int) -> Part:
        answer = http.get_text(f"{SITE}/boards/{board['board']}", params={"page": number})
        return Part(answer, [row["id"] for row in _rows(answer)])

    yield from paged(ask, most=MAX_PAGES)


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of a page."""
    yield from each(_rows(page.data), _posting)


def company(page: Page) -> str | None:
    """Return the company's name, the board's heading."""
    return words(next(iter(web_page(page.data, of="the Gusto board").xpath("//*[@id='job-board-header']//h1")), None))


def sniff(page: WebPage) -> BoardKey | None:
    """Return the board that a posting's page leads back to; its own address does not name it."""
    if not re.match(r"https://jobs\.gusto\.com/postings/", page.url):
        return None
    boards = {found[1] for found in ON_POSTING.finditer(page.text)}
    return {"board": boards.pop()} if len(boards) == 1 else None


def _rows(page: Any) -> list[dict[str, Any]]:
    """What leads to a posting: {"id", "path", "title", "locations", "said"}."""
    root = web_page(page, of="the Gusto board")
    rows = [_row(anchor, found) for anchor in root.iter("a") if (found := POSTING.match(anchor.get("href") or ""))]
    if not rows:
        said = (words(root) or "").lower()
        if CLOSED in said:
            raise BoardNotFound("Gusto says that this job board is closed")
        if EMPTY not in said:
            raise UnexpectedPayload("the Gusto board shows neither postings nor that there are none")
    return rows


def _row(anchor: html.HtmlElement, address: re.Match[str]) -> dict[str, Any]:
    lines = anchor.xpath(".//p")
    said = next((line for line in lines if "items-center" in line.get("class", "")), None)
    places = [text for line in lines if line is not said for text in line.itertext()]
    return {
        "id": address["id"].lower(),
        "path": address["path"],
        "title": words(anchor.find(".//h3")),
        "locations": [place for text in places if (place := " ".join(text.split()))],
        "said": [part for text in (words(said) or "").split("·") if (part := text.strip())],
    }


def _posting(row: Mapping[str, Any]) -> Posting:
    *pay, employment = row["said"] or [None]
    return Posting(
        external_id=row["id"],
        title=row["title"],
        url=SITE + row["path"],
        locations=row["locations"],
        employment_type=employment,
        extras={"salary": pay[0]} if pay else {},
    )


def detail(http: Http, _board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting's page."""
    return http.get_text(posting.url)


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add the page's summary and sections, and where it leads to apply."""
    root = web_page(payload, of=f"Gusto posting {posting.external_id}")
    parts = root.xpath("//div[contains(@class, 'leading-8') and contains(@class, 'text-gray-800')]")
    parts += [text for text in root.xpath("//*[contains(@class, 'rich-text-container')]") if not _about(text)]
    description = "\n".join(html.tostring(part, encoding="unicode", with_tail=False) for part in parts)
    if not description:
        raise UnexpectedPayload(f"Gusto posting {posting.external_id} has no description in its page")
    form = posting.url + APPLY
    leads_there = form.removeprefix(SITE) in {address.removeprefix(SITE) for address in root.xpath("//a/@href")}
    return replace(posting, description_html=description, apply_url=form if leads_there else None)


def _about(text: html.HtmlElement) -> bool:
    """Whether a text stands under the heading `About <company>`."""
    headings = text.xpath("preceding::h3[1]")
    return bool(headings) and (words(headings[0]) or "").startswith("About ")


EXTRACTOR = Extractor(
    url=(BOARD,),
    examples={
        "https://jobs.gusto.com/boards/acme-629e09d9-d8bf-4616-94a7-b744e4a77616": {
            "board": "acme-629e09d9-d8bf-4616-94a7-b744e4a77616"
        },
        "http://jobs.gusto.com/boards/acme-inc-629e09d9-d8bf-4616-94a7-b744e4a77616?page=2#x": {
            "board": "acme-inc-629e09d9-d8bf-4616-94a7-b744e4a77616"
        },
    },
    address="https://jobs.gusto.com/boards/{board}",
    host="jobs.gusto.com",
    rate=1.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    sniff=sniff,
    company=company,
    about=About(
        name="Gusto",
        requests="the list's pages + 1 + N",
        paging="by page number, to an empty page",
        conditional="unknown",
        pay="as text, kept among the extras",
        limits="a firewall that may challenge programs (403)",
        checked="recorded",
    ),
)
