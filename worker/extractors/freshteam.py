"""Freshteam: the widget's JSON document holds a board of up to 1,000 jobs, no paging. Checked 2026-11.

No public documentation (https://developers.freshteam.com is the employers' API): this is what the vendor's widget asks.
A job points to its place (`branch_id`) and department (`job_role_id`) in lists beside it. A branch is where the
employer is registered; where `preferred_remote_job_locations` are given, those are where people are sought. An unknown
name is answered with a page, status 200, so it reads like a changed answer, not like a missing board.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import items, mapping, moment, text
from worker.posting import BoardKey, Page, Posting, Skipped

# acme.freshteam.com/jobs/hSxg4mXYZ/baker
BOARD = (
    r"(?:https?://)?(?!(?:www|api|app|help|support|developers?|status|assets|static|cdn|login|accounts?)\.)"
    r"(?P<board>[a-z0-9][a-z0-9-]*)\.freshteam\.com(?::\d+)?(?=[/?#]|$)"
)

MOST = 1000
JOB_TYPES = {
    1: "Contract", 2: "Full Time", 3: "Internship", 4: "Part Time", 5: "Temporary", 6: "Seasonal", 7: "Volunteer",
    8: "Fixed Term Contract",
}  # fmt: skip


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole board: {"jobs": [{"id", "title", "branch_id", …}], "branches": […], "job_roles": […]}."""
    answer = http.get_json(f"https://{board['board']}.freshteam.com/hire/widgets/jobs.json")
    full = len(_rows(answer)) >= MOST
    yield Page(answer, truncated=f"the widget of Freshteam shows at most {MOST:,} postings" if full else None)


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `jobs` that is not deleted."""
    branches, roles = _by_id(page.data, "branches"), _by_id(page.data, "job_roles")
    rows = [row for row in _rows(page.data) if mapping(row).get("deleted") is not True]
    yield from each(rows, lambda row: _posting(row, branches, roles, board))


Entries = Mapping[str | None, Mapping[str, Any]]


def _rows(answer: Any) -> list[Any]:
    rows = answer.get("jobs") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedPayload("the answer of Freshteam's widget has no list named jobs")
    return rows


def _by_id(answer: Any, name: str) -> Entries:
    return {text(entry.get("id")): entry for entry in map(mapping, items(mapping(answer).get(name)))}


def _posting(row: dict[str, Any], branches: Entries, roles: Entries, board: BoardKey) -> Posting:
    external_id, branch = text(row["id"]) or "", branches.get(text(row.get("branch_id")), {})
    sought = [place for part in (text(row.get("preferred_remote_job_locations")) or "").split("|")
              if (place := part.strip())]  # fmt: skip
    country = text(branch.get("country_code"))
    return Posting(
        external_id=external_id,
        title=text(row["title"]) or "",
        url=text(row.get("url")) or f"https://{board['board']}.freshteam.com/jobs/{row['unique_id']}",
        locations=sought or ([office] if (office := _place(branch)) else []),
        workplace="remote" if row.get("remote") is True else None,
        country_codes=[country] if country and not sought else [],
        department=text(roles.get(text(row.get("job_role_id")), {}).get("name")),
        employment_type=_job_type(row.get("job_type")),
        posted_at=moment(row.get("created_at")),
        description_html=text(row.get("description")),
    )


def _job_type(number: Any) -> str | None:
    return JOB_TYPES.get(number) if isinstance(number, int) and not isinstance(number, bool) else None


def _place(branch: Mapping[str, Any]) -> str | None:
    parts = (text(branch.get(name)) for name in ("city", "state", "country_code"))
    return text(branch.get("location")) or ", ".join(part for part in parts if part) or None


EXTRACTOR = Extractor(
    url=(BOARD,),
    examples={
        "https://acme.freshteam.com/jobs": {"board": "acme"},
        "https://acme.freshteam.com/jobs/hSxg4mXYZ/head-baker?ft_source=x#top": {"board": "acme"},
        "http://acme-talent.freshteam.com/hire/widgets/jobs.json": {"board": "acme-talent"},
    },
    address="https://{board}.freshteam.com/jobs",
    host="freshteam.com",
    rate=3.0,
    pages=pages,
    parse=parse,
    about=About(
        name="Freshteam",
        requests="1",
        paging="none, 1,000 rows at most",
        conditional="unknown",
        pay="none",
        limits="unknown",
        checked="handmade",
    ),
)
