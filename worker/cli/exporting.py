"""`rolecall export`: everything there is of a kind, as a file."""

import os
import sys
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from worker import exporting
from worker.cli.filtering import title_filter
from worker.cli.naming import company as find_company
from worker.cli.output import readers_may_leave
from worker.cli.postings import SinceOption, State, moment, refuse_unknown_ats
from worker.cli.terminal import READ, examples, tell
from worker.errors import InvalidInput
from worker.export_formats import Row
from worker.exporting import Export
from worker.filters import TitleFilter
from worker.resources import database, one_moment
from worker.store import changes as events
from worker.store import inbox, people
from worker.store import postings as stored
from worker.wording import count

commands = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Write everything there is of a kind to a file.")
commands.add_typer(group, name="export", rich_help_panel=READ)


class FileFormat(StrEnum):
    """How a file is written."""

    csv = "csv"
    jsonl = "jsonl"
    xlsx = "xlsx"
    parquet = "parquet"


class MatchState(StrEnum):
    """What a person made of a match."""

    new = "new"
    seen = "seen"
    saved = "saved"
    applied = "applied"
    hidden = "hidden"


class EventKind(StrEnum):
    """What happened to a posting."""

    opened = "opened"
    updated = "updated"
    closed = "closed"
    reopened = "reopened"


FileArgument = Annotated[
    str,
    typer.Argument(metavar="FILE|-", help="Its name ends in .csv, .jsonl, .xlsx or .parquet; - is standard output."),
]
FormatOption = Annotated[
    FileFormat | None, typer.Option("--format", "-f", help="The format, whatever the file is called.")
]
MarkOption = Annotated[
    bool, typer.Option("--bom", help="CSV: begin with a byte order mark, without which some Excel reads no UTF-8.")
]
CompanyOption = Annotated[str | None, typer.Option("--company", "-c", help="A company's id or name.")]
FiltersOption = Annotated[
    list[str] | None, typer.Option("--filter", help="A line of a title filter; repeat it for several.")
]


@group.command(
    epilog=examples(
        ("rolecall export postings postings.xlsx", "all there are, for a spreadsheet"),
        ("rolecall export postings acme.parquet --company Acme", "for a data frame"),
        ("rolecall export postings - --format jsonl | gzip > all.gz", "for another program"),
    )
)
def postings(
    file: FileArgument,
    company: CompanyOption = None,
    ats: Annotated[str | None, typer.Option(help="An ATS, such as greenhouse.")] = None,
    filters: FiltersOption = None,
    state: Annotated[State, typer.Option(help="Open ones, closed ones, or all.")] = State.all,
    since: SinceOption = None,
    text: Annotated[str | None, typer.Option(help="Only those with this in their title or description.")] = None,
    form: FormatOption = None,
    mark: MarkOption = False,
) -> None:
    """Write postings with all their fields, newest first.

    --since is about when Rolecall first saw them.
    """
    refuse_unknown_ats(ats)
    chosen, titles = _format(file, form), _titles(filters)
    after = moment(since) if since else None
    with one_moment() as db:
        which = find_company(db, company) if company is not None else None
        wanted = stored.Wanted(which, ats, None if state is State.all else state.value, after, text)
        _write(exporting.postings(db, wanted, titles), file, chosen, mark=mark)


@group.command(
    epilog=examples(
        ("rolecall export matches matches.xlsx", "all but hidden ones"),
        ("rolecall export matches applied.csv --state applied", "with date and note"),
    )
)
def matches(
    file: FileArgument,
    state: Annotated[
        list[MatchState] | None,
        typer.Option(help="Repeat it for several.", show_default="all but hidden"),
    ] = None,
    company: CompanyOption = None,
    filters: FiltersOption = None,
    since: SinceOption = None,
    form: FormatOption = None,
    mark: MarkOption = False,
) -> None:
    """Write your matches with all fields of their postings, those found last first.

    --since is about when they were found.
    """
    chosen, titles = _format(file, form), _titles(filters)
    after = moment(since) if since else None
    with database() as db:
        person = people.local(db)["id"]
        db.commit()
    with one_moment() as db:
        wanted = inbox.Wanted(
            states=tuple(one.value for one in state) if state else inbox.Wanted().states,
            company=find_company(db, company) if company is not None else None,
            since=after,
        )
        _write(exporting.matches(db, person, wanted, titles), file, chosen, mark=mark)


@group.command(
    epilog=examples(
        ("rolecall export changes changes.csv --since 7d", "a week's"),
        ("rolecall export changes opened.jsonl --kind opened --news", "what was news"),
    )
)
def changes(
    file: FileArgument,
    company: CompanyOption = None,
    kind: Annotated[list[EventKind] | None, typer.Option(help="Repeat it for several.", show_default="all")] = None,
    news: Annotated[
        bool,
        typer.Option("--news", help="Without first readings of boards, further listings of a role, and reposts."),
    ] = False,
    filters: FiltersOption = None,
    since: SinceOption = None,
    form: FormatOption = None,
    mark: MarkOption = False,
) -> None:
    """Write what opened, changed, closed and opened again, the latest last."""
    chosen, titles = _format(file, form), _titles(filters)
    after = moment(since) if since else None
    with one_moment() as db:
        which = find_company(db, company) if company is not None else None
        wanted = events.Wanted([one.value for one in kind] if kind else None, which, news)
        _write(exporting.changes(db, wanted, titles, since=after), file, chosen, mark=mark)


@dataclass(slots=True)
class Tally:
    """Counts rows as they pass."""

    rows: int = 0

    def of(self, rows: Generator[Row]) -> Generator[Row]:
        """Yield the rows."""
        with closing(rows):
            for row in rows:
                self.rows += 1
                yield row


def _titles(filters: list[str] | None) -> TitleFilter | None:
    return title_filter(filters) if filters else None


def _format(file: str, form: FileFormat | None) -> FileFormat:
    if form is None:
        suffix = Path(file).suffix.removeprefix(".").lower()
        if suffix not in list(FileFormat):
            raise InvalidInput(
                f"{file} does not say its format; let it end in .csv, .jsonl, .xlsx or .parquet, or give --format"
            )
        form = FileFormat(suffix)
    if file == "-" and form in (FileFormat.xlsx, FileFormat.parquet) and sys.stdout.isatty():
        raise InvalidInput(f"{form} is nothing to read in a terminal; name a file, or send it to another program")
    return form


def _write(export: Export, file: str, form: FileFormat, *, mark: bool) -> None:
    """Write an export, and say how many rows it had."""
    tally = Tally()
    parts = replace(export, rows=tally.of(export.rows)).written(form, byte_order_mark=mark)
    if file == "-":
        with readers_may_leave():
            for part in parts:
                sys.stdout.buffer.write(part)
            sys.stdout.buffer.flush()
        return
    with opened(Path(file)) as out:
        for part in parts:
            out.write(part)
    tell(f"Wrote {count(tally.rows, 'row')} to {file}.")


@contextmanager
def opened(file: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that takes the place of another one when it is whole, or that is no file (a pipe).

    Raises InvalidInput, which names the file, where it cannot be written.
    """
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        if file.exists() and not file.is_file():
            with file.open("wb") as out:
                yield out
            return
        with part.open("xb") as out:
            yield out
        part.replace(file)
    except OSError as error:
        raise InvalidInput(f"the file {file} cannot be written ({error.strerror}); name another place") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
