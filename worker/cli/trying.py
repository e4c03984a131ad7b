"""`rolecall dry-run`: read boards at once, in this process, and write nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from worker.cli.filtering import title_filter
from worker.cli.following import duration
from worker.cli.naming import company as find_company
from worker.cli.naming import is_address
from worker.cli.output import TABLE_ROWS, Column, Format, FormatOption, Listing, Row, show
from worker.cli.terminal import WATCH, examples, fail, say, tell
from worker.criteria import Criteria
from worker.dry_run import Answer, Judged, Target, dry_run, targets
from worker.posting import Posting, Salary
from worker.remedies import remedy
from worker.resources import database
from worker.settings import get_settings
from worker.store import people
from worker.wording import count, sentence

commands = typer.Typer()

_NOT_READ = {"description_html", "description_text"}

TRIED = Listing(
    "postings",
    (
        *("company", "ats", "board", "matched", "filter", "reason"),
        *(one.name for one in fields(Posting) if one.name not in _NOT_READ),
    ),
    (Column("TITLE", lambda row: row["title"], wide=True),),
    parts={"salary": tuple(one.name for one in fields(Salary))},
)


@commands.command(
    "dry-run",
    rich_help_panel=WATCH,
    epilog=examples(
        ("rolecall dry-run https://jobs.lever.co/acme", "what would be found"),
        ('rolecall dry-run Acme --filter "engineer -senior"', "which titles a filter lets in"),
    ),
)
def try_out(
    wanted: Annotated[
        list[str], typer.Argument(metavar="URL|COMPANY", help="Addresses of boards, or companies by id or name.")
    ],
    filters: Annotated[
        list[str] | None,
        typer.Option("--filter", help="A line of a title filter; without any, the filter stored for the company."),
    ] = None,
    form: FormatOption = Format.table,
) -> None:
    """Read boards right now and show what would be found, without writing anything.

    Shown are the postings that match with the line that let each in, and the
    first ones that do not with what kept them out. At most 20 boards, 30 seconds.
    JSON and CSV have a row for each posting shown. The exit code is 1 when a
    board could not be read.
    """
    if filters:
        title_filter(filters)
    with database() as db:
        found = _targets(db, wanted, filters)
        db.rollback()
    answers = list(_tell_as_they_come(found, in_full=form is Format.table))
    if form is not Format.table:
        show(TRIED, (row for answer in answers for row in _rows(answer)), form)
    if any(answer.error for answer in answers):
        raise typer.Exit(1)


def _targets(db: Session, wanted: Sequence[str], filters: Sequence[str] | None) -> list[Target]:
    return targets(
        db,
        people.local(db)["id"],
        urls=[one for one in wanted if is_address(one)],
        company_ids=[find_company(db, one) for one in wanted if not is_address(one)],
        criteria=Criteria(title_filters="\n".join(filters)) if filters else None,
    )


def _tell_as_they_come(wanted: Sequence[Target], *, in_full: bool) -> Iterator[Answer]:
    for answer in dry_run(wanted, get_settings()):
        if answer.error:
            fail(f"{_name(answer)}: {sentence(answer.error)}\n  {remedy('failed', answer.error_kind)}")
        elif in_full:
            _tell(answer)
        yield answer


def _tell(answer: Answer) -> None:
    took = duration(answer.milliseconds / 1000)
    tell(f"{_name(answer)}: {count(answer.found, 'posting')}, {answer.matched:,} matched, in {took}", style="bold")
    for one in answer.postings[:TABLE_ROWS]:
        tell(f"  + {_line(one)}", style="green")
    if answer.matched > TABLE_ROWS:
        tell(f"    and {answer.matched - TABLE_ROWS:,} more")
    for one in answer.rejected:
        tell(f"  - {_line(one)}", style="dim")
    kept_out = answer.found - answer.matched
    if kept_out > len(answer.rejected):
        tell(f"    and {kept_out - len(answer.rejected):,} more that do not match", style="dim")
    if answer.incomplete:
        say(f"  Not every posting could be read: {sentence(answer.incomplete)}", style="yellow")
    for note in answer.notes:
        say(f"  {sentence(note)}", style="yellow")


def _line(one: Judged) -> str:
    place = f", {one.posting.locations[0]}" if one.posting.locations else ""
    return f"{one.posting.title}{place}  ({one.reason})"


def _name(answer: Answer) -> str:
    target = answer.target
    return f"{target.company} ({target.board.url})" if target.board and target.company else target.given


def _rows(answer: Answer) -> Iterator[Row]:
    board = answer.target.board
    for matched, shown in ((True, answer.postings), (False, answer.rejected)):
        for one in shown:
            yield {
                "company": answer.target.company,
                "ats": board.ats if board else None,
                "board": board.key if board else None,
                "matched": matched,
                "filter": one.filter,
                "reason": one.reason,
                **asdict(one.posting),
            }
