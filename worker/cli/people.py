"""`rolecall people`: who is here, and who was invited."""

import typer

from worker.cli.output import Column, Format, FormatOption, LimitOption, Listing, Row, show
from worker.cli.paging import PAGE_ROWS, every, one_moment
from worker.cli.terminal import RUN, ago, day, examples
from worker.store import people as store

commands = typer.Typer()


def _last_seen(row: Row) -> str:
    if row["disabled_at"]:
        return f"disabled on {day(row['disabled_at'])}"
    return ago(row["signed_in_at"])


PEOPLE = Listing(
    "people",
    ("id", "email", "name", "role", "created_at", "signed_in_at", "disabled_at"),
    (
        Column("ID", lambda row: row["id"], right=True),
        Column("E-MAIL", lambda row: row["email"], wide=True),
        Column("NAME", lambda row: row["name"], wide=True),
        Column("ROLE", lambda row: row["role"]),
        Column("SIGNED IN", _last_seen, style=lambda row: "red" if row["disabled_at"] else ""),
    ),
)


@commands.command(
    rich_help_panel=RUN,
    epilog=examples(("rolecall people", "all"), ("rolecall people --format csv", "for another program")),
)
def people(form: FormatOption = Format.table, limit: LimitOption = None) -> None:
    """List the people of this installation, those among them who were invited and have not come yet.

    The one without an e-mail address of their own is whoever uses this command
    line. Admins invite, change and remove people through the API (/api/v1/people).
    """
    with one_moment() as db:
        show(PEOPLE, every(lambda last: store.page(db, after=last, most=PAGE_ROWS)), form, limit)
