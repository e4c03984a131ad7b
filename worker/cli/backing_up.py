"""Backup and restore, and the list of what is watched as a file."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from worker import backup as backups
from worker.backup import Restored
from worker.backup.manifest import Manifest
from worker.cli.exporting import opened
from worker.cli.output import readers_may_leave
from worker.cli.terminal import RUN, WATCH, examples, say, tell
from worker.errors import InvalidInput
from worker.list_files import written
from worker.resources import engine, one_moment
from worker.settings import get_settings
from worker.store import lists, people
from worker.wording import count

commands = typer.Typer()
_NEED_THE_SECRET = ("api_keys", "browser_sessions", "channels", "feeds", "login_links")
"""Tables whose rows are worth nothing without the installation's secret."""
_UNITS = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB"))


class ListForm(StrEnum):
    """How a list of companies is written."""

    txt = "txt"
    csv = "csv"
    opml = "opml"


@commands.command(
    rich_help_panel=RUN,
    epilog=examples(
        ("rolecall backup rolecall.zip", "while everything runs"),
        ("rolecall restore rolecall.zip --check", "see that it is whole"),
    ),
)
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it; an earlier backup is replaced.")],
) -> None:
    """Write all that Rolecall knows to one file: companies, postings, people, settings, matches, alerts.

    Everything may go on running. The file is readable by you alone, and as
    private as the installation itself: keep it so.
    """
    settings = get_settings()
    manifest = backups.make(engine(), settings, file)
    tell(f"Backed up {_what(manifest)} to {file} ({_size(file.stat().st_size)}).")
    if manifest.secret:
        tell("The installation's secret is in it: who has the file can read API keys' and channels' secrets.")
    elif settings.secret_key is not None:
        tell(
            "ROLECALL_SECRET_KEY is not in it. Keep it apart from the file: without it API keys are void and channels "
            "have to be entered again."
        )
    elif any(manifest.tables[name].rows for name in _NEED_THE_SECRET):
        tell(
            f"No secret was found in {settings.folder}. If the API runs with another folder, back up there: without "
            "its secret API keys are void and channels have to be entered again."
        )


@commands.command(
    rich_help_panel=RUN,
    epilog=examples(
        ("rolecall restore rolecall.zip", "into an empty installation"),
        ("rolecall restore rolecall.zip --replace", "in the place of all that is there"),
        ("rolecall restore rolecall.zip --check", "only see that it is whole"),
    ),
)
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `rolecall backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Delete all that is in the database now, for good.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Only check the file; nothing is changed.")] = False,
) -> None:
    """Bring back what a backup holds: all of it, or nothing at all.

    The file is checked from end to end before anything is touched, and the
    database is compared with it before the change counts. A backup of an older
    version is brought to this one's shape. Everything may go on running.
    """
    with backups.opened(file) as opened:
        if check:
            opened.verify()
            tell(f"{file} is whole. {_origin(opened.manifest)}")
            return
        say(f"Checking {file}, then restoring it. This takes about as long as the backup did, twice.")
        restored = backups.restore(engine(), get_settings(), opened, replace=replace)
    tell(f"Restored {_what(restored.manifest)}. {_origin(restored.manifest)}")
    _tell_of_the_secret(restored, file)


@commands.command(
    "export-list",
    rich_help_panel=WATCH,
    epilog=examples(
        ("rolecall export-list companies.opml", "to take it to another program"),
        ("rolecall export-list companies.csv", "a table, with groups"),
        ("rolecall export-list - --format txt", "an address on each line"),
    ),
)
def export_list(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="Where to write it; - writes to the output.")],
    form: Annotated[
        ListForm | None, typer.Option("--format", "-f", help="What to write.", show_default="as FILE ends")
    ] = None,
) -> None:
    """Write the companies you watch, with their boards and your groups, to a file.

    `rolecall import` reads it, here or elsewhere. Plain text has no groups, and
    a company with several boards becomes several companies.
    """
    chosen = form or _form_of(file)
    with one_moment() as db:
        person = people.by_email(db, people.LOCAL_EMAIL)
        companies = list(lists.listed(db, person["id"] if person else None))
    if file == "-":
        with readers_may_leave():
            sys.stdout.buffer.write(written(chosen, companies))
            sys.stdout.buffer.flush()
        return
    with opened(Path(file)) as out:
        out.write(written(chosen, companies))
    tell(f"Wrote {count(len(companies), 'company', 'companies')} to {file}.")


def _form_of(file: str) -> ListForm:
    suffix = Path(file).suffix.lower().removeprefix(".")
    if suffix not in list(ListForm):
        raise InvalidInput(f"{file} does not end in .txt, .csv or .opml; name the format with --format")
    return ListForm(suffix)


def _tell_of_the_secret(restored: Restored, file: Path) -> None:
    folder = get_settings().folder
    if restored.secret_replaced:
        tell(f"The secret in {folder} was replaced by the backup's.")
    if restored.secret_fits:
        return
    remedy = (
        f"set ROLECALL_SECRET_KEY to what `unzip -p {file} api-secret` prints"
        if restored.manifest.secret
        else "set ROLECALL_SECRET_KEY to that of the installation the backup is of"
    )
    say(
        "This installation has another secret than the backup's: API keys, sessions and feeds' addresses are void, and "
        f"channels cannot be read. To have them back, {remedy}, and restart Rolecall.",
        style="bold yellow",
    )


def _what(manifest: Manifest) -> str:
    rows = {name: content.rows for name, content in manifest.tables.items()}
    parts = (
        count(rows.get("companies", 0), "company", "companies"),
        count(rows.get("postings", 0), "posting"),
        count(rows.get("users", 0), "person", "people"),
    )
    return f"{', '.join(parts)} and all that belongs to them ({sum(rows.values()):,} rows)"


def _origin(manifest: Manifest) -> str:
    made = manifest.created_at
    return (
        f"It was made on {made:%Y-%m-%d at %H:%M} UTC by Rolecall {manifest.rolecall} (migration {manifest.revision})."
    )


def _size(size: int) -> str:
    for unit, name in _UNITS:
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return count(size, "byte")
