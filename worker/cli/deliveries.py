"""`rolecall deliveries`: the messages to one's channels, and what became of each."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Annotated

import typer

from worker import tasks
from worker.cli.channels import found
from worker.cli.output import Column, Format, FormatOption, LimitOption, Listing, Row, show
from worker.cli.paging import PAGE_ROWS
from worker.cli.terminal import WATCH, ago, examples, tell
from worker.resources import database, one_moment
from worker.store import deliveries as store
from worker.store import people

commands = typer.Typer()
_MOST_ID = 2**63 - 1


class State(StrEnum):
    """What can become of a message."""

    waiting = "waiting"
    sending = "sending"
    sent = "sent"
    dead = "dead"
    skipped = "skipped"


DELIVERIES = Listing(
    "messages",
    (
        "id", "channel_id", "kind", "state", "attempts", "told", "more", "error", "next_try_at", "created_at",
        "finished_at",
    ),
    (
        Column("ID", lambda row: row["id"], right=True),
        Column("CHANNEL", lambda row: row["channel_id"], right=True),
        Column("KIND", lambda row: row["kind"]),
        Column("TOLD", lambda row: row["told"] + row["more"] or None, right=True),
        Column("STATE", lambda row: row["state"], style=lambda row: "red" if row["state"] == "dead" else ""),
        Column("TRIES", lambda row: row["attempts"], right=True),
        Column("MADE", lambda row: ago(row["created_at"])),
        Column("ANSWER", lambda row: row["error"], wide=True),
    ),
)  # fmt: skip


@commands.command(
    rich_help_panel=WATCH,
    epilog=examples(
        ("rolecall deliveries", "what was sent, and what was answered"),
        ("rolecall deliveries --channel phone --state dead", "what could not be sent"),
        ("rolecall deliveries --retry 17", "try one that is dead again"),
    ),
)
def deliveries(
    channel: Annotated[str | None, typer.Option(metavar="CHANNEL", help="To this one only: its id or name.")] = None,
    state: Annotated[State | None, typer.Option(help="That are so only; skipped: nothing was left to tell.")] = None,
    retry: Annotated[
        int | None, typer.Option(metavar="ID", min=1, max=_MOST_ID, help="Try one that is dead again.")
    ] = None,
    form: FormatOption = Format.table,
    limit: LimitOption = None,
) -> None:
    """List the messages to your channels, the newest first."""
    if retry is not None:
        _retry(retry)
        return
    person, number = (_person(), None) if channel is None else found(channel)
    with one_moment() as db:

        def part(before: int | None) -> Sequence[Row]:
            return store.page(db, person, channel=number, state=state, before=before, most=PAGE_ROWS)

        show(DELIVERIES, _every(part), form, limit)


def _every(part: Callable[[int | None], Sequence[Row]]) -> Iterator[Row]:
    before: int | None = None
    while rows := part(before):
        yield from rows
        before = int(rows[-1]["id"])


def _person() -> int:
    with database() as db:
        person = people.local(db)["id"]
        db.commit()
    return int(person)


def _retry(delivery: int) -> None:
    person = _person()
    with database() as db:
        store.retry(db, person, delivery)
        channel = store.get(db, person, delivery)["channel_id"]
        db.commit()
    tasks.enqueue_deliveries(channel)
    tell(f"Message {delivery} is sent again, and tried for another 24 hours.")
