"""A company's own pages as its board, where no vendor's was found: what they mark up as schema.org JobPosting."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from worker import detect
from worker.detection.budget import Budget
from worker.detection.candidates import InParallel
from worker.detection.pages import Content
from worker.detection.result import TITLES_MOST, Candidate
from worker.detection.visits import Visits
from worker.errors import InvalidInput, UnexpectedPayload
from worker.extractors import careers_page
from worker.job_links import identity
from worker.posting import BoardKey, Page, Posting, WebPage
from worker.text import one_line

ATS = "careers_page"
_PAGES_MOST = 5
_LOOKED_AT = 3
"""So many of the pages that look like postings are looked at: enough to tell whether they are."""


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A page that may be a list of postings: those it states, and the addresses that look like others'."""

    url: str
    key: BoardKey
    stated: list[Posting]
    leads: list[Posting]
    company: str | None


def best_page(contents: Iterable[Content], budget: Budget) -> OwnPage | None:
    """Return the page that speaks of most postings, the first one of several; None if none does."""
    found = []
    for content in islice(contents, _PAGES_MOST):
        page = _own_page(content) if budget.seconds_left > 0 else None
        if page and (page.stated or page.leads):
            found.append(page)
    return max(found, key=lambda page: (len(page.stated) > 1, len(page.stated) + len(page.leads)), default=None)


def candidate(own: OwnPage, visits: Visits, in_parallel: InParallel) -> Candidate | None:
    """Return a page as a candidate, if postings are stated on it or on some of the pages it leads to."""
    stated, how = own.stated, f"{own.url} states postings itself (schema.org JobPosting)"
    if not stated:
        pages = in_parallel(lambda lead: (lead, visits.page(lead.url).page), own.leads[:_LOOKED_AT])
        stated = [one for lead, page in pages if page and (one := _posting(lead, page))]
        how = f"{own.url} leads to pages that state postings (schema.org JobPosting)"
    if not stated:
        return None
    board = detect.from_key(ATS, own.key)
    return Candidate(
        board if own.company is None else detect.Recognised(board.ats, board.key, board.url, own.company),
        "likely",
        f"{how}, and no vendor's board was found",
        open_postings=len(stated),
        at_least=True,
        titles=[one_line(one.title) for one in stated[:TITLES_MOST]],
    )


def _own_page(content: Content) -> OwnPage | None:
    page = Page(content.page.text)
    try:
        key = careers_page.board_key(content.page.url)
        rows = [row for row in careers_page.parse(page, key) if isinstance(row, Posting)]
    except (InvalidInput, UnexpectedPayload):
        return None
    here = identity(content.page.url)
    stated = [row for row in rows if row.title]
    if len(stated) == 1 and identity(stated[0].url) == here:
        stated = []  # the page of a posting, and no list of them
    leads = [row for row in rows if not row.title and identity(row.url) != here]
    return OwnPage(content.page.url, key, stated, leads, careers_page.company(page))


def _posting(lead: Posting, page: WebPage) -> Posting | None:
    try:
        return careers_page.parse_detail(lead, {"url": page.url, "html": page.text, "is_list": False})
    except UnexpectedPayload:
        return None
