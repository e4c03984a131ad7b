"""Starting scans, waiting for them, listing and cancelling them."""

from typing import Annotated

import typer

from worker import dispatch
from worker.cli import following
from worker.cli.naming import company_ids
from worker.cli.output import Column, Format, FormatOption, LimitOption, Listing, Row, show
from worker.cli.paging import PAGE_ROWS, every, one_moment
from worker.cli.terminal import READ, WATCH, ago, examples, outcome_style, say, tell
from worker.resources import database, redis_client
from worker.store import scans as store
from worker.tasks import enqueue_scan
from worker.wording import count

commands = typer.Typer()
_NEWEST = 2**62

ScanArgument = Annotated[int, typer.Argument(metavar="SCAN", min=1, max=_NEWEST, help="The scan's id.")]


def _red_if(row: Row) -> str:
    return "red" if row["failed"] or row["gone"] else ""


SCANS = Listing(
    "scans",
    (
        "id",
        "trigger",
        "state",
        "created_at",
        "finished_at",
        "cancelled_at",
        "runs",
        "queued",
        "running",
        "finished",
        *following.OUTCOMES,
        "found",
        "opened",
        "updated",
        "closed",
        "reopened",
        "skipped",
        "requests",
        "bytes",
    ),
    (
        Column("ID", lambda row: row["id"], right=True),
        Column("STARTED", lambda row: ago(row["created_at"])),
        Column("BY", lambda row: row["trigger"]),
        Column("STATE", lambda row: row["state"]),
        Column("BOARDS", lambda row: f"{row['finished']:,}/{row['runs']:,}", right=True),
        Column("FAILED", lambda row: row["failed"] + row["gone"], right=True, style=_red_if),
        Column("OPENED", lambda row: row["opened"], right=True),
        Column("UPDATED", lambda row: row["updated"], right=True),
        Column("CLOSED", lambda row: row["closed"], right=True),
    ),
)

RUNS = Listing(
    "runs",
    (
        "id",
        "scan_id",
        "board_id",
        "company_id",
        "company",
        "ats",
        "board",
        "url",
        "state",
        "outcome",
        "attempt",
        "not_before",
        "started_at",
        "finished_at",
        "found",
        "opened",
        "updated",
        "closed",
        "reopened",
        "skipped",
        "details_pending",
        "requests",
        "bytes",
        "not_modified",
        "milliseconds",
        "error_kind",
        "error",
        "notes",
    ),
    (
        Column("ID", lambda row: row["id"], right=True),
        Column("COMPANY", lambda row: row["company"], wide=True),
        Column("ATS", lambda row: row["ats"]),
        Column("OUTCOME", lambda row: row["outcome"] or row["state"], style=lambda row: outcome_style(row["outcome"])),
        Column("FOUND", lambda row: row["found"], right=True),
        Column("OPENED", lambda row: row["opened"], right=True),
        Column("CLOSED", lambda row: row["closed"], right=True),
        Column("WHY", lambda row: row["error"], wide=True),
    ),
)


@commands.command(
    rich_help_panel=WATCH,
    epilog=examples(
        ("rolecall scan", "all companies"),
        ("rolecall scan Acme 17 --wait", "two, and wait for the result"),
    ),
)
def scan(
    companies: Annotated[
        list[str] | None, typer.Argument(metavar="COMPANY", help="Ids or names; all companies if none is given.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", "-w", help="Wait until it has ended and say how it went.")] = False,
) -> None:
    """Read boards now, instead of when their time comes.

    The reading is done by the workers. With --wait the exit code is 1 when a
    board could not be read or is gone.
    """
    _refuse_without_redis()
    with database() as db:
        wanted = company_ids(db, companies) if companies else None
        started = dispatch.start_scan(db, trigger="cli", company_ids=wanted)
        db.commit()
    enqueue_scan(started)
    tell(f"Scan {started.scan} of {count(started.runs, 'board')} has started.")
    if not wait:
        say(f"See how it goes with `rolecall runs {started.scan}`; --wait waits for its end.")
        return
    totals = following.wait(started.scan)
    following.report(totals)
    if any(totals[outcome] for outcome in following.BAD):
        raise typer.Exit(1)


def _refuse_without_redis() -> None:
    """Start nothing that could not be sent: a scan that waits unseen for Redis surprises whoever asked for it."""
    with redis_client() as client:
        client.ping()


@commands.command(rich_help_panel=READ, epilog=examples(("rolecall scans --limit 5", "the last five")))
def scans(form: FormatOption = Format.table, limit: LimitOption = None) -> None:
    """List scans, newest first."""
    with one_moment() as db:
        show(SCANS, every(lambda last: store.page(db, before=last, most=PAGE_ROWS), start=_NEWEST), form, limit)


@commands.command(
    rich_help_panel=READ,
    epilog=examples(("rolecall runs 12", "the boards of scan 12"), ("rolecall runs 12 --format csv", "all of it")),
)
def runs(
    scan: ScanArgument,
    form: FormatOption = Format.table,
    limit: LimitOption = None,
) -> None:
    """List the boards of one scan and how reading each went."""
    with one_moment() as db:
        store.get(db, scan)
        show(RUNS, every(lambda last: store.runs(db, scan, after=last, most=PAGE_ROWS)), form, limit)


@commands.command(rich_help_panel=WATCH, epilog=examples(("rolecall cancel 12", "leave out what has not begun")))
def cancel(scan: ScanArgument) -> None:
    """Cancel what no worker has begun of a scan."""
    with database() as db:
        cancelled = store.cancel(db, scan)
        left = store.get(db, scan)["running"]
        db.commit()
    rest = f" {count(left, 'board')} being read at the moment will be finished." if left else ""
    tell(f"Scan {scan}: {count(cancelled, 'board')} will not be read.{rest}")
