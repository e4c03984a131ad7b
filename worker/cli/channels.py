"""`rolecall channels` and `rolecall channel …`: where and when one is told of matches."""

import sys
from collections.abc import Sequence
from datetime import time
from typing import Annotated

import typer

from worker import alerts
from worker.alert_times import zone
from worker.channels import forms
from worker.cli.naming import given_name
from worker.cli.output import Column, Format, FormatOption, Listing, Row, show
from worker.cli.terminal import WATCH, examples, fail, tell
from worker.errors import InvalidInput, NotFound
from worker.resources import database
from worker.settings import get_settings
from worker.store import channels as store
from worker.store import people, wishes
from worker.store.channels import Wish

commands = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Ways to be told of matches: add one, try it out, remove it.")
commands.add_typer(group, name="channel", rich_help_panel=WATCH)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EVENTS = ("opened", "updated", "closed", "reopened")


def _when(row: Row) -> str:
    if not row["enabled"]:
        return "off"
    days = " ".join(_DAYS[day - 1] for day in row["digest_days"]) or "every day"
    parts = [f"{days} at {row['digest_hour']}:00" if row["mode"] == "digest" else "at once"]
    if row["quiet_from"]:
        parts.append(f"quiet {row['quiet_from']:%H:%M}-{row['quiet_to']:%H:%M}")
    if row["muted_until"]:
        parts.append(f"muted until {row['muted_until']:%Y-%m-%d %H:%M} UTC")
    return ", ".join(parts)


def _last(row: Row) -> str:
    last = row["last_delivery"]
    return "" if last is None else f"{last['state']}: {last['error']}" if last["error"] else str(last["state"])


CHANNELS = Listing(
    "channels",
    (
        "id", "name", "kind", "shown", "enabled", "mode", "digest_hour", "digest_days", "time_zone", "quiet_from",
        "quiet_to", "muted_until", "most", "group_ids", "matches", "events", "waiting", "dead", "last_delivery",
        "created_at",
    ),
    (
        Column("ID", lambda row: row["id"], right=True),
        Column("NAME", lambda row: row["name"], wide=True),
        Column("LEADS TO", lambda row: row["shown"], wide=True),
        Column("WHEN", _when, wide=True),
        Column("WAITING", lambda row: row["waiting"] or None, right=True),
        Column("LAST", _last, wide=True, style=lambda row: "red" if row["dead"] else ""),
    ),
)  # fmt: skip

SERVICES = Listing(
    "services",
    ("service", "field", "label", "required", "secret", "help", "example"),
    (
        Column("SERVICE", lambda row: row["service"]),
        Column("FIELD", lambda row: row["field"]),
        Column("NEEDED", lambda row: "yes" if row["required"] else ""),
        Column("WHAT IT IS", lambda row: f"{row['label']}. {row['help']}", wide=True),
    ),
)

ChannelArgument = Annotated[str, typer.Argument(metavar="CHANNEL", help="Its id or name.")]


@commands.command(rich_help_panel=WATCH, epilog=examples(("rolecall channels", "where matches are told, and when")))
def channels(form: FormatOption = Format.table) -> None:
    """List your channels. Their passwords and tokens are never shown."""
    with database() as db:
        rows = store.page(db, people.local(db)["id"], most=store.MOST)
        db.commit()
    show(CHANNELS, rows, form)


@group.command(
    epilog=examples(
        ("rolecall channel add ntfys://ntfy.sh/jobs-x7Gq2v", "at once, to whoever follows the topic"),
        ("rolecall channel add --service ntfy --field topic=jobs-x7Gq2v", "the same by its form"),
        ("rolecall channel add - --name mail --digest 8 --day mon --time-zone Europe/Berlin", "the address is typed"),
        ("rolecall channel add https://example.org/hook --event opened", "a webhook for a program"),
    )
)
def add(
    address: Annotated[
        str | None, typer.Argument(metavar="ADDRESS", help="As Apprise writes them; - reads it from standard input.")
    ] = None,
    *,
    service: Annotated[str | None, typer.Option(help="A common service: `rolecall channel services`.")] = None,
    given: Annotated[
        list[str] | None, typer.Option("--field", metavar="NAME=VALUE", help="What its form asks for.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What you call it.", show_default="service or kind")] = None,
    digest: Annotated[
        int | None, typer.Option("--digest", metavar="HOUR", min=0, max=23, help="Together, at this hour.")
    ] = None,
    days: Annotated[list[str] | None, typer.Option("--day", metavar="DAY", help="On this day: mon, tue, …")] = None,
    quiet: Annotated[str | None, typer.Option(metavar="FROM-TO", help="Nothing then: 22:00-07:00.")] = None,
    time_zone: Annotated[str, typer.Option(metavar="ZONE", help="Of your clock: Europe/Berlin.")] = "UTC",
    most: Annotated[int, typer.Option(min=1, max=100, help="So many matches in full in one message.")] = 20,
    groups: Annotated[
        list[str] | None, typer.Option("--group", metavar="GROUP", help="Only matches of this group's companies.")
    ] = None,
    events: Annotated[
        list[str] | None, typer.Option("--event", metavar="KIND", help="Tell a webhook what opened, updated, …")
    ] = None,
    matches: Annotated[bool, typer.Option("--matches/--no-matches", help="Whether it is told of matches.")] = True,
) -> None:
    """Add a channel. A webhook's secret is shown this once."""
    where, secret = alerts.place(get_settings(), _address(address, service, given or []))
    with database() as db:
        person = people.local(db)["id"]
        quiet_from, quiet_to = _quiet(quiet)
        wish = Wish(
            given_name(name, "channel") if name else service or where.kind,
            mode="instant" if digest is None else "digest",
            digest_hour=8 if digest is None else digest,
            digest_days=sorted({_day(day) for day in days or ()}),
            time_zone=_zone(time_zone),
            quiet_from=quiet_from,
            quiet_to=quiet_to,
            most=most,
            group_ids=[named(wishes.groups(db, person), one, "group") for one in groups or ()],
            matches=matches,
            events=sorted({_event(kind) for kind in events or ()}),
        )
        number = store.add(db, person, where, wish)
        db.commit()
    tell(f"Channel {number} leads to {where.shown}. Try it out with `rolecall channel test {number}`.")
    if secret:
        tell(f"Its messages are signed with {secret}, which is not shown again.")


