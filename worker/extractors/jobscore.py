"""JobScore: one JSON document per board, no paging. Checked 2026-11.

https://support.jobscore.com/hc/en-us/articles/202001320-Developers-Guide-to-Job-Feed-APIs, which asks readers to come
at most once an hour. `opened_date` is when the job was opened, `last_updated_date` an edit. Pay is in the currency's
hundredths, save for those that have none; `remote` is a word, with an explanation after a bar (`Hybrid | Two days`),
and its `No` is where forms begin.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import amount, moment, text
from worker.posting import BoardKey, Page, Posting, Salary, Skipped

# careers.jobscore.com/careers/acme/jobs/baker-cK1pXuRvur6z, careers.jobscore.com/jobs/acme/feed.json
BOARD = (
    r"(?:https?://)?(?:careers|www)\.jobscore\.com(?::\d+)?/(?:careers|jobs)/"
    r"(?!(?:assets|packs)(?:[/?#]|$))(?P<board>[\w%-]+)(?=[/?#]|$)"
)
WITHOUT_HUNDREDTHS = ("BIF", "CLP", "GNF", "ISK", "JPY", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole board: {"company_name", "jobs": [{"id", "title", "detail_url", "description", …}]}."""
    yield Page(http.get_json(f"https://careers.jobscore.com/jobs/{board['board']}/feed.json"))


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `jobs`."""
    rows = page.data.get("jobs") if isinstance(page.data, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedPayload("the JobScore feed has no list named jobs")
    yield from each(rows, lambda row: _posting(row, board))


def _posting(row: dict[str, Any], board: BoardKey) -> Posting:
    country = text(row.get("country"))
    return Posting(
        external_id=text(row["id"]) or "",
        title=text(row["title"]) or "",
        url=_url(row, board),
        apply_url=text(row.get("apply_url")),
        locations=[place] if (place := _place(row)) else [],
        workplace=_workplace(row),
        country_codes=[country] if country else [],
        department=text(row.get("department")),
        employment_type=text(row.get("job_type")),
        salary=_salary(row),
        posted_at=moment(row.get("opened_date")),
        seniority=text(row.get("experience_level")),
        description_html=text(row.get("description")),
    )


def _url(row: dict[str, Any], board: BoardKey) -> str:
    """The posting's page; the feed's address of it carries where the reader came from (`?ref=…&sid=…`)."""
    stated = (text(row.get("detail_url")) or "").partition("?")[0]
    return stated or f"https://careers.jobscore.com/careers/{board['board']}/jobs/{row['url_slug']}"


def _place(row: dict[str, Any]) -> str | None:
    parts = (text(row.get(name)) for name in ("city", "state", "country"))
    return text(row.get("location")) or ", ".join(part for part in parts if part) or None


def _workplace(row: dict[str, Any]) -> str | None:
    word = (text(row.get("remote")) or "").partition("|")[0].strip()
    return None if word.lower() in ("", "no") else "remote" if word.lower() == "yes" else word


def _salary(row: dict[str, Any]) -> Salary | None:
    lowest, highest = amount(row.get("public_salary_minimum")), amount(row.get("public_salary_maximum"))
    if lowest is None and highest is None:
        return None
    currency = text(row.get("currency_code"))
    unit = Decimal(1 if currency in WITHOUT_HUNDREDTHS else 100)
    return Salary(
        lowest and lowest / unit, highest and highest / unit, currency, text(row.get("public_compensation_interval"))
    )


EXTRACTOR = Extractor(
    url=(BOARD,),
    examples={
        "https://careers.jobscore.com/careers/acme": {"board": "acme"},
        "https://careers.jobscore.com/careers/acme/jobs/baker-cK1pXuRvur6z?ref=x#apply": {"board": "acme"},
        "http://careers.jobscore.com/jobs/acme-inc/feed.json?sort=title": {"board": "acme-inc"},
    },
    address="https://careers.jobscore.com/careers/{board}",
    host="careers.jobscore.com",
    rate=1.5,
    pages=pages,
    parse=parse,
    guessable=True,
    company=lambda page: text(page.data.get("company_name")) if isinstance(page.data, dict) else None,
    about=About(
        name="JobScore",
        requests="1",
        paging="none",
        conditional="unknown",
        pay="structured",
        limits="once an hour per board (documented)",
        checked="documented",
        public_api="https://support.jobscore.com/hc/en-us/articles/202001320-Developers-Guide-to-Job-Feed-APIs",
    ),
)
