"""`rolecall catalogue`: boards that are known to be there, searched by name and watched with one command."""

from typing import Annotated

import typer

from worker import catalogue
from worker.catalogue import Entry
from worker.cli.output import Column, Format, FormatOption, Listing, Row, show
from worker.cli.terminal import WATCH, examples, tell
from worker.detection import find_one
from worker.errors import InvalidInput
from worker.resources import database
from worker.settings import get_settings
from worker.store import companies

commands = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Boards that are known to be there: search them by name, watch one.")
commands.add_typer(group, name="catalogue", rich_help_panel=WATCH)

ENTRIES = Listing(
    "boards in the catalogue",
    ("name", "ats", "url", "open_jobs", "checked", "standing"),
    (
        Column("NAME", lambda row: row["name"], wide=True),
        Column("ATS", lambda row: row["ats"]),
        Column("ADDRESS", lambda row: row["url"], wide=True),
        Column("OPEN", lambda row: row["open_jobs"]),
        Column("STANDING", lambda row: row["standing"]),
    ),
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="A company's name, or the beginning of it.")]


@group.command(epilog=examples(("rolecall catalogue search figma", "which boards are known for a name")))
def search(
    name: NameArgument,
    form: FormatOption = Format.table,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="At most so many.")] = catalogue.MOST,
) -> None:
    """Search the catalogue by a company's name.

    Entries are facts gathered elsewhere. "Seen open on" a day means that somebody
    looked then; "unverified" ones may have moved or closed since.
    """
    show(ENTRIES, map(_row, catalogue.search(name, most=limit)), form)


@group.command(epilog=examples(("rolecall catalogue add figma", "watch the board of that name")))
def add(name: NameArgument) -> None:
    """Watch the board of a name: one command where the catalogue knows one board of exactly this name."""
    entry = _one(name)
    board = find_one(entry.url, get_settings())
    with database() as db:
        added = companies.add(db, name=entry.name, ats=board.ats, key=board.key, url=board.url)
        db.commit()
    what = "is watched now; it is read within the next minute" if added.new else "was watched already"
    tell(f"{entry.name} ({board.url}) {what}.")


def _one(name: str) -> Entry:
    found = catalogue.named(name)
    if len(found) == 1:
        return found[0]
    close = [entry.url for entry in found or catalogue.search(name, most=5)]
    if not close:
        raise InvalidInput(
            f"the catalogue knows no board of {name!r}; `rolecall detect` looks for it, or paste its address to "
            "`rolecall add`"
        )
    how_many = "several boards" if found else "no board exactly"
    raise InvalidInput(
        f"the catalogue knows {how_many} of the name {name!r}; add the one that is meant by its address: "
        f"{', '.join(close)}"
    )


def _row(entry: Entry) -> Row:
    return {
        "name": entry.name,
        "ats": entry.ats,
        "url": entry.url,
        "open_jobs": entry.open_jobs,
        "checked": entry.checked,
        "standing": entry.standing,
    }
