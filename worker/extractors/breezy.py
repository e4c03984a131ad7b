"""Breezy HR: one JSON document per board, with texts when asked to be verbose. Checked 2026-11.

https://developer.breezy.hr documents the API behind a token; this is the feed of the career sites themselves.

A site that does not exist, or was switched off, answers 404 or a redirect to breezy.hr. Without `verbose=true` there
is no description. Pay is a text made for readers ("$1.40k - $1.80k"), so it stays among the extras. `is_remote` is
false by default and then says nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import items, mapping, moment, text
from worker.posting import BoardKey, Page, Posting, Skipped

# acme.breezy.hr, …/p/e63605aeb81c-a-title/apply, …/json
BOARD = (
    r"(?:https?://)?(?!(?:www|app|api|assets|cdn|developers?|marketing|marketplace|help|support|status|blog|hello|go|info|academy|"
    r"(?:assets|attachments|gallery)-cdn)\.)"
    r"(?P<board>[a-z0-9][a-z0-9-]*)\.breezy\.hr(?::\d+)?(?=[/?#]|$)"
)


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole board: [{"id", "name", "url", "description", "location": {…}, "type": {…}, …}]."""
    yield Page(http.get_json(f"{_site(board)}/json", params={"verbose": "true"}, redirects=False))


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row."""
    if not isinstance(page.data, list):
        raise UnexpectedPayload("the Breezy board's answer is no list")
    yield from each(page.data, lambda row: _posting(row, board), title_field="name")


def company(page: Page) -> str | None:
    """Return the company's name, which every row repeats."""
    return next((name for row in items(page.data) if (name := _name(mapping(row).get("company")))), None)


def _site(board: BoardKey) -> str:
    return f"https://{board['board']}.breezy.hr"


def _posting(row: Any, board: BoardKey) -> Posting:
    external_id = text(row["id"]) or ""
    places = [mapping(place) for place in items(row.get("locations")) or [row.get("location")]]
    salary = text(row.get("salary"))
    return Posting(
        external_id=external_id,
        title=text(row["name"]) or "",
        url=text(row.get("url")) or f"{_site(board)}/p/{text(row.get('friendly_id')) or external_id}",
        locations=list(dict.fromkeys(name for place in places if (name := _place(place)))),
        workplace=next(filter(None, map(_workplace, places)), None),
        country_codes=list(dict.fromkeys(code for place in places if (code := _country(place)))),
        department=text(row.get("department")),
        employment_type=_name(row.get("type")),
        posted_at=moment(row.get("published_date")),
        requisition_id=text(row.get("requisition_id")),
        description_html=text(row.get("description")),
        extras={"salary": salary} if salary else {},
    )


def _name(value: Any) -> str | None:
    """The name of a thing, which is an object or its name alone."""
    return text(mapping(value).get("name")) or text(value)


def _place(place: Mapping[str, Any]) -> str | None:
    parts = (text(place.get("city")), _name(place.get("state")), _name(place.get("country")))
    return text(place.get("name")) or ", ".join(filter(None, parts)) or None


def _workplace(place: Mapping[str, Any]) -> str | None:
    """`is_remote` is said of hybrid work, too, which only `remote_details` tells apart: `{"value": "hybrid"}`."""
    if place.get("is_remote") is not True:
        return None
    return "hybrid" if text(mapping(place.get("remote_details")).get("value")) == "hybrid" else "remote"


def _country(place: Mapping[str, Any]) -> str | None:
    return text(mapping(place.get("country")).get("id")) or _name(place.get("country"))


EXTRACTOR = Extractor(
    url=(BOARD,),
    examples={
        "https://acme.breezy.hr": {"board": "acme"},
        "https://acme-recruiting.breezy.hr/p/e63605aeb81c-driver/apply?source=x": {"board": "acme-recruiting"},
        "http://acme.breezy.hr/json?verbose=true": {"board": "acme"},
        "https://acme.breezy.hr/#positions": {"board": "acme"},
    },
    address="https://{board}.breezy.hr",
    host="breezy.hr",
    rate=4.0,
    pages=pages,
    parse=parse,
    guessable=True,
    company=company,
    about=About(
        name="Breezy HR",
        requests="1",
        paging="none",
        conditional="unknown",
        pay="as text, kept among the extras",
        limits="none documented",
        checked="recorded",
    ),
)
