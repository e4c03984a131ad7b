"""HiBob: one JSON document per board with texts and pay, no paging. Checked 2026-11.

No public documentation: this is what the careers sites' own pages ask (https://www.hibob.com). The host answers 401
unless the request names the site itself as its Referer. A site lives at <company>.careers.hibob.com or on the company's
own domain; its page is an empty shell with the element `careers-app-root`.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import amount, moment, text
from worker.posting import BoardKey, Page, Posting, Salary, Skipped, WebPage

# acme.careers.hibob.com/jobs/04e764ae-fb6c-4303-ba2f-509b917804c2
BOARD = r"(?:https?://)?(?!www\.)(?P<host>[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.careers\.hibob\.com)(?::\d+)?(?=[/?#]|$)"
SHELL = "<careers-app-root"
SECTIONS = ("responsibilities", "requirements", "benefits")


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole board: {"jobAdDetails": [{"id", "title", "site", "country", "description", …}]}."""
    yield Page(http.get_json(f"{_site(board)}/api/job-ad", headers={"Referer": f"{_site(board)}/jobs"}))


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `jobAdDetails`."""
    rows = page.data.get("jobAdDetails") if isinstance(page.data, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedPayload("the HiBob board's answer has no list named jobAdDetails")
    yield from each(rows, lambda row: _posting(row, board))


def sniff(page: WebPage) -> BoardKey | None:
    """Return the careers site that a page is the shell of."""
    host = urlsplit(page.url).hostname
    return {"host": host} if host and SHELL in page.text else None


def _site(board: BoardKey) -> str:
    return f"https://{board['host']}"


def _posting(row: Any, board: BoardKey) -> Posting:
    external_id = text(row["id"]) or ""
    country = text(row.get("country"))
    places = dict.fromkeys(place for place in (text(row.get("site")), country) if place)
    return Posting(
        external_id=external_id,
        title=text(row["title"]) or "",
        url=f"{_site(board)}/jobs/{external_id}",
        locations=[", ".join(places)] if places else [],
        workplace=text(row.get("workspaceType")) or text(row.get("workspaceTypeId")),
        country_codes=[country] if country else [],
        department=text(row.get("department")),
        employment_type=text(row.get("employmentType")) or text(row.get("employmentTypeId")),
        salary=_salary(row),
        posted_at=moment(row.get("publishedAt")),
        language=text(row.get("language")),
        description_html=_description(row),
    )


def _salary(row: Any) -> Salary | None:
    lowest, highest = amount(row.get("payTransparencyMinSalary")), amount(row.get("payTransparencyMaxSalary"))
    if lowest is None and highest is None:
        return None
    currency, period = text(row.get("payTransparencySalaryCurrency")), text(row.get("payTransparencySalaryPayPeriod"))
    return Salary(lowest, highest, currency, period)


def _description(row: Any) -> str | None:
    """Join the parts of a description, those after the first under HiBob's own headings."""
    parts = [text(row.get("description"))]
    parts += [f"<h3>{name.title()}</h3>{body}" for name in SECTIONS if (body := text(row.get(name)))]
    return "\n".join(part for part in parts if part) or None


EXTRACTOR = Extractor(
    url=(BOARD,),
    fields=("host",),
    examples={
        "https://acme.careers.hibob.com": {"host": "acme.careers.hibob.com"},
        "https://acme.careers.hibob.com/jobs/04e764ae-fb6c-4303-ba2f-509b917804c2?source=x#apply": {
            "host": "acme.careers.hibob.com"
        },
        "http://acme-group.careers.hibob.com/api/job-ad": {"host": "acme-group.careers.hibob.com"},
    },
    address="https://{host}/jobs",
    host="careers.hibob.com",
    rate=2.0,
    pages=pages,
    parse=parse,
    sniff=sniff,
    about=About(
        name="HiBob",
        requests="1",
        paging="none",
        conditional="none known",
        pay="the list, where the employer shows it",
        limits="none known",
        checked="handmade",
    ),
)
