"""Adding companies, listing them and their boards."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from worker import tasks
from worker.cli.detecting import tell_candidates, tell_that_none_was_found
from worker.cli.naming import given_name
from worker.cli.output import Column, Format, FormatOption, LimitOption, Listing, Row, show
from worker.cli.paging import PAGE_ROWS, every, one_moment
from worker.cli.terminal import READ, WATCH, ago, examples, fail, outcome_style, say, tell
from worker.detect import Recognised
from worker.detection import NotOneBoard, find_one
from worker.errors import InvalidInput, RolecallError
from worker.importing import LineResult, import_lines, put_in_groups
from worker.list_files import decode
from worker.remedies import remedy
from worker.resources import database
from worker.settings import get_settings
from worker.store import companies as store
from worker.store import people
from worker.wording import count, sentence

commands = typer.Typer()
_LARGEST_FILE = 16 * 1024 * 1024

COMPANIES = Listing(
    "companies",
    ("id", "name", "open_postings", "boards", "created_at"),
    (
        Column("ID", lambda row: row["id"], right=True),
        Column("COMPANY", lambda row: row["name"], wide=True),
        Column("OPEN", lambda row: row["open_postings"], right=True),
        Column("BOARDS", lambda row: ", ".join(row["boards"]), wide=True),
    ),
)

BOARDS = Listing(
    "boards",
    (
        "id",
        "company_id",
        "company",
        "ats",
        "board",
        "url",
        "enabled",
        "interval_seconds",
        "next_scan_at",
        "last_run_at",
        "last_read_at",
        "last_outcome",
        "open_postings",
        "details_pending",
        "failures",
        "error_kind",
        "error",
        "gone_at",
        "created_at",
    ),
    (
        Column("ID", lambda row: row["id"], right=True),
        Column("COMPANY", lambda row: row["company"], wide=True),
        Column("BOARD", lambda row: f"{row['ats']}/{row['board']}", wide=True),
        Column("OPEN", lambda row: row["open_postings"], right=True),
        Column("READ", lambda row: ago(row["last_read_at"])),
        Column(
            "OUTCOME",
            lambda row: (row["last_outcome"] or "") if row["enabled"] else "paused",
            style=lambda row: outcome_style(row["last_outcome"]),
        ),
    ),
)


@commands.command(
    rich_help_panel=WATCH,
    epilog=examples(
        ("rolecall add https://boards.greenhouse.io/acme", "the board's list"),
        ("rolecall add https://jobs.lever.co/acme/6f3c… --name Acme", "or a posting on it"),
        ("rolecall add www.acme.com/careers", "or the company's page, where the board is looked for"),
    ),
)
def add(
    wanted: Annotated[
        list[str], typer.Argument(metavar="URL|DOMAIN|NAME", help="Job lists, postings, careers pages or companies.")
    ],
    name: Annotated[str | None, typer.Option(help="The company's name; that of its board if not given.")] = None,
) -> None:
    """Watch companies, given the addresses of their job boards or of their own pages.

    Any address of a board will do: its list, one of its postings, its API, the
    address of an embedded list. For other addresses, domains and names the board
    is looked for (`rolecall detect`); where several may be meant they are listed,
    to choose from. What cannot be found is named; the rest is added all the same.
    """
    if name is not None and len(wanted) > 1:
        raise InvalidInput("--name is for one address; add several companies without it, or one after the other")
    if name is not None and not name.strip():
        raise InvalidInput("--name is empty; give the company's name, or leave --name out")
    if name is not None:
        name = given_name(name, "company")
    refused = 0
    for one in wanted:
        try:
            _add(find_one(one, get_settings()), name)
        except NotOneBoard as error:
            refused += 1
            if error.detection.candidates:
                fail(sentence(str(error)))
                tell_candidates(error.detection)
            else:
                tell_that_none_was_found(error.detection)
        except RolecallError as error:
            refused += 1
            fail(sentence(str(error)))
    if refused < len(wanted):
        say("New boards are read within a minute or so; `rolecall scan --wait` reads them now.")
    if refused:
        raise typer.Exit(1)


def _add(board: Recognised, name: str | None) -> None:
    with database() as db:
        added = store.add(db, name=name or board.name.strip(), ats=board.ats, key=board.key, url=board.url)
        db.commit()
        called = store.get(db, added.company_id)["name"]
    verb = "Added" if added.new else "Already there:"
    tell(f"{verb} {called} (company {added.company_id}): {board.url}")


@commands.command(
    "import",
    rich_help_panel=WATCH,
    epilog=examples(
        ("rolecall import companies.txt", "an address on each line"),
        ("rolecall import subscriptions.opml", "what another program watches"),
        ("grep greenhouse list.csv | rolecall import -", "from another program"),
    ),
)
def import_file(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="Addresses as text, CSV or OPML; - reads the input.")],
) -> None:
    """Watch many companies, given as a file with an address on each line.

    Columns of CSV may be called url, name and groups; the outlines of OPML are
    groups, too. Companies are put into your groups of these names. Lines that
    are not understood are named with the reason; the rest is added.
    """
    text = read_text(file)
    with database() as db:
        results = add_lines(db, text)
    refused = report_import(results)
    if refused:
        raise typer.Exit(1)


def add_lines(db: Session, text: str) -> list[LineResult]:
    """Add the companies of a text, put them into the local person's groups, and commit; the matches follow."""
    results = import_lines(db, text)
    person = people.local(db)["id"] if any(one.groups for one in results) else None
    moved = [] if person is None else put_in_groups(db, person, results)
    db.commit()
    if person is not None and moved:
        tasks.follow_wishes(person, moved)
    return results


