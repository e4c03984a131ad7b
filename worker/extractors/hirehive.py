"""HireHive: a list of 100 a page with texts and pay. Checked 2026-11.

No documentation of this endpoint: it is the tenants' own (https://docs.hirehive.com describes another one, which needs
a key). The hosted pages are throttled, the list is not known to be. `location` is typed by hand and mostly a town.
"""

from collections.abc import Iterator
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import amount, items, mapping, moment, text, whole_number
from worker.paging import Part, paged
from worker.posting import BoardKey, Page, Posting, Salary, Skipped

# acme.hirehive.com/engineer-berlin-Jr5HUI, acme.hirehive.com/api/v2/jobs
BOARD = (
    r"(?:https?://)?(?!(?:www|api|app|assets|static|docs?|developers?|help|support|status|blog|info|my)\.)"
    r"(?P<board>[a-z0-9][a-z0-9-]*)\.hirehive\.com(?::\d+)?(?=[/?#]|$)"
)
PAGE_SIZE = 100
MAX_PAGES = 200


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page: {"items": [{"id", "title", …}], "meta": {"has_next_page", "total_items"}}."""
    url = f"https://{board['board']}.hirehive.com/api/v2/jobs"

    def ask(number: int, _received: int) -> Part:
        answer = http.get_json(url, params={"page": number, "page_size": PAGE_SIZE})
        rows, meta = _rows(answer), mapping(answer.get("meta"))
        total, last = whole_number(meta.get("total_items")), meta.get("has_next_page") is False
        return Part(answer, [mapping(row).get("id") for row in rows], total, last)

    yield from paged(ask, most=MAX_PAGES)


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `items`."""
    yield from each(_rows(page.data), _posting)


def _rows(answer: Any) -> list[Any]:
    rows = answer.get("items") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedPayload("the HireHive list has no list named items")
    return rows


def _posting(row: Any) -> Posting:
    country = mapping(row.get("country"))
    code = text(country.get("code")) or text(country.get("name"))
    parts = (text(row.get("state_code")), text(country.get("name")))
    place = text(row.get("location")) or ", ".join(part for part in parts if part)
    body = row.get("description")
    return Posting(
        external_id=text(row["id"]) or "",
        title=text(row["title"]) or "",
        url=text(row["hosted_url"]) or "",
        locations=[place] if place else [],
        country_codes=[code] if code else [],
        department=_word(row, "category"),
        employment_type=_word(row, "type"),
        salary=_salary(row),
        posted_at=moment(row.get("published_date")),
        language=text(mapping(row.get("language")).get("code")),
        requisition_id=text(row.get("job_code")),
        description_html=text(mapping(body).get("html")) or text(body),
        description_text=text(mapping(body).get("text")),
        extras={name: value for name, value in _extras(row) if value},
    )


def _word(row: Any, field: str) -> str | None:
    return text(mapping(row.get(field)).get("name")) or text(mapping(row.get(field)).get("type"))


def _extras(row: Any) -> Iterator[tuple[str, str | None]]:
    yield "experience", _word(row, "experience")
    yield "compensation", text(row.get("salary"))


def _salary(row: Any) -> Salary | None:
    """The first tier of pay that names an amount."""
    for tier in map(mapping, items(row.get("compensation_tiers"))):
        lowest, highest = amount(tier.get("min_value")), amount(tier.get("max_value"))
        if lowest is not None or highest is not None:
            return Salary(lowest, highest, text(tier.get("currency_code")), text(tier.get("interval")))
    return None


EXTRACTOR = Extractor(
    url=(BOARD,),
    examples={
        "https://acme.hirehive.com": {"board": "acme"},
        "https://acme.hirehive.com/engineer-berlin-Jr5HUI?utm_source=x#apply": {"board": "acme"},
        "http://acme-group.hirehive.com/api/v2/jobs?page=1": {"board": "acme-group"},
    },
    address="https://{board}.hirehive.com",
    host="hirehive.com",
    rate=2.0,
    pages=pages,
    parse=parse,
    about=About(
        name="HireHive",
        requests="⌈N/100⌉",
        paging="numbered pages of 100, until the list says that none follows",
        conditional="none known",
        pay="the list's compensation tiers",
        limits="none known",
        checked="handmade",
    ),
)
