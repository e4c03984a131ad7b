"""Recruitee (Tellent): one JSON document per careers site, no paging; sites on a company's own domain answer here too.

From 10 February 2027 a call without the company's token is answered 401. Checked 2026-11.
https://docs.recruitee.com/reference/intro-to-careers-site-api
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from worker.errors import BoardRefused, UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import amount, items, mapping, moment, text
from worker.posting import BoardKey, Page, Posting, Salary, Skipped, WebPage

_OWN_HOSTS = "www|api|app|assets|auth|blog|careers|cdn|developers?|docs|go|help|info|login|mail|static|status|support"
URLS = (rf"(?:https?://)?(?!(?:{_OWN_HOSTS})\.)(?P<board>[a-z0-9][a-z0-9-]*)\.recruitee\.com(?=[/?#]|$)",)

_EXTRAS = ("category_code", "education_code", "experience_code")

# What a site that Recruitee serves loads; its widget and its captcha are found on pages that others serve.
_ASSETS = re.compile(r"//(?!jobs-widget\.|captcha)[\w-]+\.recruiteecdn\.com/", re.IGNORECASE)


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Ask for the whole site: `{"offers": [{id, title, careers_url, description, requirements, locations, …}]}`.

    Raises BoardRefused, naming the likely reason, where the site is closed to callers without `X-Careers-Sites-Token`.
    """
    try:
        answer = http.get_json(f"{_site(board)}/api/offers/")
    except BoardRefused as error:
        raise BoardRefused(f"{error}; Recruitee may want a token that only the company can give") from error
    yield Page(answer)


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read the postings of an answer. Raises UnexpectedPayload when it holds no list of offers."""
    rows = mapping(page.data).get("offers")
    if not isinstance(rows, list):
        raise UnexpectedPayload("Recruitee's answer has no list `offers`")
    return each(rows, _posting)


def _site(board: BoardKey) -> str:
    """A board's name with a dot in it is the company's own domain."""
    name = board["board"]
    return f"https://{name}" if "." in name else f"https://{name}.recruitee.com"


def sniff(page: WebPage) -> BoardKey | None:
    """Tell a site that Recruitee serves on a company's own domain by the files it loads."""
    host = urlsplit(page.url).hostname or ""
    own = host == "recruitee.com" or host.endswith(".recruitee.com")
    return {"board": host} if not own and _ASSETS.search(page.text) else None


def company(page: Page) -> str | None:
    """Return the company's name, which each offer repeats."""
    rows = items(mapping(page.data).get("offers"))
    return next(filter(None, (text(mapping(row).get("company_name")) for row in rows)), None)


def _posting(row: Any) -> Posting:
    places = [place for place in map(mapping, items(row.get("locations"))) if place] or [row]
    countries = (text(place.get("country_code")) or text(place.get("country")) for place in places)
    body = (text(row.get("description")), text(row.get("requirements")))
    return Posting(
        external_id=str(row["id"]),
        title=row["title"],
        url=row["careers_url"],
        apply_url=text(row.get("careers_apply_url")),
        locations=list(dict.fromkeys(filter(None, map(_location, places)))),
        workplace=next((word for word in ("hybrid", "remote", "on_site") if row.get(word) is True), None),
        country_codes=list(dict.fromkeys(filter(None, countries))),
        department=text(row.get("department")),
        employment_type=text(row.get("employment_type_code")),
        salary=_salary(mapping(row.get("salary"))),
        posted_at=moment(row.get("published_at")),
        closes_at=moment(row.get("close_at")),
        language=_language(row.get("translations")),
        description_html="\n".join(filter(None, body)) or None,
        extras={name: word for name in _EXTRAS if (word := text(row.get(name)))},
    )


def _location(place: Any) -> str | None:
    """Return "city, state, country" of a place, else what the company calls it."""
    parts = (
        text(place.get("city")),
        text(place.get("state")) or text(place.get("state_name")),
        text(place.get("country")),
    )
    return ", ".join(dict.fromkeys(filter(None, parts))) or text(place.get("name")) or text(place.get("location"))


def _salary(found: Any) -> Salary | None:
    low, high = amount(found.get("min")), amount(found.get("max"))
    if not low and not high:
        return None
    return Salary(low, high, text(found.get("currency")), text(found.get("period")))


def _language(translations: Any) -> str | None:
    """Return the language of an offer that is written in one only; which of several is shown is not said."""
    languages = list(mapping(translations))
    return text(languages[0]) if len(languages) == 1 else None


EXTRACTOR = Extractor(
    url=URLS,
    examples={
        "https://acme.recruitee.com": {"board": "acme"},
        "https://acme.recruitee.com/o/account-executive/c/new": {"board": "acme"},
        "https://acme.recruitee.com/api/offers/?department=Sales": {"board": "acme"},
    },
    address=_site,
    host="recruitee.com",
    rate=5,
    pages=pages,
    parse=parse,
    sniff=sniff,
    guessable=True,
    company=company,
    about=About(
        name="Recruitee (Tellent)",
        requests="1",
        paging="none",
        conditional="not known",
        pay="`salary` with currency and period",
        limits="none documented; from 10 February 2027 only with the company's token (401)",
        checked="recorded",
        public_api="https://docs.recruitee.com/reference/intro-to-careers-site-api",
    ),
)
