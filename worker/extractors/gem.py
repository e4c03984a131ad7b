"""Gem: one JSON array per board, no paging; field names like Greenhouse's, but no pay and HTML that is not escaped.

Board names are case-sensitive, and the address must end with a slash. Checked 2026-11.
https://api.gem.com/job_board/v0/reference
"""

from collections.abc import Iterator
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import items, mapping, moment, text
from worker.posting import BoardKey, Page, Posting, Skipped

_NAME = r"(?P<board>[\w%-][\w.%-]*)(?=[/?#]|$)"
URLS = (
    rf"(?:https?://)?jobs\.gem\.com/(?!(?:api|embed|_next|static)(?:[/?#]|$)){_NAME}",
    rf"(?:https?://)?api\.gem\.com/job_board/v0/(?!(?:reference|openapi\.json)(?:[/?#]|$)){_NAME}",
)


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Ask for the whole board: `[{id, title, absolute_url, content, location, offices, location_type, …}]`."""
    yield Page(http.get_json(f"https://api.gem.com/job_board/v0/{board['board']}/job_posts/"))


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read the postings of an answer. Raises UnexpectedPayload when it is no list."""
    if not isinstance(page.data, list):
        raise UnexpectedPayload("Gem's answer is not a list of job posts")
    return each(page.data, _posting)


def _posting(row: Any) -> Posting:
    description = text(row.get("content"))
    internal_id = text(row.get("internal_job_id"))
    return Posting(
        external_id=str(row["id"]),
        title=row["title"],
        url=row["absolute_url"],
        locations=_places(row),
        workplace=text(row.get("location_type")),
        department=next(filter(None, map(_name, items(row.get("departments")))), None),
        employment_type=text(row.get("employment_type")),
        posted_at=moment(row.get("first_published_at")),
        requisition_id=text(row.get("requisition_id")),
        description_html=description,
        description_text=None if description else text(row.get("content_plain")),
        extras={"internal_job_id": internal_id} if internal_id else {},
    )


def _places(row: Any) -> list[str]:
    """Return the primary place and those of all offices that still exist."""
    offices = [office for office in map(mapping, items(row.get("offices"))) if not office.get("deleted_at")]
    of_offices = (_name(office.get("location")) or _name(office) for office in offices)
    return list(dict.fromkeys(filter(None, (_name(row.get("location")), *of_offices))))


def _name(value: Any) -> str | None:
    return text(mapping(value).get("name"))


EXTRACTOR = Extractor(
    url=URLS,
    examples={
        "https://jobs.gem.com/acme": {"board": "acme"},
        "https://jobs.gem.com/acme/am9icG9zdDpleGFtcGxl": {"board": "acme"},
        "https://api.gem.com/job_board/v0/acme/job_posts/": {"board": "acme"},
    },
    address="https://jobs.gem.com/{board}",
    host="api.gem.com",
    rate=5,
    pages=pages,
    parse=parse,
    guessable=True,
    about=About(
        name="Gem",
        requests="1",
        paging="none",
        conditional="not known",
        pay="not given",
        limits="none documented",
        checked="documented",
        public_api="https://api.gem.com/job_board/v0/reference",
    ),
)
