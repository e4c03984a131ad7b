"""`rolecall up`: everything on this machine with one command; and `rolecall migrate`."""

import os
import re
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from worker import dispatch, migrate
from worker.cli import following
from worker.cli.companies import add_lines, read_text, report_import
from worker.cli.terminal import RUN, examples, tell
from worker.local.running import RunningStack
from worker.local.stack import StackOptions, run
from worker.resources import database, engine
from worker.settings import get_settings
from worker.store import companies
from worker.tasks import enqueue_scan
from worker.wording import count

commands = typer.Typer()
_COMPANIES = Path("companies.txt")
_TRIES = 2
"""So often every board is tried before it is said that none can be reached: one failure may be bad luck."""
_STATUS = re.compile(r"\(\d{3}\)")
"""In an error of a host that answered, if badly: that is its own trouble, and no sign of a missing network."""


@commands.command(
    rich_help_panel=RUN,
    epilog=examples(
        ("rolecall up", "http://127.0.0.1:8000, until Ctrl-C"),
        ("rolecall up --port 9000 --no-flower", "another port, without Flower"),
        ("rolecall up --companies mine.txt --workers 4", "start with these companies"),
    ),
)
def up(
    folder: Annotated[
        Path,
        typer.Option(
            envvar="ROLECALL_FOLDER",
            file_okay=False,
            help="Where data and logs are kept. Elsewhere than .rolecall, set ROLECALL_FOLDER for other commands, too.",
        ),
    ] = Path(".rolecall"),
    host: Annotated[str, typer.Option(envvar="ROLECALL_HOST", help="The address the API listens on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="ROLECALL_PORT", min=1, max=65535, help="The port the API listens on.")
    ] = 8000,
    flower_port: Annotated[int, typer.Option(min=1, max=65535, help="Flower's port.")] = 5555,
    flower: Annotated[bool, typer.Option("--flower/--no-flower", help="Run Flower, which shows workers.")] = True,
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="Worker processes.", show_default="one per core")
    ] = None,
    companies_file: Annotated[
        Path | None,
        typer.Option(
            "--companies",
            envvar="ROLECALL_COMPANIES",
            help="Addresses to add to an empty database.",
            show_default="companies.txt, if it is there",
        ),
    ] = None,
) -> None:
    """Run all of Rolecall on this machine: databases, API, workers, beat and Flower, until Ctrl-C.

    The data stay in the folder. Other commands of this directory find what runs
    here by themselves. Where DATABASE_URL or REDIS_URL is set, that server is used
    instead of one of its own.
    """
    source = companies_file or (_COMPANIES if _COMPANIES.exists() else None)
    addresses = read_text(str(source)) if source else ""
    options = StackOptions(
        folder=folder,
        host=host,
        port=port,
        flower_port=flower_port,
        with_flower=flower,
        workers=workers or os.cpu_count() or 1,
        database_url=os.environ.get("DATABASE_URL"),
        redis_url=os.environ.get("REDIS_URL"),
        flower_basic_auth=os.environ.get("FLOWER_BASIC_AUTH"),
    )

    def begin(running: RunningStack) -> None:
        _use(running)
        first_scan(addresses, str(source or ""))

    raise typer.Exit(run(options, announce=tell, on_ready=begin))


@commands.command("migrate", rich_help_panel=RUN, epilog=examples(("rolecall migrate", "safe to repeat")))
def migrate_database() -> None:
    """Bring the database to the shape this version needs. Any number may run at once."""
    migrate.upgrade(engine())
    tell(f"The database is at revision {migrate.head()}.")


def first_scan(addresses: str, source: str) -> None:
    """Add companies to an empty database, scan them, and say how it went; leave one that is not empty alone."""
    with database() as db:
        if not companies.is_empty(db):
            return
        results = add_lines(db, addresses)
        if source:
            tell(f"Companies from {source}:")
            report_import(results)
        if companies.is_empty(db):
            tell("No company is watched yet: add one with `rolecall add ADDRESS`.")
            return
        started = dispatch.start_scan(db, trigger="cli", company_ids=None)
        db.commit()
    enqueue_scan(started)
    tell(f"The first scan, of {count(started.runs, 'board')}, has started.")
    _tell_how_it_went(started.scan)


def _tell_how_it_went(scan: int) -> None:
    for totals in following.follow(scan):
        if not any(totals[outcome] for outcome in following.OUTCOMES if outcome != "failed") and (
            cause := no_network(scan)
        ):
            tell(
                f"No board could be reached ({cause}). This machine has no way out to the internet, or a proxy is "
                "needed (HTTPS_PROXY). `make demo` shows Rolecall on simulated boards.",
                style="bold yellow",
            )
            return
    tell(f"The first scan has ended. {following.summary(totals)}", style="bold")
    if any(totals[outcome] for outcome in following.BAD):
        tell("`rolecall boards --failing` shows what could not be read, and why.")


def no_network(scan: int) -> str | None:
    """Return why no board of a scan can be reached, once each has been tried in vain; None if any host answered."""
    causes: Counter[str] = Counter()
    for run_ in following.every_run(scan):
        error = run_["error"] or ""
        tried = run_["attempt"] >= _TRIES or run_["state"] == "finished"
        if not tried or run_["error_kind"] != "BoardUnavailable" or _STATUS.search(error):
            return None
        causes[error] += 1
    return causes.most_common(1)[0][0].rstrip(".") if causes else None


def _use(running: RunningStack) -> None:
    """Let this process work with the servers it has just started."""
    os.environ |= {"DATABASE_URL": running.database_url, "REDIS_URL": running.redis_url}
    get_settings.cache_clear()
