"""`rolecall doctor` says whether everything is there that a scan needs, and what helps where it is not."""

from dataclasses import asdict

import typer

from worker.cli.output import Column, Format, FormatOption, Listing, show
from worker.cli.terminal import RUN, examples, tell
from worker.examining import Finding, examine
from worker.wording import sentence

commands = typer.Typer()
_STYLES: dict[str, str] = {"ok": "green", "warning": "yellow", "problem": "bold red"}

CHECKS = Listing("checks", ("check", "state", "found", "remedy"), (Column("CHECK", lambda row: row["check"]),))


@commands.command(
    rich_help_panel=RUN,
    epilog=examples(
        ("rolecall doctor", "is everything there?"),
        ("rolecall doctor --format json", "the same for a monitor"),
    ),
)
def doctor(form: FormatOption = Format.table) -> None:
    """Check everything that a scan needs, and say in plain words what is wrong and what helps.

    The exit code is 1 when there is a problem; warnings are only worth knowing.
    """
    found = list(examine())
    if form is Format.table:
        _tell(found)
    else:
        show(CHECKS, (asdict(one) for one in found), form)
    if any(one.state == "problem" for one in found):
        raise typer.Exit(1)


def _tell(found: list[Finding]) -> None:
    for one in found:
        tell(f"{one.state:<8} {one.check}: {one.found}", style=_STYLES[one.state] if one.state != "ok" else "")
        if one.remedy:
            tell(f"         {sentence(one.remedy)}")
