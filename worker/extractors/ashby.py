"""Ashby: one JSON document per board, no paging; slow to answer (10 s is usual), and no time of change is given.

Checked 2026-11. https://developers.ashbyhq.com/docs/public-job-posting-api
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import amount, items, mapping, moment, text
from worker.posting import BoardKey, Page, Posting, Salary, Skipped, WebPage

_NAME = r"(?P<board>[\w%-][\w.%-]*)(?=[/?#]|$)"
URLS = (
    rf"(?:https?://)?jobs\.ashbyhq\.com/(?!(?:api|embed|_next|static)(?:[/?#]|$)){_NAME}",
    rf"(?:https?://)?api\.ashbyhq\.com/posting-api/job-board/{_NAME}",
)

_ON_PAGE = re.compile(r"""\borganizationHostedJobsPageName["']?\s*[:=]\s*["'](?P<board>[\w. -]{1,100})["']""")


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Ask for the whole board: `{"apiVersion": "1", "jobs": [{id, title, jobUrl, isListed, compensation, …}]}`."""
    answer = http.get_json(
        f"https://api.ashbyhq.com/posting-api/job-board/{board['board']}", params={"includeCompensation": "true"}
    )
    yield Page(answer)


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read the listed postings of an answer. Raises UnexpectedPayload when it holds no list of jobs."""
    rows = mapping(page.data).get("jobs")
    if not isinstance(rows, list):
        raise UnexpectedPayload("Ashby's answer has no list `jobs`")
    return each((row for row in rows if mapping(row).get("isListed") is not False), _posting)


def sniff(page: WebPage) -> BoardKey | None:
    """Read the board's name from the settings of Ashby's own page, which a company may show under its domain."""
    found = _ON_PAGE.search(page.text)
    return {"board": quote(found["board"].strip(), safe="")} if found else None


def _posting(row: Any) -> Posting:
    places = [row, *map(mapping, items(row.get("secondaryLocations")))]
    description = text(row.get("descriptionHtml"))
    return Posting(
        external_id=str(row["id"]),
        title=row["title"],
        url=row["jobUrl"],
        apply_url=text(row.get("applyUrl")),
        locations=list(dict.fromkeys(filter(None, (text(place.get("location")) for place in places)))),
        workplace=text(row.get("workplaceType")) or ("Remote" if row.get("isRemote") is True else None),
        country_codes=list(dict.fromkeys(filter(None, map(_country, places)))),
        department=text(row.get("department")),
        team=text(row.get("team")),
        employment_type=text(row.get("employmentType")),
        salary=_salary(row),
        posted_at=moment(row.get("publishedAt")),
        description_html=description,
        description_text=None if description else text(row.get("descriptionPlain")),
    )


def _country(place: Any) -> str | None:
    """Return the country's name in `{"address": {"postalAddress": {"addressCountry": "Canada"}}}`."""
    return text(mapping(mapping(place.get("address")).get("postalAddress")).get("addressCountry"))


def _salary(row: Any) -> Salary | None:
    """Return the pay over all tiers that have the first one's currency and interval, as Ashby's own summary does.

    A tier is a place or a level; pay in another currency or for another interval cannot be one range with the first.
    """
    if row.get("shouldDisplayCompensationOnJobPostings") is False:
        return None
    compensation = mapping(row.get("compensation"))
    tiers = map(mapping, items(compensation.get("compensationTiers")))
    in_tiers = [pay for tier in tiers for pay in _salaries(tier.get("components"))]
    found = in_tiers or _salaries(compensation.get("summaryComponents"))
    if not found:
        return None
    first = found[0]
    alike = [pay for pay in found if (pay.currency, pay.period) == (first.currency, first.period)]
    lows, highs = [pay.min for pay in alike if pay.min], [pay.max for pay in alike if pay.max]
    return Salary(min(lows, default=None), max(highs, default=None), first.currency, first.period)


def _salaries(components: Any) -> list[Salary]:
    """Read the salaries among components; equity, bonus and commission are not pay one can compare."""
    wanted = (found for found in map(mapping, items(components)) if found.get("compensationType") == "Salary")
    read = (
        Salary(
            amount(found.get("minValue")),
            amount(found.get("maxValue")),
            text(found.get("currencyCode")),
            text(found.get("interval")),
        )
        for found in wanted
    )
    return [pay for pay in read if pay.min or pay.max]


EXTRACTOR = Extractor(
    url=URLS,
    examples={
        "https://jobs.ashbyhq.com/acme": {"board": "acme"},
        "https://jobs.ashbyhq.com/Acme%20Corp": {"board": "Acme%20Corp"},
        "https://jobs.ashbyhq.com/acme.io/90fb3621-899e-4b59-925d-25080ec91e18/application": {"board": "acme.io"},
        "https://jobs.ashbyhq.com/acme/embed?version=2": {"board": "acme"},
        "https://api.ashbyhq.com/posting-api/job-board/acme?includeCompensation=true": {"board": "acme"},
    },
    address="https://jobs.ashbyhq.com/{board}",
    host="api.ashbyhq.com",
    rate=4,
    pages=pages,
    parse=parse,
    sniff=sniff,
    guessable=True,
    about=About(
        name="Ashby",
        requests="1",
        paging="none",
        conditional="sent by other readers; no answer seen",
        pay="salary over all tiers that are paid alike",
        limits="none documented; slow to answer, slower when asked again at once",
        checked="recorded",
        public_api="https://developers.ashbyhq.com/docs/public-job-posting-api",
    ),
)
