"""`rolecall matches`, `mark` and `undo`: what came through one's wishes, and what one makes of it."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

import typer

from worker import tasks, wishing
from worker.cli.naming import company as find_company
from worker.cli.output import Column, Format, FormatOption, LimitOption, Listing, Row, show
from worker.cli.paging import PAGE_ROWS
from worker.cli.terminal import READ, ago, examples, tell
from worker.errors import InvalidInput
from worker.resources import database
from worker.store import inbox, people, postings
from worker.wording import count

commands = typer.Typer()
_MOST_ID = 2**63 - 1


def _state(row: Row) -> str:
    """Return a match's state, and what it repeats."""
    if row["closed_at"]:
        return f"{row['state']}, closed"
    return f"{row['state']}, again ({row['repeats']['state']})" if row["repeats"] else str(row["state"])


MATCHES = Listing(
    "matches",
    (
        "id", "state", "applied_on", "note", "found_at", "why", "repeats", "fits", "posting_id", "title", "company",
        "locations", "workplace", "url", "first_seen", "closed_at",
    ),
    (
        Column("ID", lambda row: row["id"], right=True),
        Column("TITLE", lambda row: row["title"], wide=True, style=lambda row: "dim" if row["closed_at"] else ""),
        Column("COMPANY", lambda row: row["company"], wide=True),
        Column("WHERE", lambda row: ", ".join(row["locations"][:1]) or row["workplace"] or "", wide=True),
        Column("STATE", _state),
        Column("FOUND", lambda row: ago(row["found_at"])),
        Column("WHY", lambda row: "; ".join(one["detail"] for one in row["why"]), wide=True),
    ),
)  # fmt: skip


@commands.command(
    rich_help_panel=READ,
    epilog=examples(
        ("rolecall matches", "what fits and is open"),
        ("rolecall matches --state new", "what you have not dealt with"),
        ("rolecall matches --state applied --closed", "also those that have closed"),
    ),
)
def matches(
    states: Annotated[
        list[str] | None, typer.Option("--state", help="new, seen, saved, applied or hidden; repeat it for several.")
    ] = None,
    company: Annotated[str | None, typer.Option(help="At this company only.")] = None,
    text: Annotated[str | None, typer.Option(help="With this in the title.")] = None,
    closed: Annotated[bool, typer.Option("--closed", help="Those whose posting has closed, too.")] = False,
    form: FormatOption = Format.table,
    limit: LimitOption = None,
) -> None:
    """List the postings that passed your filters, those found last first."""
    if unknown := [one for one in states or () if one not in inbox.STATES]:
        raise InvalidInput(f"{unknown[0]!r} is no state; the states are {', '.join(inbox.STATES)}")
    with database() as db:
        person = people.local(db)["id"]
        db.commit()
        wanted = inbox.Wanted(
            states=tuple(states or inbox.Wanted().states),
            company=find_company(db, company) if company else None,
            open=None if closed else True,
            text=text,
        )
        show(MATCHES, _every(db, person, wanted), form, limit)


def _every(db: Any, person: int, wanted: inbox.Wanted) -> Iterator[dict[str, Any]]:
    before = inbox.START
    while rows := inbox.page(db, person, wanted, before=before, most=PAGE_ROWS):
        by_id = {row["id"]: row for row in postings.some(db, [row["posting_id"] for row in rows], brief=True)}
        for row in rows:
            yield {**by_id[row["posting_id"]], **row}
        before = (rows[-1]["found_us"], rows[-1]["id"])


@commands.command(
    rich_help_panel=READ,
    epilog=examples(
        ("rolecall mark 12 --as saved", "keep it in sight"),
        ('rolecall mark 12 --as applied --note "by mail to Ada"', "with today's date"),
        ("rolecall mark 12 13 14 --as hidden", "never show them again"),
    ),
)
def mark(
    ids: Annotated[list[int], typer.Argument(metavar="ID...", min=1, max=_MOST_ID, help="Matches, as listed.")],
    state: Annotated[str, typer.Option("--as", help="new, seen, saved, applied or hidden.")],
    on: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="The day you applied, if not today.")] = None,
    note: Annotated[str | None, typer.Option(help="A note to yourself; empty to delete it.")] = None,
) -> None:
    """Say what became of matches."""
    if state not in inbox.STATES:
        raise InvalidInput(f"{state!r} is no state; the states are {', '.join(inbox.STATES)}")
    if on is not None and state != "applied":
        raise InvalidInput("--on is the day of an application; it belongs to --as applied")
    with database() as db:
        person = people.local(db)["id"]
        marked = inbox.mark(db, person, ids, state, applied_on=_day(on), note=note or None, set_note=note is not None)
        db.commit()
    tell(f"{count(marked.changed, 'match', 'matches')} {state}. `rolecall undo {marked.action}` takes it back.")


@commands.command(rich_help_panel=READ, epilog=examples(("rolecall undo 7", "as `rolecall mark` said")))
def undo(action: Annotated[int, typer.Argument(metavar="ACTION", min=1, max=_MOST_ID, help="Its number.")]) -> None:
    """Take back what was done to matches. What has been changed again since stays as it is."""
    with database() as db:
        person = people.local(db)["id"]
        changed, companies = wishing.undo(db, person, action)
        db.commit()
    if companies:
        tasks.follow_wishes(person, companies)
        tell("The company is watched as before.")
    else:
        tell(f"{count(changed, 'match', 'matches')} as before.")


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise InvalidInput(f"{written!r} is no day; write it as 2026-11-30") from None