def read_text(file: str) -> str:
    """Return a file's text, or standard input's for `-`. Raises InvalidInput for what is no text of a sane size."""
    try:
        if file == "-":
            data = sys.stdin.buffer.read(_LARGEST_FILE + 1)
        else:
            with Path(file).open("rb") as stream:
                data = stream.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise InvalidInput(
            f"the file {file} cannot be read ({error.strerror}); name a text or CSV file of addresses"
        ) from None
    if len(data) > _LARGEST_FILE:
        raise InvalidInput(f"the file {file} is over {_LARGEST_FILE >> 20} MB; split it")
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InvalidInput(f"the file {file} is no text; name a text or CSV file of addresses")
    return decode(data)


def report_import(results: list[LineResult]) -> int:
    """Say what became of the lines; return how many were not understood."""
    refused = [one for one in results if one.status == "error"]
    for one in refused:
        fail(f"line {one.line}: {sentence(one.reason or 'it is not understood')}")
    states = Counter(one.status for one in results)
    parts = [f"{states['added']:,} added", f"{states['known']:,} already there", f"{len(refused):,} not understood"]
    tell(f"{count(len(results), 'line')} with an address: {', '.join(parts)}.")
    return len(refused)


@commands.command(
    rich_help_panel=READ,
    epilog=examples(("rolecall companies", "all"), ("rolecall companies --name bank", "those called so")),
)
def companies(
    name: Annotated[str | None, typer.Option(help="Only those whose name contains this.")] = None,
    form: FormatOption = Format.table,
    limit: LimitOption = None,
) -> None:
    """List the companies that are watched."""
    with one_moment() as db:
        rows = every(lambda last: store.page(db, after=last, most=PAGE_ROWS, name=name))
        show(COMPANIES, (_with_addresses(row) for row in rows), form, limit)


def _with_addresses(row: Row) -> Row:
    return {**row, "boards": [board["url"] for board in row["boards"]]}


@commands.command(
    rich_help_panel=READ,
    epilog=examples(
        ("rolecall boards", "all, with what their last reading gave"),
        ("rolecall boards --failing", "those in trouble, with cause and remedy"),
    ),
)
def boards(
    failing: Annotated[bool, typer.Option("--failing", help="Only those that could not be read, and why.")] = False,
    form: FormatOption = Format.table,
    limit: LimitOption = None,
) -> None:
    """List the boards of all companies: how many postings are open, when they were read, how that went."""
    with one_moment() as db:
        rows: Iterator[Row] = every(lambda last: store.boards(db, after=last, most=PAGE_ROWS, failing=failing))
        if failing and form is Format.table:
            _show_failing(rows, limit)
        else:
            show(BOARDS, rows, form, limit)


def _show_failing(rows: Iterator[Row], limit: int | None) -> None:
    """Print each board with its cause and remedy: a table has no room for them."""
    shown = 0
    for row in rows:
        if limit is not None and shown == limit:
            say(f"These are {limit:,}; there are more.")
            return
        outcome, tries = row["last_outcome"], row["failures"]
        times = f", {count(tries, 'time')} in a row" if tries > 1 else ""
        tell(f"{row['company']}  {row['url']}", style="bold")
        tell(f"  {outcome or 'not read yet'}{times}: {row['error'] or 'no cause given'}", style=outcome_style(outcome))
        tell(f"  {remedy(outcome, row['error_kind'])}")
        shown += 1
    if not shown:
        tell("Every board was read well.")
