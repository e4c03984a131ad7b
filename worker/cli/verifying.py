"""`rolecall verify`: whether all vendors still answer as their extractors expect."""

from dataclasses import asdict, fields
from typing import Annotated

import typer

from worker.cli.extracting import remedy
from worker.cli.following import duration
from worker.cli.output import Column, Format, FormatOption, Listing, show
from worker.cli.terminal import EXTEND, examples, say, tell
from worker.extractors import extractors
from worker.sampling import OPTIONAL
from worker.settings import get_settings
from worker.verify import Verified, verify
from worker.wording import count, sentence

commands = typer.Typer()

_STYLES = {"ok": "", "changed": "yellow", "failed": "bold red"}

VERIFIED = Listing(
    "vendors",
    tuple(one.name for one in fields(Verified)),
    (Column("ATS", lambda row: row["ats"]), Column("VERDICT", lambda row: row["verdict"])),
)


@commands.command(
    "verify",
    rich_help_panel=EXTEND,
    epilog=examples(
        ("rolecall verify", "all vendors, in a few minutes"),
        ("rolecall verify greenhouse lever", "these two"),
        ("rolecall verify --format json", "the same for a monitor"),
    ),
)
def verify_vendors(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="ATS", help="Vendors by their names in Rolecall; else all.")
    ] = None,
    form: FormatOption = Format.table,
) -> None:
    """Read one board that is known to be there of each vendor, and tell whether its answer is as expected.

    `ok` was read, `changed` was read but not as it should be, `failed` could not
    be read. The first postings are looked at with their details, gently as in a
    scan, and nothing is written. Nothing runs this by itself. The exit code is 1
    when one failed.
    """
    found = []
    for one in verify(names or [], get_settings()):
        found.append(one)
        if form is Format.table and one.verdict != "unknown":
            _tell_verified(one)
    found.sort(key=lambda one: one.ats)
    if form is Format.table:
        _sum_up(found)
    else:
        show(VERIFIED, (asdict(one) for one in found), form)
    if any(one.verdict == "failed" for one in found):
        raise typer.Exit(1)


def _tell_verified(one: Verified) -> None:
    line = f"{one.verdict:<8} {one.ats}: {one.company}, "
    if one.verdict == "failed":
        line += f"{one.url}"
    else:
        filled = len(OPTIONAL) - len(one.empty) if one.sampled else 0
        line += f"{_listed(one)}, {filled} of {len(OPTIONAL)} fields, {duration(one.milliseconds / 1000)}"
    tell(line, style=_STYLES[one.verdict])
    if one.why:
        tell(f"         {sentence(one.why)}")
    if one.verdict == "failed":
        tell(f"         {remedy(one.error_kind)}")
    elif one.why:
        tell(f"         `rolecall extractor try {one.url}` shows more.")


def _listed(one: Verified) -> str:
    read = count(one.listed, "posting")
    return read if one.total in (None, one.listed) else f"{read} of {one.total:,}"


def _sum_up(found: list[Verified]) -> None:
    numbers = {verdict: sum(one.verdict == verdict for one in found) for verdict in ("ok", "changed", "failed")}
    tell(", ".join(f"{number} {verdict}" for verdict, number in numbers.items()), style="bold")
    if unknown := [one.ats for one in found if one.verdict == "unknown"]:
        tell(f"No known board: {', '.join(unknown)}.")
    if unread := sorted(set(extractors()) - {one.ats for one in found}):
        say(f"Not asked: {count(len(unread), 'other vendor')}.")
