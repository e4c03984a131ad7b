"""`rolecall hosts`: how the hosts that are asked are treated, and how they treat Rolecall."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Annotated, Any

import typer

from worker import hosts as store
from worker.cli.output import Column, Format, FormatOption, LimitOption, Listing, Row, show
from worker.cli.terminal import READ, ago, examples, tell
from worker.hosts import Host, RobotsSeen
from worker.resources import redis_client

commands = typer.Typer()


def _state(row: Row) -> str:
    if row["circuit"] == "open":
        return f"left alone until {_clock(row['open_until'])}"
    if row["circuit"] == "half-open":
        return "to be tried again"
    if row["blocked_until"]:
        return f"wants a pause until {_clock(row['blocked_until'])}"
    return ""


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M} UTC"


def _style(row: Row) -> str:
    return "red" if row["circuit"] != "closed" else "yellow" if row["blocked_until"] else ""


def _robots(seen: Mapping[str, Any] | None) -> str:
    if seen is None:
        return "not asked"
    parts = [f"{seen['refusing']:,} refused"] if seen["refusing"] else []
    parts += [f"{seen['unreachable']:,} unreadable"] if seen["unreachable"] else []
    parts += ["allowed"] if not parts else []
    parts += [f"every {seen['crawl_delay']:g} s"] if seen["crawl_delay"] else []
    parts += [ago(seen["checked_at"])] if seen["checked_at"] else []
    return ", ".join(parts)


def _why(row: Row) -> str:
    troubled = row["robots"]["troubled"] if row["robots"] else []
    told = [f"robots.txt of {one['origin']}: {one['reason'] or 'not ' + one['path']}" for one in troubled]
    return "; ".join([row["error"], *told] if row["error"] else told)


HOSTS = Listing(
    "hosts",
    tuple(one.name for one in fields(Host)),
    (
        Column("HOST", lambda row: row["host"], wide=True),
        Column("RATE", lambda row: "" if row["rate"] is None else f"{row['rate']:g}/s", right=True),
        Column("TOKENS", lambda row: "" if row["tokens"] is None else f"{row['tokens']:.0f}", right=True),
        Column("READING", lambda row: f"{row['in_flight']}/{row['places'] or '?'}", right=True),
        Column("FAILED", lambda row: row["failures"] or None, right=True, style=_style),
        Column("STATE", _state, wide=True, style=_style),
        Column("ROBOTS.TXT", lambda row: _robots(row["robots"]), wide=True),
        Column("WHY", _why, wide=True),
    ),
    parts={"robots": tuple(one.name for one in fields(RobotsSeen))},
)


@commands.command(
    rich_help_panel=READ,
    epilog=examples(
        ("rolecall hosts", "those asked lately, and those in trouble"),
        ("rolecall hosts --reset api.lever.co", "try one again now"),
    ),
)
def hosts(
    reset: Annotated[
        str | None,
        typer.Option("--reset", metavar="HOST", help="Close its circuit and let its robots.txt be asked anew."),
    ] = None,
    form: FormatOption = Format.table,
    limit: LimitOption = None,
) -> None:
    """List the hosts that are asked: how fast, how many at once, and who wants to be left alone.

    A host that fails time after time is left alone for a minute, then tried by
    one run; as long as that fails, for twice as long, half an hour at most.
    Workers share all this; it is kept in Redis and forgotten in time.
    """
    with redis_client() as client:
        if reset is not None:
            failed = store.reset(client, reset)
            tell(f"{reset} is asked again." if failed else f"{reset} had not failed; its robots.txt is asked anew.")
            return
        found = store.hosts(client)
    show(HOSTS, (asdict(one) for one in found), form, limit)
