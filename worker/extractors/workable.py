"""Workable: one JSON document per account, no paging; a posting comes once per place, without a time of change.

The hardest limits of the simple vendors (429 for hours, at most two requests at a time), and under load it has
answered with its own account instead of the one asked for. Checked 2026-11.
https://help.workable.com/hc/en-us/articles/115012771647
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from worker.errors import BoardUnavailable, UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import items, mapping, moment, text
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage

_NAME = r"(?P<board>[\w-]+)(?=[/?#]|$)"
_OWN_HOSTS = (
    "www|apply|api|app|assets|auth|blog|careers|cdn|developers?|get|go|help|hire|info|jobs|mail|resources|static"
    "|status|support"
)
URLS = (
    rf"(?:https?://)?apply\.workable\.com/(?!(?:j|api|embed|jobs)(?:[/?#]|$)){_NAME}",
    rf"(?:https?://)?apply\.workable\.com/api/v\d/(?:widget/)?accounts/{_NAME}",
    rf"(?:https?://)?(?:www\.)?workable\.com/api/accounts/{_NAME}",
    rf"(?:https?://)?(?!(?:{_OWN_HOSTS})\.)(?P<board>[\w-]+)\.workable\.com(?=[/?#]|$)",
)

_WIDGET = re.compile(r"\bwhr_embed\(\s*(?P<board>[1-9]\d{0,17})\s*[,)]")

_EXTRAS = ("experience", "education", "function", "industry")

OWN_ACCOUNTS = frozenset({"workable", "careers"})
"""The accounts under which Workable itself hires."""


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Ask for the whole account: `{"name": "Acme", "jobs": [{shortcode, title, url, locations, description, …}]}`.

    Raises BoardUnavailable when the answer is Workable's own account and another was asked for.
    """
    account = board["board"]
    answer = http.get_json(f"https://apply.workable.com/api/v1/widget/accounts/{account}", params={"details": "true"})
    name = text(mapping(answer).get("name")) or ""
    if name.casefold() == "workable" and account.casefold() not in OWN_ACCOUNTS:
        raise BoardUnavailable(f"Workable answered with its own account instead of {account}'s")
    yield Page(answer)


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read the postings of an answer. Raises UnexpectedPayload when it holds no list of jobs."""
    rows = mapping(page.data).get("jobs")
    if not isinstance(rows, list):
        raise UnexpectedPayload("Workable's answer has no list `jobs`")
    return each(rows, _posting, id_field="shortcode")


def sniff(page: WebPage) -> BoardKey | None:
    """Read the account's number from the call of the job widget, `whr_embed(94463, …)`; it stands for the name."""
    found = _WIDGET.search(page.text)
    return {"board": found["board"]} if found else None


def company(page: Page) -> str | None:
    """Return the account's name."""
    return text(mapping(page.data).get("name"))


def _posting(row: Any) -> Posting:
    places = _places(row)
    countries = (text(place.get("countryCode")) or text(place.get("country")) for place in places)
    return Posting(
        external_id=str(row["shortcode"]),
        title=row["title"],
        url=row["url"],
        apply_url=text(row.get("application_url")),
        locations=list(dict.fromkeys(filter(None, map(_location, places)))),
        workplace="remote" if row.get("telecommuting") is True else None,
        country_codes=list(dict.fromkeys(filter(None, countries))),
        department=text(row.get("department")),
        employment_type=text(row.get("employment_type")),
        posted_at=moment(row.get("published_on")),
        requisition_id=text(row.get("code")),
        description_html=text(row.get("description")),
        extras={name: word for name in _EXTRAS if (word := text(row.get(name)))},
    )


def _places(row: Any) -> list[Mapping[str, Any]]:
    """Return the places that the company shows; the row's own city, state and country only where it lists none."""
    listed = [place for place in map(mapping, items(row.get("locations"))) if place]
    if not listed:
        return [{"city": row.get("city"), "region": row.get("state"), "country": row.get("country")}]
    return [place for place in listed if place.get("hidden") is not True]


def _location(place: Mapping[str, Any]) -> str:
    return ", ".join(dict.fromkeys(filter(None, (text(place.get(part)) for part in ("city", "region", "country")))))


EXTRACTOR = Extractor(
    url=URLS,
    examples={
        "https://apply.workable.com/acme": {"board": "acme"},
        "https://apply.workable.com/acme/j/0897A038EC/apply/": {"board": "acme"},
        "https://acme.workable.com/jobs/123456": {"board": "acme"},
        "https://www.workable.com/api/accounts/acme?details=true": {"board": "acme"},
        "https://apply.workable.com/api/v1/widget/accounts/acme": {"board": "acme"},
        "https://apply.workable.com/api/v3/accounts/acme/jobs": {"board": "acme"},
    },
    address="https://apply.workable.com/{board}",
    host="apply.workable.com",
    rate=1,
    pages=pages,
    parse=parse,
    sniff=sniff,
    guessable=True,
    company=company,
    about=About(
        name="Workable",
        requests="1",
        paging="none",
        conditional="none",
        pay="not given",
        limits="two at a time; 429 with a Retry-After of hours",
        checked="recorded",
        public_api="https://help.workable.com/hc/en-us/articles/115012771647",
    ),
)
