"""Gupy: a board's whole list as data of its start page, and a page per posting with its text. Checked 2026-11.

Not documented for readers (https://developers.gupy.io is the employers' API): this is what Gupy's own Next.js pages
(https://acme.gupy.io/) are rendered from. An unknown name is answered with 404. Pages carry no JobPosting. Talent
pools, to which people may apply at any time, are listed like postings (`vacancy_type_talent_pool`).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import mapping, moment, text
from worker.posting import BoardKey, Page, Posting, Skipped

# acme.gupy.io/jobs/9123456?jobBoardSource=gupy_public_page; portal.gupy.io is the vendor's own job board
BOARD = (
    r"(?:https?://)?(?!(?:www|portal|api|app|login|help|ajuda|suporte|support|blog|info|developers?|status|assets|"
    r"static|cdn|employability-portal|private-api)\.)(?P<board>[a-z0-9][a-z0-9-]*)\.gupy\.io(?::\d+)?(?=[/?#]|$)"
)
NEXT_DATA = re.compile(r"""<script\b[^<>]*\bid=["']__NEXT_DATA__["'][^<>]*>(.*?)</script""", re.IGNORECASE | re.DOTALL)

SECTIONS = (
    ("description", None), ("responsibilities", "Responsabilidades e atribuições"),
    ("prerequisites", "Requisitos e qualificações"), ("relevantExperiences", "Informações adicionais"),
)  # fmt: skip


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the start page as HTML; its data is {"jobs": [{"id", "title", "type", "department", "workplace"}], …}."""
    yield Page(http.get_text(f"{_site(board)}/", redirects=False))


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of the data's `jobs`."""
    rows = (_page_data(page.data) or {}).get("jobs")
    if not isinstance(rows, list):
        raise UnexpectedPayload("the Gupy board's page has no data with a list named jobs")
    yield from each(rows, lambda row: _posting(row, board))


def detail(http: Http, board: BoardKey, posting: Posting) -> Any:
    """Ask for a posting's page; its data is {"job": {"description", "publishedAt", "expiresAt", …}}."""
    return http.get_text(f"{_site(board)}/jobs/{posting.external_id}")


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add text, dates and what the list left out to a posting of the list."""
    job = (_page_data(payload) or {}).get("job")
    if not isinstance(job, dict):
        raise UnexpectedPayload(f"the page of Gupy posting {posting.external_id} has no data of a job")
    country = text(job.get("country"))
    return replace(
        posting,
        locations=posting.locations or _places(job),
        country_codes=posting.country_codes or ([country] if country else []),
        workplace=posting.workplace or text(job.get("workplaceType")),
        employment_type=posting.employment_type or text(job.get("jobType")),
        posted_at=moment(job.get("publishedAt")) or posting.posted_at,
        closes_at=moment(job.get("expiresAt")),
        description_html=_description(job),
    )


def _site(board: BoardKey) -> str:
    return f"https://{board['board']}.gupy.io"


def _page_data(page: Any) -> Mapping[str, Any] | None:
    """The properties that a page of Next.js was rendered from; None if it is none."""
    found = NEXT_DATA.search(page) if isinstance(page, str) else None
    try:
        data = json.loads(found[1]) if found else None
    except (ValueError, RecursionError):
        return None
    return mapping(mapping(mapping(data).get("props")).get("pageProps"))


def _posting(row: dict[str, Any], board: BoardKey) -> Posting:
    external_id, workplace = text(row["id"]) or "", mapping(row.get("workplace"))
    address = mapping(workplace.get("address"))
    country = text(address.get("country"))
    return Posting(
        external_id=external_id,
        title=text(row["title"]) or "",
        url=f"{_site(board)}/jobs/{external_id}",
        locations=_places(address),
        workplace=text(workplace.get("workplaceType")),
        country_codes=[country] if country else [],
        department=text(row.get("department")),
        employment_type=text(row.get("type")),
        posted_at=moment(row.get("publishedAt")),
    )


def _places(address: Mapping[str, Any]) -> list[str]:
    parts = (text(address.get(name)) for name in ("city", "state", "country"))
    place = ", ".join(part for part in parts if part)
    return [place] if place else []


def _description(job: Mapping[str, Any]) -> str | None:
    """Join the parts of a description in the order of the page, each under the page's heading."""
    parts = [
        (f"<h3>{escape(heading)}</h3>" if heading else "") + body
        for name, heading in SECTIONS
        if (body := text(job.get(name)))
    ]
    return "\n".join(parts) or None


def _company(page: Page) -> str | None:
    career_page = mapping((_page_data(page.data) or {}).get("careerPage"))
    return text(career_page.get("publicationName")) or text(career_page.get("name"))


EXTRACTOR = Extractor(
    url=(BOARD,),
    examples={
        "https://acme.gupy.io": {"board": "acme"},
        "https://acme.gupy.io/jobs/9123456?jobBoardSource=gupy_public_page": {"board": "acme"},
        "http://acme-logistica.gupy.io/job/eyJqb2JJZCI6OTEyfQ==?x=1#top": {"board": "acme-logistica"},
    },
    address="https://{board}.gupy.io/",
    host="gupy.io",
    rate=2.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    guessable=True,
    company=_company,
    about=About(
        name="Gupy",
        requests="1 + N",
        paging="none",
        conditional="unknown",
        pay="none",
        limits="unknown",
        checked="handmade",
    ),
)
