"""BambooHR: a list without texts in one document, and a document per opening. Checked 2026-11.

No public documentation: this is what the career sites' own pages ask (https://www.bamboohr.com).

Names that are nobody's, and sites that were given up or suspended, are redirected, mostly to the vendor's home page.
The place is in `location` for openings at one of the company's own, in `atsLocation` for those entered by hand; the
other one is all null. `isRemote` is null on nearly every row: it is `locationType` that says where the work is done.
Date, country and pay are in the detail alone, and pay is free text, so it stays among the extras.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import mapping, moment, text, whole_number
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage

# acme.bamboohr.com/careers/31, …/jobs/view.php?id=31, …/jobs/embed2.php, …/careers/list
BOARD = (
    r"(?:https?://)?(?!(?:www|app|api|help|static|documentation|developers?|partners?|marketplace|status|support|cdn|"
    r"resources?|images?|blog|go|info|login|learn|community|try)\.)"
    r"(?P<board>[a-z0-9][a-z0-9-]*)\.bamboohr\.com(?::\d+)?(?=[/?#]|$)"
)

EMBED = re.compile(r"""<div\b[^<>]*\bdata-domain=["']?([a-z0-9][a-z0-9-]*)\.bamboohr\.com\b""", re.IGNORECASE)

WORKPLACES = {"0": "onsite", "1": "remote", "2": "hybrid"}


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole list: {"meta": {"totalCount"}, "result": [{"id", "jobOpeningName", "location": {…}, …}]}."""
    answer = http.get_json(f"{_site(board)}/careers/list", redirects=False)
    yield Page(answer, whole_number(mapping(mapping(answer).get("meta")).get("totalCount")))


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `result`."""
    rows = page.data.get("result") if isinstance(page.data, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedPayload("the BambooHR list has no list named result")
    yield from each(rows, lambda row: _posting(row, board), title_field="jobOpeningName")


def detail(http: Http, board: BoardKey, posting: Posting) -> Any:
    """Ask for one opening: {"result": {"jobOpening": {"description", "datePosted", "compensation", …}}}."""
    return http.get_json(f"{_site(board)}/careers/{posting.external_id}/detail", redirects=False)


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add text, date, country and what is said of pay to a posting of the list."""
    opening = mapping(mapping(payload).get("result")).get("jobOpening")
    if not isinstance(opening, dict):
        raise UnexpectedPayload(f"BambooHR opening {posting.external_id} has no jobOpening")
    place = _place(opening)
    country = text(place.get("addressCountry")) or text(place.get("country"))
    stated = {name: text(opening.get(name)) for name in ("compensation", "minimumExperience")}
    return replace(
        posting,
        locations=_locations(place) or posting.locations,
        country_codes=[country] if country else posting.country_codes,
        posted_at=moment(opening.get("datePosted")),
        description_html=text(opening.get("description")),
        extras=posting.extras | {name: value for name, value in stated.items() if value},
    )


def sniff(page: WebPage) -> BoardKey | None:
    """Find the board that a company's own page embeds: `<div id="BambooHR" data-domain="acme.bamboohr.com">`."""
    embed = EMBED.search(page.text)
    return {"board": embed[1].lower()} if embed else None


def _site(board: BoardKey) -> str:
    return f"https://{board['board']}.bamboohr.com"


def _posting(row: Any, board: BoardKey) -> Posting:
    external_id, place = text(row["id"]) or "", _place(row)
    country = text(place.get("country"))
    remote = "remote" if row.get("isRemote") is True else None
    return Posting(
        external_id=external_id,
        title=text(row["jobOpeningName"]) or "",
        url=f"{_site(board)}/careers/{external_id}",
        locations=_locations(place),
        workplace=WORKPLACES.get(text(row.get("locationType")) or "", remote),
        country_codes=[country] if country else [],
        department=text(row.get("departmentLabel")),
        employment_type=text(row.get("employmentStatusLabel")),
    )


def _place(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return whichever of the two places is filled in."""
    own, entered = mapping(row.get("location")), mapping(row.get("atsLocation"))
    return own if any(map(text, own.values())) else entered


def _locations(place: Mapping[str, Any]) -> list[str]:
    region = text(place.get("state")) or text(place.get("province"))
    country = text(place.get("addressCountry")) or text(place.get("country"))
    found = ", ".join(filter(None, (text(place.get("city")), region, country)))
    return [found] if found else []


EXTRACTOR = Extractor(
    url=(BOARD,),
    examples={
        "https://acme.bamboohr.com/careers": {"board": "acme"},
        "https://acme-group.bamboohr.com/careers/31?source=aWQ9MTA%3D#apply": {"board": "acme-group"},
        "https://acme.bamboohr.com/careers/list": {"board": "acme"},
        "http://acme.bamboohr.com/jobs/view.php?id=31": {"board": "acme"},
        "https://acme.bamboohr.com/jobs/embed2.php?departmentId=0": {"board": "acme"},
    },
    address="https://{board}.bamboohr.com/careers",
    host="bamboohr.com",
    rate=3.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    sniff=sniff,
    guessable=True,
    about=About(
        name="BambooHR",
        requests="1 + N",
        paging="none",
        conditional="unknown",
        pay="as text in the detail, kept among the extras",
        limits="none documented",
        checked="recorded",
    ),
)
