"""Listing postings, and what changed about them."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from worker.cli.filtering import title_filter
from worker.cli.naming import company as find_company
from worker.cli.output import TABLE_ROWS, Column, Format, FormatOption, LimitOption, Listing, Row, show
from worker.cli.paging import PAGE_ROWS, every, one_moment
from worker.cli.terminal import READ, ago, day, examples, say
from worker.errors import InvalidInput
from worker.extractors import extractors
from worker.filters import TitleFilter
from worker.posting import Posting, Salary
from worker.store import postings as store

commands = typer.Typer()
_AGE = re.compile(r"(\d{1,6}) ?(min|h|d|w)")
_UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_KIND_STYLES = {"opened": "green", "reopened": "green", "closed": "red", "updated": "yellow"}
_NEWEST = 2**62
_WHOLE_PAGE = 100
"""Postings fetched at once with their descriptions, which may be long."""


class State(StrEnum):
    """Which postings are asked for."""

    open = "open"
    closed = "closed"
    all = "all"


def _places(row: Row) -> str:
    places = row["locations"]
    return (places[0] + (f" +{len(places) - 1}" if len(places) > 1 else "")) if places else (row["workplace"] or "")


POSTINGS = Listing(
    "postings",
    (
        *("id", "company", "ats", "board", "state", "first_seen", "last_seen", "closed_at", "role_id"),
        *(one.name for one in fields(Posting)),
    ),
    (
        Column("ID", lambda row: row["id"], right=True),
        Column("TITLE", lambda row: row["title"], wide=True, style=lambda row: "dim" if row["closed_at"] else ""),
        Column("COMPANY", lambda row: row["company"], wide=True),
        Column("WHERE", _places, wide=True),
        Column("SEEN", lambda row: f"closed {day(row['closed_at'])}" if row["closed_at"] else day(row["first_seen"])),
    ),
    parts={"salary": tuple(one.name for one in fields(Salary))},
)

CHANGES = Listing(
    "changes",
    (
        "id",
        "at",
        "kind",
        "baseline",
        "news",
        "posting_id",
        "external_id",
        "title",
        "url",
        "company_id",
        "company",
        "ats",
        "board",
        "changes",
    ),
    (
        Column("WHEN", lambda row: ago(row["at"])),
        Column("WHAT", lambda row: row["news"] or row["kind"], style=lambda row: _KIND_STYLES.get(row["kind"], "")),
        Column("TITLE", lambda row: row["title"], wide=True),
        Column("COMPANY", lambda row: row["company"], wide=True),
        Column("FIELDS", lambda row: ", ".join(row["changes"]), wide=True),
    ),
)

SinceOption = Annotated[
    str | None,
    typer.Option(help="A date or time (UTC if it names no zone), or an age: 2026-11-01, 2026-11-01T09:30, 12h, 7d."),
]


@commands.command(
    rich_help_panel=READ,
    epilog=examples(
        ("rolecall postings --company Acme", "open ones of a company"),
        ('rolecall postings --filter "(backend OR platform) engineer" --since 7d', "new this week"),
        ("rolecall postings --state all --format csv > postings.csv", "everything, for a spreadsheet"),
        ("rolecall postings --format json | jq '.[].title'", "for another program"),
    ),
)
def postings(
    company: Annotated[str | None, typer.Option("--company", "-c", help="A company's id or name.")] = None,
    ats: Annotated[str | None, typer.Option(help="An ATS, such as greenhouse.")] = None,
    filters: Annotated[
        list[str] | None, typer.Option("--filter", help="A line of a title filter; repeat it for several.")
    ] = None,
    state: Annotated[State, typer.Option(help="Open ones, closed ones, or all.")] = State.open,
    since: SinceOption = None,
    text: Annotated[str | None, typer.Option(help="Only those with this in their title or description.")] = None,
    form: FormatOption = Format.table,
    limit: LimitOption = None,
) -> None:
    """List postings, newest first.

    --since is about when Rolecall first saw them. JSON and CSV hold every posting
    asked for with all its fields; in CSV the salary is five columns, lists are JSON.
    """
    refuse_unknown_ats(ats)
    wanted_titles = title_filter(filters) if filters else None
    after = moment(since) if since else None
    table = form is Format.table
    with one_moment() as db:
        wanted = store.Wanted(
            company=find_company(db, company) if company is not None else None,
            ats=ats,
            state=None if state is State.all else state.value,
            since=after,
            text=text,
        )
        most = PAGE_ROWS if table else _WHOLE_PAGE
        if wanted_titles or text is not None:
            rows = _matching(db, wanted, wanted_titles, most=most, brief=table)
        else:
            rows = every(lambda last: store.page(db, wanted, before=last, most=most, brief=table), start=_NEWEST)
        show(POSTINGS, rows, form, limit)


def _matching(
    db: Session, wanted: store.Wanted, titles: TitleFilter | None, *, most: int, brief: bool
) -> Iterator[Row]:
    before: int | None = _NEWEST
    while before is not None:
        rows, before = store.matching(db, wanted, titles, before=before, most=most, brief=brief)
        yield from rows


@commands.command(
    rich_help_panel=READ,
    epilog=examples(
        ("rolecall changes --since 24h --news", "what is new since yesterday"),
        ("rolecall changes --company Acme --format json", "a company's whole history"),
    ),
)
def changes(
    since: SinceOption = None,
    company: Annotated[str | None, typer.Option("--company", "-c", help="A company's id or name.")] = None,
    news: Annotated[
        bool,
        typer.Option("--news", help="Without first readings of boards, further listings of a role, and reposts."),
    ] = False,
    form: FormatOption = Format.table,
    limit: LimitOption = None,
) -> None:
    """List what opened, changed, closed and opened again, the latest last.

    With --limit the latest ones are listed.
    """
    after = moment(since) if since else None
    with one_moment() as db:
        wanted = find_company(db, company) if company is not None else None
        found: Iterable[Row] = (
            event
            for event in _events(db)
            if (after is None or event["at"] >= after)
            and (wanted is None or event["company_id"] == wanted)
            and not (news and (event["baseline"] or event["news"]))
        )
        most = limit or (TABLE_ROWS if form is Format.table else None)
        if most is not None:
            found, left_out = _latest(found, most)
            if left_out and form is Format.table:
                say(f"{left_out:,} earlier changes are left out: see them with --limit, or all with --format json.")
        show(CHANGES, found, form, most)


def _latest(events: Iterable[Row], most: int) -> tuple[deque[Row], int]:
    latest: deque[Row] = deque(maxlen=most)
    left_out = -most
    for event in events:
        latest.append(event)
        left_out += 1
    return latest, max(0, left_out)


def _events(db: Session) -> Iterator[Row]:
    cursor = (0, 0)
    while page := store.changes(db, cursor, most=PAGE_ROWS):
        yield from (event for _, event in page)
        cursor = page[-1][0]


def moment(text: str) -> datetime:
    """Read a point in time: ISO 8601, UTC where it names no zone, or an age such as 7d. Raises InvalidInput."""
    text = text.strip()
    if age := _AGE.fullmatch(text):
        try:
            return datetime.now(UTC) - int(age[1]) * _UNITS[age[2]]
        except OverflowError:
            return datetime(1970, 1, 1, tzinfo=UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            f"--since {text!r} is no time; write a date (2026-11-01), a time (2026-11-01T09:30) or an age (30min, 12h, "
            "7d, 2w)"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def refuse_unknown_ats(ats: str | None) -> None:
    """Raise InvalidInput for an ATS that is none; it names one that is spelt much like it."""
    if ats is None or ats in extractors():
        return
    close = get_close_matches(ats.lower(), extractors(), n=1)
    known = f"did you mean {close[0]}?" if close else f"those it knows: {', '.join(extractors())}"
    raise InvalidInput(f"Rolecall knows no ATS {ats!r}; {known}")
