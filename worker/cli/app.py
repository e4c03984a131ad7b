"""`rolecall`: its commands, and the one door through which every error leaves."""

import logging
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import structlog
import typer

from worker.cli import (
    backing_up,
    cataloguing,
    channels,
    companies,
    deliveries,
    detecting,
    doctor,
    exporting,
    extracting,
    hosts,
    inbox,
    people,
    postings,
    scanning,
    signing_in,
    suggesting,
    trying,
    up,
    verifying,
    wishing,
)
from worker.cli.terminal import examples, fail
from worker.errors import InvalidInput
from worker.explaining import explain
from worker.resources import close_all

app = typer.Typer(
    name="rolecall",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        ("rolecall up", "run everything on this machine"),
        ("rolecall add https://boards.greenhouse.io/acme", "watch a company"),
        ("rolecall scan --wait", "read all boards now"),
        ('rolecall postings --filter "data engineer"', "what is open"),
        ("rolecall COMMAND --help", "more, with examples"),
    ),
)


def _show_version(wanted: bool) -> None:
    if wanted:
        try:
            typer.echo(f"rolecall {version('rolecall')}")
        except PackageNotFoundError:
            typer.echo("rolecall (from a checkout that is not installed)")
        raise typer.Exit


@app.callback()
def rolecall(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")] = False,
) -> None:
    """Rolecall reads the job boards of the companies you care about and notices what opened, changed and closed.

    Commands find a `rolecall up` that runs in this directory by themselves;
    otherwise set DATABASE_URL and REDIS_URL.
    """


for group in (up, companies, backing_up, wishing, channels, deliveries, detecting, cataloguing,
              suggesting, scanning, trying, inbox, postings, exporting, hosts, doctor, signing_in,
              people, extracting, verifying):  # fmt: skip
    app.add_typer(group.commands)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command, and exit: 0, or 1 for what went wrong, or 2 for a command that cannot be understood."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _keep_logs_out_of_answers()
    try:
        _refuse_broken_text(given)
        app(args=given, prog_name="rolecall")
    except Exception as error:  # noqa: BLE001 - the outermost door: people get a sentence, not a traceback
        if "--debug" in given:
            traceback.print_exc()
        fail(explain(error) or _unexpected(error))
        sys.exit(1)
    finally:
        if arguments is None:
            close_all()


def _unexpected(error: Exception) -> str:
    return (
        f"Rolecall did not expect this: {type(error).__name__}: {error}. `rolecall --debug …` shows where it comes "
        "from; please report it."
    )


def _refuse_broken_text(arguments: Sequence[str]) -> None:
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError:
            raise InvalidInput(f"{argument!r} is not UTF-8 text") from None


def _keep_logs_out_of_answers() -> None:
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
