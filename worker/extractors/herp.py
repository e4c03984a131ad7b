"""HERP Hire: one page lists a board's titles, a page per posting has a JobPosting. Checked 2026-11.

No public documentation: https://herp.careers/v1/acme is the career page of every customer, without paging. What a card
says beside its title is a summary of the text; the groups it is filed under are the employer's own.
"""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from worker import schema_org
from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.posting import BoardKey, Page, Posting, Skipped

# herp.careers/v1/acme/dT2Yy0xLXkVn/apply
BOARD = r"(?:https?://)?herp\.careers(?::\d+)?/v1/(?!(?:assets|static)(?:[/?#]|$))(?P<board>[\w%-]+)(?=[/?#]|$)"


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the career page as HTML: <div class="requisition-list"> with a card for each posting."""
    yield Page(http.get_text(_site(board)))


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every card of the list."""
    root = _document(page.data)
    if not _with_class(root, "requisition-list"):
        raise UnexpectedPayload("the HERP page has no list of requisitions")
    rows = [_row(card, board) for card in _with_class(root, "requisition-list-card")]
    yield from each([row for row in rows if row["id"]], lambda row: _posting(row, board))


def detail(http: Http, _board: BoardKey, posting: Posting) -> Any:
    """Ask for a posting's page."""
    return http.get_text(posting.url)


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add what the page's JobPosting says to a posting of the list."""
    jobs = schema_org.job_postings(payload) if isinstance(payload, str) else []
    if not jobs:
        raise UnexpectedPayload(f"the page of HERP posting {posting.external_id} has no JobPosting")
    return schema_org.completed(posting, jobs[0])


def _site(board: BoardKey) -> str:
    return f"https://herp.careers/v1/{board['board']}"


def _document(page: Any) -> html.HtmlElement:
    if not isinstance(page, str):
        raise UnexpectedPayload("the HERP board's answer is no page")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(page.replace("\0", "").encode(errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise UnexpectedPayload(f"the HERP board's page cannot be read: {error}") from error


def _with_class(root: html.HtmlElement, name: str) -> list[html.HtmlElement]:
    return [element for element in root.iter() if name in element.get("class", "").split()]


def _row(card: html.HtmlElement, board: BoardKey) -> dict[str, Any]:
    """The parts of a card: {"id", "title", "groups"}; the id is what follows the board's name in its link."""
    links = (link.get("href", "") for link in card.iter("a"))
    own = re.compile(rf"(?:https://herp\.careers)?/v1/{re.escape(board['board'])}/([\w-]+)/?(?:[?#]|$)", re.IGNORECASE)
    titles = (_said(heading) for heading in card.iter("h1", "h2", "h3"))
    return {
        "id": next((found[1] for link in links if (found := own.match(link))), None),
        "title": next((title for title in titles if title), None),
        "groups": [name for tag in _with_class(card, "career-page-group-name-tag__text") if (name := _said(tag))],
    }


def _said(element: html.HtmlElement) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


def _posting(row: dict[str, Any], board: BoardKey) -> Posting:
    return Posting(
        external_id=row["id"],
        title=row["title"],
        url=f"{_site(board)}/{row['id']}",
        department=", ".join(dict.fromkeys(row["groups"])) or None,
    )


EXTRACTOR = Extractor(
    url=(BOARD,),
    examples={
        "https://herp.careers/v1/acme": {"board": "acme"},
        "https://herp.careers/v1/acme/dT2Yy0xLXkVn?utm_source=x#top": {"board": "acme"},
        "http://herp.careers/v1/acme-works/dT2Yy0xLXkVn/apply": {"board": "acme-works"},
    },
    address="https://herp.careers/v1/{board}",
    host="herp.careers",
    rate=2.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    about=About(
        name="HERP Hire",
        requests="1 + N",
        paging="none",
        conditional="unknown",
        pay="structured where a posting's page states it",
        limits="unknown",
        checked="handmade",
    ),
)
