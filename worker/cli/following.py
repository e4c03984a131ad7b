"""Watching a scan until it has ended, and saying how it went."""

import time
from collections.abc import Iterator
from typing import Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from worker import heartbeat
from worker.cli.output import Row
from worker.cli.paging import every
from worker.cli.terminal import messages, outcome_style, say, tell
from worker.remedies import remedy
from worker.resources import database, redis_client, transaction
from worker.store import scans
from worker.wording import count, sentence

POLL_SECONDS = 0.5
LINE_SECONDS = 5.0
"""How often a line is printed where there is no terminal for a bar."""
PATIENCE_SECONDS = 10.0
"""How long nothing may happen before somebody should be told that nobody works."""
OUTCOMES = ("changed", "unchanged", "partial", "suspect", "gone", "failed")
BAD = ("gone", "failed")


def follow(scan: int) -> Iterator[dict[str, Any]]:
    """Yield a scan's totals every half second, the last time when it has ended."""
    while True:
        totals = transaction(lambda db: scans.get(db, scan))
        yield totals
        if totals["state"] != "running":
            return
        time.sleep(POLL_SECONDS)


def wait(scan: int) -> dict[str, Any]:
    """Show a scan's progress until it has ended; return its totals. Ctrl-C stops the watching, not the scan."""
    try:
        return _wait_with_bar(scan) if messages().is_terminal else _wait_with_lines(scan)
    except KeyboardInterrupt:
        say(
            f"The scan goes on without this command. See it with `rolecall runs {scan}`, "
            f"stop what has not begun with `rolecall cancel {scan}`."
        )
        raise typer.Exit(130) from None


def _wait_with_bar(scan: int) -> dict[str, Any]:
    columns = (
        TextColumn("Scanning"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[found]:,} postings"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=messages(), transient=True) as progress:
        bar, watch = progress.add_task("", found=0), _Watch()
        for totals in follow(scan):
            progress.update(bar, total=totals["runs"], completed=totals["finished"], found=totals["found"])
            watch.look(totals)
    return totals


def _wait_with_lines(scan: int) -> dict[str, Any]:
    watch, said, last = _Watch(), time.monotonic(), 0
    for totals in follow(scan):
        watch.look(totals)
        if totals["finished"] > last and time.monotonic() - said >= LINE_SECONDS:
            say(f"{totals['finished']:,} of {count(totals['runs'], 'board')} read")
            said, last = time.monotonic(), totals["finished"]
    return totals


class _Watch:
    """Says once that nobody works, when nothing has happened for a while and no worker is seen."""

    def __init__(self) -> None:
        self._since: float | None = time.monotonic()

    def look(self, totals: Row) -> None:
        if self._since is None:
            return
        if totals["finished"] or totals["running"]:
            self._since = None
        elif time.monotonic() - self._since >= PATIENCE_SECONDS:
            self._since = None
            with redis_client() as client:
                if not heartbeat.seen(client):
                    say(
                        "No worker is seen, so the scan waits. Start one with `rolecall up`, or with "
                        "`celery -A worker worker` where DATABASE_URL and REDIS_URL are set.",
                        style="yellow",
                    )


def summary(totals: Row) -> str:
    """Return how a scan went in one or two sentences."""
    outcomes = ", ".join(f"{totals[name]:,} {name}" for name in OUTCOMES if totals[name]) or "nothing to read"
    seconds = (totals["finished_at"] - totals["created_at"]).total_seconds()
    news = ", ".join(f"{totals[name]:,} {name}" for name in ("opened", "updated", "closed", "reopened") if totals[name])
    return (
        f"Scan {totals['id']}: {count(totals['runs'], 'board')} in {duration(seconds)}: {outcomes}. "
        f"{count(totals['found'], 'posting')}{f': {news}' if news else ', nothing new'}."
    )


def duration(seconds: float) -> str:
    """Return "0.8 s", "12 s", "3 min 20 s"."""
    if seconds < 10:  # noqa: PLR2004 - below ten a decimal says something
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def report(totals: Row) -> None:
    """Print how a scan went, and every board that was not read well with its cause and remedy."""
    tell(summary(totals))
    for run in every_run(totals["id"]):
        if run["outcome"] not in ("changed", "unchanged"):
            outcome = run["outcome"] or run["state"]
            tell(f"{run['company']}  {run['url']}", style="bold")
            tell(f"  {outcome}: {sentence(run['error'] or 'no cause given')}", style=outcome_style(run["outcome"]))
            tell(f"  {remedy(run['outcome'], run['error_kind'])}")


def every_run(scan: int) -> Iterator[Row]:
    """Yield the runs of a scan."""
    with database() as db:
        yield from every(lambda last: scans.runs(db, scan, after=last))
