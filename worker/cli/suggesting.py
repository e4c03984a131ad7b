"""`rolecall suggestions`: boards that may have taken the place of one that is gone."""

from typing import Annotated

import typer

from worker.cli.output import Column, Format, FormatOption, LimitOption, Listing, show
from worker.cli.paging import PAGE_ROWS, every, one_moment
from worker.cli.terminal import WATCH, ago, examples, tell
from worker.errors import InvalidInput
from worker.resources import database
from worker.store import companies
from worker.store import suggestions as store

commands = typer.Typer()
_NEWEST = 2**63 - 1

SUGGESTIONS = Listing(
    "suggestions",
    (
        "id", "company_id", "company", "board_id", "old_url", "ats", "board", "url", "certainty", "evidence",
        "open_postings", "created_at",
    ),
    (
        Column("ID", lambda row: row["id"]),
        Column("COMPANY", lambda row: row["company"], wide=True),
        Column("GONE", lambda row: row["old_url"], wide=True),
        Column("SUGGESTED", lambda row: row["url"], wide=True),
        Column("OPEN", lambda row: row["open_postings"]),
        Column("WHY", lambda row: f"{row['certainty']}: {row['evidence']}", wide=True),
        Column("FOUND", lambda row: ago(row["created_at"])),
    ),
)  # fmt: skip


@commands.command(
    rich_help_panel=WATCH,
    epilog=examples(
        ("rolecall suggestions", "where companies may hire now whose boards are gone"),
        ("rolecall suggestions --accept 3", "watch that board in place of the old one"),
        ("rolecall suggestions --dismiss 3", "leave the old board in place"),
    ),
)
def suggestions(
    accept: Annotated[
        int | None, typer.Option(metavar="ID", min=1, max=_NEWEST, help="Watch this board in place of the old one.")
    ] = None,
    dismiss: Annotated[
        int | None, typer.Option(metavar="ID", min=1, max=_NEWEST, help="Leave the old board in place.")
    ] = None,
    form: FormatOption = Format.table,
    limit: LimitOption = None,
) -> None:
    """List boards that may have taken the place of one that is gone, and decide on them.

    Rolecall looks for them by itself once a board is gone or leads elsewhere. The
    postings of an old board close when an accepted one has been read; their
    history stays.
    """
    if accept is not None and dismiss is not None:
        raise InvalidInput("--accept and --dismiss contradict each other; give one of them")
    if accept is not None:
        _accept(accept)
    elif dismiss is not None:
        with database() as db:
            store.dismiss(db, dismiss)
            db.commit()
        tell("Dismissed: the old board stays, and this one is not suggested for it again.")
    else:
        with one_moment() as db:
            show(SUGGESTIONS, every(lambda last: store.page(db, after=last, most=PAGE_ROWS)), form, limit)


def _accept(suggestion: int) -> None:
    with database() as db:
        company = companies.get(db, store.accept(db, suggestion))
        db.commit()
    new = company["boards"][-1]
    tell(f"{company['name']} is watched at {new['url']} now; it is read within the next minute.")
