"""Lever: one JSON array per site, no paging needed; the text comes in parts, and no time of change is given.

Sites live on the US host or on the EU host; neither knows the other's. Checked 2026-11.
https://github.com/lever/postings-api
"""

import html
import re
from collections.abc import Iterator
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import amount, epoch_milliseconds, items, mapping, text
from worker.posting import BoardKey, Page, Posting, Salary, Skipped, WebPage

_NAME = r"(?P<board>[\w%-][\w.%-]*)(?=[/?#]|$)"
URLS = (
    rf"(?:https?://)?jobs\.(?:(?P<region>eu)\.)?lever\.co/{_NAME}",
    rf"(?:https?://)?api\.(?:(?P<region>eu)\.)?lever\.co/v0/postings/{_NAME}",
)

_WIDGET = re.compile(r"""leverJobsOptions\s*=\s*\{[^{}]{0,500}?\baccountName["']?\s*:\s*["'](?P<board>[\w.-]+)["']""")


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Ask for the whole site: `[{id, text, hostedUrl, categories, description, lists, additional, …}]`."""
    host = "api.eu.lever.co" if board["region"] == "eu" else "api.lever.co"
    answer = http.get_json(
        f"https://{host}/v0/postings/{board['board']}",
        params={"mode": "json"},
        headers={"Accept": "application/json"},  # without it a widget in HTML may come instead
    )
    yield Page(answer)


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read the postings of an answer. Raises UnexpectedPayload when it is no list."""
    if not isinstance(page.data, list):
        raise UnexpectedPayload("Lever's answer is not a list of postings")
    return each(page.data, _posting, title_field="text")


def sniff(page: WebPage) -> BoardKey | None:
    """Read the site's name from the options of the widget that many pages use: `{accountName: 'acme'}`."""
    found = _WIDGET.search(page.text)
    return {"board": found["board"], "region": ""} if found else None


def _posting(row: Any) -> Posting:
    categories = mapping(row.get("categories"))
    places = [categories.get("location"), *items(categories.get("allLocations"))]
    country = text(row.get("country"))
    return Posting(
        external_id=str(row["id"]),
        title=row["text"],
        url=row["hostedUrl"],
        apply_url=text(row.get("applyUrl")),
        locations=list(dict.fromkeys(filter(None, map(text, places)))),
        workplace=text(row.get("workplaceType")),
        country_codes=[country] if country else [],
        department=text(categories.get("department")),
        team=text(categories.get("team")),
        employment_type=text(categories.get("commitment")),
        salary=_salary(mapping(row.get("salaryRange"))),
        posted_at=epoch_milliseconds(row.get("createdAt")),
        description_html=_description(row),
    )


def _salary(found: Any) -> Salary | None:
    low, high = amount(found.get("min")), amount(found.get("max"))
    if not low and not high:
        return None
    return Salary(low, high, text(found.get("currency")), text(found.get("interval")))


def _description(row: Any) -> str | None:
    """Join the parts in the order of the hosted page; `description` alone would lose most of the text."""
    sections = (_section(mapping(found)) for found in items(row.get("lists")))
    parts = (text(row.get("description")), *sections, text(row.get("salaryDescription")), text(row.get("additional")))
    return "\n".join(filter(None, parts)) or None


def _section(found: Any) -> str:
    """Return one of `lists`: its `text` is a plain heading, its `content` bare `<li>` items."""
    heading, content = text(found.get("text")), text(found.get("content"))
    return (f"<h3>{html.escape(heading, quote=False)}</h3>" if heading else "") + (
        f"<ul>{content}</ul>" if content else ""
    )


def _page_of_site(board: BoardKey) -> str:
    return f"https://jobs{'.eu' if board['region'] == 'eu' else ''}.lever.co/{board['board']}"


EXTRACTOR = Extractor(
    url=URLS,
    examples={
        "https://jobs.lever.co/acme": {"board": "acme", "region": ""},
        "https://jobs.lever.co/acme/5ac21346-8e0c-4494-8e7a-3eb92ff77902/apply": {"board": "acme", "region": ""},
        "https://jobs.lever.co/acme.health?location=Remote": {"board": "acme.health", "region": ""},
        "https://jobs.eu.lever.co/acme": {"board": "acme", "region": "eu"},
        "https://api.lever.co/v0/postings/acme?mode=json": {"board": "acme", "region": ""},
        "https://api.eu.lever.co/v0/postings/acme": {"board": "acme", "region": "eu"},
    },
    address=_page_of_site,
    host="api.lever.co",
    rate=2,
    pages=pages,
    parse=parse,
    fields=("board", "region"),
    defaults={"region": ""},
    sniff=sniff,
    guessable=True,
    about=About(
        name="Lever",
        requests="1",
        paging="none needed",
        conditional="sent by other readers; no answer seen",
        pay="`salaryRange` with currency and interval",
        limits="none documented for reading",
        checked="recorded",
        public_api="https://github.com/lever/postings-api",
    ),
)
