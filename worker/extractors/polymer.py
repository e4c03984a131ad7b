"""Polymer: a list of 50 a page without texts, and a document per posting. Checked 2026-11.

https://developer.polymer.co. Readers disagree which of `meta.count` and `meta.total` counts postings and which pages,
so the larger of both is taken for the total. Asked for a page past the end, the list answers an empty one that claims
not to be the last. An unknown organization is HTTP 422. Pay is a sentence ("1,200-1,400 USD a month").
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import items, mapping, moment, text
from worker.paging import Part, paged
from worker.posting import BoardKey, Page, Posting, Skipped

ORGANIZATION = r"(?P<board>[a-z0-9][\w-]*)(?=[/?#]|$)"
URLS = (
    # jobs.polymer.co/acme/15394
    rf"(?:https?://)?jobs\.polymer\.co(?::\d+)?/(?!(?:api|assets|static|favicon\.ico|robots\.txt)(?:[/?#]|$)){ORGANIZATION}",
    rf"(?:https?://)?api\.polymer\.co/v1/(?:hire|public)/organizations/{ORGANIZATION}",
)
MAX_PAGES = 200


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page: {"items": [{"id", "title", …}], "meta": {"count", "total", "is_last", …}}."""

    def ask(number: int, _received: int) -> Part:
        answer = http.get_json(_list_url(board), params={"page": number})
        rows, last = _rows(answer), mapping(answer.get("meta")).get("is_last") is True
        return Part(answer, [mapping(row).get("id") for row in rows], _total(answer), last)

    yield from paged(ask, most=MAX_PAGES)


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `items`."""
    yield from each(_rows(page.data), lambda row: _posting(row, board))


def detail(http: Http, board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting: a row of the list with its `description` and `department`."""
    return http.get_json(f"{_list_url(board)}/{posting.external_id}")


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add text and department to a posting of the list."""
    if text(mapping(payload).get("title")) is None:
        raise UnexpectedPayload(f"Polymer posting {posting.external_id} has no title")
    body = text(payload.get("description"))
    is_html = body is not None and "<" in body
    return replace(
        posting,
        department=text(payload.get("department")) or posting.department,
        description_html=body if is_html else None,
        description_text=None if is_html else body,
    )


def company(page: Page) -> str | None:
    """Return the organization's own name."""
    return text(mapping(mapping(page.data).get("meta")).get("organization_name"))


def _list_url(board: BoardKey) -> str:
    return f"https://api.polymer.co/v1/hire/organizations/{board['board']}/jobs"


def _rows(answer: Any) -> list[Any]:
    rows = answer.get("items") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedPayload("the Polymer list has no list named items")
    return rows


def _total(answer: Any) -> int | None:
    meta = mapping(answer.get("meta"))
    numbers = [meta.get(name) for name in ("count", "total")]
    return max((n for n in numbers if isinstance(n, int) and not isinstance(n, bool)), default=None)


def _posting(row: Any, board: BoardKey) -> Posting:
    external_id = text(row["id"]) or ""
    country = text(row.get("country"))
    abroad = [code for value in items(row.get("remote_restriction_country_list")) if (code := text(value))]
    parts = (text(row.get("city")), text(row.get("state_region")), country)
    place = ", ".join(part for part in parts if part) or text(row.get("display_location"))
    return Posting(
        external_id=external_id,
        title=text(row["title"]) or "",
        url=text(row.get("job_post_url")) or f"https://jobs.polymer.co/{board['board']}/{external_id}",
        locations=[place] if place else [],
        workplace=text(row.get("remoteness_pretty")),
        country_codes=list(dict.fromkeys([country] if country else abroad)),
        department=text(row.get("job_category_name")),
        employment_type=text(row.get("kind_pretty")),
        posted_at=moment(row.get("published_at")),
        extras=_extras(row, abroad),
    )


def _extras(row: Any, abroad: list[str]) -> dict[str, Any]:
    found = {"compensation": text(row.get("salary_pretty")), "remote_from": abroad}
    return {name: value for name, value in found.items() if value}


EXTRACTOR = Extractor(
    url=URLS,
    examples={
        "https://jobs.polymer.co/acme": {"board": "acme"},
        "https://jobs.polymer.co/acme/15394?source=x#apply": {"board": "acme"},
        "http://api.polymer.co/v1/hire/organizations/acme-labs/jobs?page=2": {"board": "acme-labs"},
        "https://api.polymer.co/v1/public/organizations/acme/jobs/15394": {"board": "acme"},
    },
    address="https://jobs.polymer.co/{board}",
    host="api.polymer.co",
    rate=2.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    statuses={422: BoardNotFound},
    guessable=True,
    company=company,
    about=About(
        name="Polymer",
        requests="⌈N/50⌉ + N",
        paging="numbered pages of 50, until the list says that one is the last",
        conditional="none known",
        pay="none: a sentence, kept among the extras",
        limits="rate-limited, without a number",
        checked="documented",
        public_api="https://developer.polymer.co",
    ),
)
