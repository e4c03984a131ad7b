"""Dayforce: one JSON document per board, no paging; a row per place and language of a posting. Checked 2026-11.

The anonymous JobFeeds of https://www.dayforcehcm.com; the boards' own pages ask a search that takes cookies. The same
`ReferenceNumber` comes once for each place and for each language: of the languages one is read, English where there is
any, so that a title does not change its language from one reading to the next. Times have no zone and are taken for
UTC. The feed has neither pay nor a total. `LastUpdated` is not the date of publication.
"""

from collections.abc import Iterator
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import mapping, moment, text
from worker.posting import BoardKey, Page, Posting, Skipped

LOCALE = r"(?:[a-z]{2}-[a-z]{2}/)?"
CLIENT = r"(?![a-z]{2}-[a-z]{2}(?:[/?#]|$))(?P<client>[a-z0-9][\w-]*)"
BOARD = r"(?P<board>[a-z0-9][\w-]*)"
# jobs.dayforcehcm.com/en-US/acme/CANDIDATEPORTAL/jobs/3612
SITE = rf"(?:https?://)?jobs\.dayforcehcm\.com(?::\d+)?/{LOCALE}(?!api/){CLIENT}/{BOARD}(?=[/?#]|$)"
# the older us57.dayforcehcm.com/CandidatePortal/en-US/acme/Site/CANDIDATEPORTAL
PORTAL = (
    rf"(?:https?://)?(?!jobs\.)[a-z0-9-]+\.dayforcehcm\.com(?::\d+)?/CandidatePortal/{LOCALE}{CLIENT}"
    rf"(?:/Site/{BOARD})?(?=[/?#]|$)"
)
FEED = (
    rf"(?:https?://)?www\.dayforcehcm\.com(?::\d+)?/api/{CLIENT}/V1/JobFeeds(?=[?#]|$)"
    rf"(?:\?(?:[^#]*&)?internalJobBoardCode={BOARD}(?=[&#]|$)|)"
)
USUAL_BOARD = "CANDIDATEPORTAL"


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole board: [{"ReferenceNumber", "Title", "CultureCode", "JobDetailsUrl", "City", …}]."""
    params = {
        "includeActivePostingOnly": "true",
        "internalJobBoardCode": board["board"],
        "htmlDescription": "true",
    }
    yield Page(http.get_json(f"https://www.dayforcehcm.com/api/{board['client']}/V1/JobFeeds", params=params))


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row that is in its posting's one language."""
    if not isinstance(page.data, list):
        raise UnexpectedPayload("the Dayforce feed is no list")
    told = [(row, _reference(row), _language(row)) for row in page.data]
    languages: dict[str | None, str | None] = {}
    for _, reference, language in told:
        languages[reference] = min(languages.get(reference, language), language, key=_preference)
    rows = [row for row, reference, language in told if reference is None or language == languages[reference]]
    yield from each(rows, lambda row: _posting(row, board), id_field="ReferenceNumber", title_field="Title")


def _reference(row: Any) -> str | None:
    return text(mapping(row).get("ReferenceNumber"))


def _language(row: Any) -> str | None:
    return text(mapping(row).get("CultureCode"))


def _preference(language: str | None) -> tuple[bool, bool, str]:
    return language is None, not (language or "").startswith("en"), language or ""


def _posting(row: Any, board: BoardKey) -> Posting:
    external_id = text(row["ReferenceNumber"]) or ""
    language = _language(row)
    place = ", ".join(part for name in ("City", "State", "Country") if (part := text(row.get(name))))
    country = text(row.get("Country"))
    body = text(row.get("Description"))
    is_html = body is not None and "<" in body
    return Posting(
        external_id=external_id,
        title=text(row["Title"]) or "",
        url=text(row.get("JobDetailsUrl")) or f"{_site(board, language)}/jobs/{external_id}",
        apply_url=text(row.get("ApplyUrl")),
        locations=[place] if place else [],
        workplace="remote" if row.get("IsVirtualLocation") is True else None,
        country_codes=[country] if country else [],
        department=text(row.get("JobFamily")),
        team=text(row.get("JobFunction")),
        employment_type=text(row.get("EmploymentIndicator")),
        posted_at=moment(row.get("DatePosted")),
        language=language,
        requisition_id=text(row.get("ParentRequisitionCode")),
        description_html=body if is_html else None,
        description_text=None if is_html else body,
    )


def _site(board: BoardKey, language: str | None) -> str:
    return f"https://jobs.dayforcehcm.com/{language or 'en-US'}/{board['client']}/{board['board']}"


_ACME = {"client": "acme", "board": USUAL_BOARD}

EXTRACTOR = Extractor(
    url=(SITE, PORTAL, FEED),
    fields=("client", "board"),
    defaults={"board": USUAL_BOARD},
    examples={
        "https://jobs.dayforcehcm.com/en-US/acme/CANDIDATEPORTAL": _ACME,
        "https://jobs.dayforcehcm.com/acme/SALES/jobs/3612?src=x#top": {**_ACME, "board": "SALES"},
        "http://jobs.dayforcehcm.com/fr-CA/acme/CANDIDATEPORTAL/jobs/3612/apply": _ACME,
        "https://us57.dayforcehcm.com/CandidatePortal/en-US/acme": _ACME,
        "https://us57.dayforcehcm.com/CandidatePortal/en-US/acme/Site/SALES": {**_ACME, "board": "SALES"},
        "https://www.dayforcehcm.com/api/acme/V1/JobFeeds?includeActivePostingOnly=true&internalJobBoardCode=SALES": {
            **_ACME,
            "board": "SALES",
        },
        "https://www.dayforcehcm.com/api/acme/V1/JobFeeds": _ACME,
    },
    address="https://jobs.dayforcehcm.com/en-US/{client}/{board}",
    host="dayforcehcm.com",
    rate=2.0,
    pages=pages,
    parse=parse,
    about=About(
        name="Dayforce",
        requests="1",
        paging="none",
        conditional="none known",
        pay="none",
        limits="none known",
        checked="handmade",
    ),
)
