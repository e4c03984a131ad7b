"""Keka: a portal's page names it, one JSON document then holds the board, no paging. Checked 2026-11.

No public documentation (https://developers.keka.com is the employers' API): this is what the widget of Keka's career
portals asks. The list is asked for by the portal's identifier, which only the portal's page has. An unknown name and a
portal that is switched off are answered with pages, status 200. `publishedSinceDays` changes by itself. Employers enter
pay in thousands, lakhs or rupees as they like, and nothing says for what time, so it stays among the extras; what the
numbers of `jobType` mean is said nowhere.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from worker.errors import BoardNotFound, BoardRefused, UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import items, mapping, moment, text
from worker.posting import BoardKey, Page, Posting, Skipped

# acme.keka.com/careers/jobdetails/48211, acme.keka.com/careers/labs: a company may have several portals
HOST = (
    r"(?:https?://)?(?!(?:www|api|app|help|support|developers?|status|cdn|login|accounts?|blog)\.)"
    r"(?P<board>[a-z0-9][a-z0-9-]*)\.keka\.com(?::\d+)?"
)
PORTAL = r"(?P<portal>[a-z0-9][\w-]*)"
URLS = (
    rf"{HOST}/careers/api/embedjobs/(?:js/|(?!js/){PORTAL}/)",
    rf"{HOST}/careers(?:/(?!(?:jobdetails|applyjob|api|js|css|assets)(?:[/?#]|$)){PORTAL})?(?=[/?#]|$)(?!/api/)",
)
DEFAULT_PORTAL = "default"
IDENTIFIER = re.compile(
    r"/(?:ats/documents|careers/api/embedjobs/js)/(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b", re.IGNORECASE
)


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole board: [{"id", "title", "description", "jobLocations": […], "publishedOn", …}]."""
    identifier = _identifier(http.get_text(_site(board)))
    yield Page(http.get_json(f"{_host(board)}/careers/api/embedjobs/{board['portal']}/active/{identifier}"))


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every active job."""
    if not isinstance(page.data, list):
        raise UnexpectedPayload("the Keka board's answer is no list of jobs")
    yield from each(page.data, lambda row: _posting(row, board))


def _identifier(page: Any) -> str:
    said = page if isinstance(page, str) else ""
    if found := IDENTIFIER.search(said):
        return found["id"].lower()
    if "Invalid Tenant" in said:
        raise BoardNotFound("Keka knows no company of this name")
    if "Forbidden Access" in said:
        raise BoardRefused("the company has switched its Keka portal off; look on its own site for where it hires now")
    raise UnexpectedPayload("the page of the Keka portal does not name the portal's identifier")


def _host(board: BoardKey) -> str:
    return f"https://{board['board']}.keka.com"


def _site(board: BoardKey) -> str:
    return f"{_host(board)}/careers" + ("" if board["portal"] == DEFAULT_PORTAL else f"/{board['portal']}")


def _posting(row: dict[str, Any], board: BoardKey) -> Posting:
    external_id, places = text(row["id"]) or "", [mapping(place) for place in items(row.get("jobLocations"))]
    return Posting(
        external_id=external_id,
        title=text(row["title"]) or "",
        url=f"{_site(board)}/jobdetails/{external_id}",
        locations=list(dict.fromkeys(name for place in places if (name := _place(place)))),
        country_codes=list(dict.fromkeys(country for place in places if (country := _country(place)))),
        department=text(row.get("departmentName")),
        posted_at=moment(row.get("publishedOn")),
        requisition_id=text(row.get("jobNumber")),
        description_html=text(row.get("description")) or text(row.get("excerpt")),
        extras=_extras(row),
    )


def _place(place: Mapping[str, Any]) -> str | None:
    parts = (
        text(place.get("city")) or text(place.get("name")),
        text(place.get("state")),
        text(place.get("countryName")),
    )
    return ", ".join(dict.fromkeys(part for part in parts if part)) or None


def _country(place: Mapping[str, Any]) -> str | None:
    return text(place.get("countryName")) or text(place.get("countryCode"))


def _extras(row: dict[str, Any]) -> dict[str, Any]:
    pay = mapping(row.get("salaryRange"))
    stated = {
        name: said for name in ("minimum", "maximum", "currency") if (said := text(pay.get(name))) and said != "0"
    }
    found: dict[str, Any] = {
        "experience": text(row.get("experience")),
        "skills": [skill for value in items(row.get("skillNames")) if (skill := text(value))],
        "salary_range": stated if stated.keys() & {"minimum", "maximum"} else None,
    }
    return {name: value for name, value in found.items() if value}


_ACME = {"board": "acme", "portal": DEFAULT_PORTAL}

EXTRACTOR = Extractor(
    url=URLS,
    fields=("board", "portal"),
    defaults={"portal": DEFAULT_PORTAL},
    examples={
        "https://acme.keka.com/careers": _ACME,
        "https://acme.keka.com/careers/jobdetails/48211?source=x#apply": _ACME,
        "https://acme.keka.com/careers/labs/jobdetails/48211": {"board": "acme", "portal": "labs"},
        "https://acme.keka.com/careers/api/embedjobs/default/active/24040a7e-a7c5-47a5-9cd5-019962c66385": _ACME,
        "http://acme-soft.keka.com/careers/api/embedjobs/js/24040a7e-a7c5-47a5-9cd5-019962c66385": {
            "board": "acme-soft",
            "portal": DEFAULT_PORTAL,
        },
    },
    address=_site,
    host="keka.com",
    rate=2.0,
    pages=pages,
    parse=parse,
    about=About(
        name="Keka",
        requests="2",
        paging="none",
        conditional="unknown",
        pay="none (amounts without a unit or a period)",
        limits="unknown",
        checked="handmade",
    ),
)