@group.command(epilog=examples(("rolecall channel test phone", "send a message now, and see what is answered")))
def test(channel: ChannelArgument) -> None:
    """Send a test now, and show what was answered."""
    person, number = found(channel)
    tried = alerts.test(person, number, get_settings())
    if not tried.ok:
        fail(f"It did not arrive: {tried.answer}")
        raise typer.Exit(1)
    tell(f"It arrived: {tried.answer}")


@group.command(epilog=examples(("rolecall channel remove 3", "with its log; what waits for it is never told")))
def remove(channel: ChannelArgument) -> None:
    """Remove a channel with its log."""
    person, number = found(channel)
    with database() as db:
        store.delete(db, person, number)
        db.commit()
    tell(f"Channel {number} is removed.")


@group.command(epilog=examples(("rolecall channel services", "the forms that addresses are made of")))
def services(form: FormatOption = Format.table) -> None:
    """List the common services and what their forms ask for; docs/alerts.md says where to find it."""
    rows = (
        {"service": service.name, "field": field.name, "label": field.label, "required": field.required,
         "secret": field.secret, "help": field.help, "example": field.example}
        for service in forms.SERVICES.values()
        for field in service.fields
    )  # fmt: skip
    show(SERVICES, rows, form)


def found(channel: str) -> tuple[int, int]:
    """Return the person of the command line, and the channel of an id or name. Raises NotFound, InvalidInput."""
    with database() as db:
        person = people.local(db)["id"]
        number = named(store.page(db, person, most=store.MOST), channel, "channel")
        db.commit()
    return person, number


def named(rows: Sequence[Row], wanted: str, what: str) -> int:
    """Return the id of the row that has an id or name. Raises NotFound, InvalidInput where several have the name."""
    fitting = [row["id"] for row in rows if str(row["id"]) == wanted]
    fitting = fitting or [row["id"] for row in rows if row["name"].lower() == wanted.lower()]
    if not fitting:
        raise NotFound(f"there is no {what} {wanted!r}; `rolecall {what}s` lists those there are")
    if len(fitting) > 1:
        raise InvalidInput(f"several {what}s are called {wanted!r}: name one by its id, {', '.join(map(str, fitting))}")
    return int(fitting[0])


def _address(address: str | None, service: str | None, given: Sequence[str]) -> str:
    if (address is None) == (service is None):
        raise InvalidInput("say where the channel leads: give an ADDRESS, or a --service with its --field values")
    if address is not None:
        if given:
            raise InvalidInput("--field belongs to a --service; an ADDRESS says all there is to say")
        return sys.stdin.readline().strip() if address == "-" else address
    pairs = [one.partition("=") for one in given]
    if wrong := [name for name, sign, _ in pairs if not sign]:
        raise InvalidInput(f"--field is written NAME=VALUE, unlike {wrong[0]!r}")
    return forms.compose(str(service), {name: value for name, _, value in pairs})


def _quiet(given: str | None) -> tuple[time | None, time | None]:
    if given is None:
        return None, None
    try:
        begins, ends = (time.fromisoformat(part.strip()) for part in given.split("-"))
    except ValueError:
        raise InvalidInput(f"{given!r} are no quiet hours; write them like 22:00-07:00") from None
    if begins == ends or begins.tzinfo or ends.tzinfo:
        raise InvalidInput("quiet hours end at another time than they begin; write them like 22:00-07:00")
    return begins, ends


def _zone(name: str) -> str:
    if zone(name).key != name:
        raise InvalidInput(f"{name!r} is no time zone of the IANA database; write it like Europe/Berlin")
    return name


def _day(name: str) -> int:
    if name.lower()[:3] not in _DAYS:
        raise InvalidInput(f"{name!r} is no day of the week; days are {', '.join(_DAYS)}")
    return _DAYS.index(name.lower()[:3]) + 1


def _event(kind: str) -> str:
    if kind not in _EVENTS:
        raise InvalidInput(f"{kind!r} is no kind of change; they are {', '.join(_EVENTS)}")
    return kind
