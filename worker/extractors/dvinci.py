"""d.vinci: one JSON document per board, no paging. Checked 2026-11.

The job publication API, which the vendor calls always public (https://www.dvinci.de). A company may have several
portals (`/portal/NAME`), each with a list of its own, and any of them may stand on the company's own domain.

The id is the publication's: the same opening in two languages is two. `startDate` is set where a publication was
scheduled; otherwise the vendor's own pages show the opening's `createdDate` as the date it was posted. Names of working
times are translated, so the internal ones are read where there are any. Standing invitations to apply
(`type: UNSOLICITED`) are on the boards like postings.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import amount, items, mapping, moment, text
from worker.posting import BoardKey, Page, Posting, Salary, Skipped, WebPage

# acme.dvinci-hr.com/de/jobs/20132/a-title, acme.dvinci-easy.com/portal/labs/de/jobs. A board on a domain of its own is
# named by that domain.
DOMAIN = "dvinci-hr.com"
PORTAL = r"(?:/portal/(?P<portal>[\w%-]+))?"
BOARD = (
    r"(?:https?://)?(?!(?:www|static|api|cdn|app|docs?|help|support|status|login)\.)"
    rf"(?P<board>[a-z0-9][a-z0-9-]*)\.(?P<domain>dvinci(?:-hr|-easy)\.com|dvinci\.de)(?::\d+)?{PORTAL}(?=[/?#]|$)"
)
PAGE = re.compile(r"""\bng-app=["']dvinci\.apps\.|\bname=["']dvinciVersion["']|\bvar\s+DvinciData\s*=""", re.IGNORECASE)

SECTIONS = ("introduction", "tasks", "profile", "weOffer", "closingText")


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole board: [{"id", "position", "jobPublicationURL", "tasks", …, "jobOpening": {…}}]."""
    yield Page(http.get_json(f"{_site(board)}/jobPublication/list.json"))


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every publication."""
    if not isinstance(page.data, list):
        raise UnexpectedPayload("the d.vinci board's answer is no list of publications")
    yield from each(page.data, _posting, title_field="position")


def sniff(page: WebPage) -> BoardKey | None:
    """Tell a career portal on a company's own domain by what d.vinci's pages are made of."""
    address = urlsplit(page.url)
    if not address.hostname or not PAGE.search(page.text) or re.match(BOARD, page.url, re.IGNORECASE):
        return None
    portal = re.match(PORTAL + r"(?:/|$)", address.path)
    return {"board": address.hostname, "domain": DOMAIN, "portal": (portal["portal"] or "") if portal else ""}


def _site(board: BoardKey) -> str:
    host = board["board"] if "." in board["board"] else f"{board['board']}.{board['domain']}"
    return f"https://{host}" + (f"/portal/{board['portal']}" if board["portal"] else "")


def _posting(row: dict[str, Any]) -> Posting:
    opening = mapping(row.get("jobOpening"))
    places = [mapping(place) for place in items(opening.get("locations"))]
    times = [_internal(time) for time in items(opening.get("workingTimes"))]
    return Posting(
        external_id=text(row["id"]) or "",
        title=text(row["position"]) or "",
        url=text(row["jobPublicationURL"]) or "",
        apply_url=text(row.get("applicationFormURL")),
        locations=[name for place in places if (name := _place(place))] or _one(text(opening.get("location"))),
        country_codes=[code for place in places if (code := _country(place))],
        department=_name(opening.get("department")),
        employment_type=", ".join(word for word in times if word) or None,
        salary=_salary(mapping(opening.get("salary"))),
        posted_at=moment(row.get("startDate")) or moment(opening.get("createdDate")),
        closes_at=moment(row.get("endDate")),
        language=text(row.get("language")),
        requisition_id=text(opening.get("reference")),
        description_html="\n".join(part for name in SECTIONS if (part := text(row.get(name)))) or None,
        extras=_extras(row, opening),
    )


def _one(value: str | None) -> list[str]:
    return [value] if value else []


def _name(value: Any) -> str | None:
    return text(value) or text(mapping(value).get("name"))


def _internal(value: Any) -> str | None:
    return text(mapping(value).get("internalName")) or _name(value)


def _place(place: Mapping[str, Any]) -> str | None:
    city, country = text(mapping(place.get("address")).get("city")), _name(place.get("country"))
    parts = (text(place.get("name")) or city, country)
    return ", ".join(dict.fromkeys(part for part in parts if part)) or None


def _country(place: Mapping[str, Any]) -> str | None:
    return text(mapping(place.get("country")).get("isoA2")) or _name(place.get("country"))


def _salary(stated: Mapping[str, Any]) -> Salary | None:
    value = mapping(stated.get("value"))
    lowest, highest = amount(value.get("minValue")), amount(value.get("maxValue"))
    if lowest is None and highest is None:
        return None
    return Salary(lowest, highest, text(stated.get("currency")), text(value.get("unitText")))


def _extras(row: dict[str, Any], opening: Mapping[str, Any]) -> dict[str, Any]:
    kind = text(opening.get("type"))
    found: dict[str, Any] = {
        "subtitle": text(row.get("subtitle")),
        "categories": [name for category in items(opening.get("categories")) if (name := _name(category))],
        "contract_period": _internal(opening.get("contractPeriod")),
        "type": kind if kind != "DEFAULT" else None,
    }
    return {name: value for name, value in found.items() if value}


_ACME = {"board": "acme", "domain": DOMAIN, "portal": ""}

EXTRACTOR = Extractor(
    url=(BOARD,),
    fields=("board", "domain", "portal"),
    defaults={"domain": DOMAIN, "portal": ""},
    examples={
        "https://acme.dvinci-hr.com": _ACME,
        "https://acme.dvinci-hr.com/de/jobs/20132/consultant-mwd?utm_source=x#apply": _ACME,
        "https://acme.dvinci-hr.com/jobPublication/list.json?lang=en": _ACME,
        "http://acme-klinik.dvinci-easy.com/de/p/heide/jobs": {
            "board": "acme-klinik",
            "domain": "dvinci-easy.com",
            "portal": "",
        },
        "https://acme.dvinci.de/portal/Labs/de/jobs": {"board": "acme", "domain": "dvinci.de", "portal": "Labs"},
    },
    address=lambda board: f"{_site(board)}/",
    host=DOMAIN,
    rate=3.0,
    pages=pages,
    parse=parse,
    sniff=sniff,
    about=About(
        name="d.vinci",
        requests="1",
        paging="none",
        conditional="unknown",
        pay="structured, mostly absent",
        limits="unknown",
        checked="handmade",
    ),
)
