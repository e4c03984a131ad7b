"""Alerts: that a match is to be told to a channel, once for each run that brought it; and what becomes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.alert_times import Plan
from worker.store import postings

NEWS_AGAIN_AFTER = timedelta(days=14)
"""A posting that reopens is news if it had been closed for so long; sooner it is a board that flickers."""
AT_ONCE = 50
"""Channels whose alerts become deliveries in one transaction."""
ALERTS_MOST = 50_000
WEBHOOK_ALERTS_MOST = 2_000
"""Alerts of one channel that are looked at together; a webhook is told each of them in full."""
EVENTS_MOST = 200
"""Changes that one delivery tells of."""
UNFINISHED_MOST = 20
"""Deliveries of changes that may wait for a receiver; the position in the feed rests until it has taken some."""

_PLAN = """
channels.mode, channels.digest_hour, channels.digest_days, channels.time_zone, channels.quiet_from, channels.quiet_to,
channels.muted_until
"""

# The channels are locked as the foreign key would lock them, but first: one that is being deleted just now is left out,
# where the key alone would fail the scan.
_NOTE = text("""
WITH wanted AS (
    SELECT channels.id AS channel_id, new.match_id
    FROM unnest(CAST(:users AS bigint[]), CAST(:matches AS bigint[])) AS new (user_id, match_id)
        JOIN channels ON channels.user_id = new.user_id AND channels.enabled AND channels.matches
        JOIN users ON users.id = channels.user_id AND users.disabled_at IS NULL
    WHERE channels.group_ids = '{}' OR EXISTS (
        SELECT 1 FROM groups WHERE groups.id = ANY(channels.group_ids) AND groups.user_id = channels.user_id
            AND (groups.all_companies OR EXISTS (
                SELECT 1 FROM matches JOIN postings ON postings.id = matches.posting_id
                    JOIN boards ON boards.id = postings.board_id
                    JOIN group_companies ON group_companies.company_id = boards.company_id
                WHERE matches.id = new.match_id AND group_companies.group_id = groups.id)))
    FOR KEY SHARE OF channels
)
INSERT INTO alerts (channel_id, match_id, scan_run_id)
SELECT channel_id, match_id, :run FROM wanted ORDER BY channel_id, match_id ON CONFLICT DO NOTHING
""")

# What closed before anybody was told of it may open again within days, and is no news by that: so its alert waits.
_TO_SETTLE = """
alerts JOIN matches ON matches.id = alerts.match_id JOIN postings ON postings.id = matches.posting_id
WHERE channel_id = channels.id AND delivery_id IS NULL
    AND (postings.closed_at IS NULL OR postings.closed_at < now() - CAST(:flickers AS interval))
"""

_WAITING = text(f"""
SELECT channels.id, channels.released_at, greatest(oldest.created_at, channels.released_at) AS since, {_PLAN}
FROM channels JOIN users ON users.id = channels.user_id CROSS JOIN LATERAL (
    SELECT alerts.created_at FROM {_TO_SETTLE} ORDER BY alerts.id LIMIT 1
) AS oldest
WHERE channels.enabled AND channels.matches AND users.disabled_at IS NULL ORDER BY channels.id
""")

_HOLD = text("""
SELECT id, name, kind, most, released_at FROM channels WHERE id = ANY(:ids) FOR NO KEY UPDATE SKIP LOCKED
""")

_ALERTS = text(f"""
SELECT waiting.* FROM channels CROSS JOIN LATERAL (
    SELECT alerts.id, alerts.channel_id, alerts.match_id,
        matches.fits AND matches.state NOT IN ('applied', 'hidden') AND postings.closed_at IS NULL AS tellable
    FROM {_TO_SETTLE}
    ORDER BY alerts.id LIMIT CASE WHEN channels.kind = 'webhook' THEN {WEBHOOK_ALERTS_MOST} ELSE {ALERTS_MOST} END
) AS waiting
WHERE channels.id = ANY(:ids) ORDER BY waiting.channel_id, waiting.id
""")

_TOLD = text("""
SELECT matches.id, postings.id AS posting_id, postings.title, companies.id AS company_id, companies.name AS company,
    postings.url, postings.apply_url, postings.locations, postings.places, postings.workplace, postings.salary_min,
    postings.salary_max, postings.salary_currency, postings.salary_period, postings.posted_at, matches.found_at,
    matches.why
FROM matches JOIN postings ON postings.id = matches.posting_id JOIN boards ON boards.id = postings.board_id
    JOIN companies ON companies.id = boards.company_id
WHERE matches.id = ANY(:ids)
""")

_MARK = text("""
UPDATE alerts SET delivery_id = told.delivery_id
FROM unnest(CAST(:alerts AS bigint[]), CAST(:deliveries AS bigint[])) AS told (alert_id, delivery_id)
WHERE alerts.id = told.alert_id
""")

_RELEASED = text("UPDATE channels SET released_at = :now WHERE id = ANY(:ids)")

_FOLLOWERS = text(f"""
SELECT channels.id, channels.name, channels.events FROM channels JOIN users ON users.id = channels.user_id
WHERE channels.events <> '{{}}' AND channels.kind = 'webhook' AND channels.enabled AND users.disabled_at IS NULL
    AND (channels.muted_until IS NULL OR channels.muted_until <= :now)
    AND EXISTS (
        SELECT 1 FROM posting_events WHERE (tx, id) > (channels.position_tx, channels.position_id) AND tx < settled_tx()
    )
    AND (SELECT count(*) FROM deliveries WHERE channel_id = channels.id AND finished_at IS NULL) < {UNFINISHED_MOST}
ORDER BY channels.id LIMIT {AT_ONCE} FOR NO KEY UPDATE OF channels SKIP LOCKED
""")

_EVENTS = text(f"""
SELECT channels.id AS channel_id, found.* FROM channels CROSS JOIN LATERAL (
    {postings.EVENTS}
    WHERE (posting_events.tx, posting_events.id) > (channels.position_tx, channels.position_id)
        AND posting_events.tx < settled_tx()
    ORDER BY posting_events.tx, posting_events.id LIMIT {EVENTS_MOST}
) AS found WHERE channels.id = ANY(:ids) ORDER BY channels.id, found.tx, found.id
""")

_MOVE_ON = text("""
UPDATE channels SET position_tx = moved.tx, position_id = moved.id
FROM unnest(CAST(:channels AS bigint[]), CAST(:txs AS bigint[]), CAST(:ids AS bigint[])) AS moved (channel_id, tx, id)
WHERE channels.id = moved.channel_id
""")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A channel with alerts that nobody has been told of, since when, and when it may be told."""

    channel: int
    since: datetime
    released_at: datetime | None
    plan: Plan


@dataclass(frozen=True, slots=True)
class Held:
    """A channel that this transaction makes deliveries for."""

    id: int
    name: str
    kind: str
    most: int


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert to settle. One that is not `tellable` is news no more: dealt with, long closed, or not wished for."""

    id: int
    channel: int
    match: int
    tellable: bool


def note(session: Session, run_id: int, matches: Sequence[tuple[int, int]]) -> None:
    """Raise an alert for each channel that wants one of these (user id, match id), which are news of a run.

    A channel wants the matches of its person that are in one of the groups it is routed to, or all of them. Written
    again for the same run nothing changes. The caller commits, with the matches.
    """
    if matches:
        users, ids = zip(*matches, strict=True)
        session.execute(_NOTE, {"users": list(users), "matches": list(ids), "run": run_id})


def waiting(session: Session) -> list[Waiting]:
    """Return the channels that have alerts to settle: to tell, or to leave out for good."""
    return [
        Waiting(row["id"], row["since"], row["released_at"], plan_of(row))
        for row in session.execute(_WAITING, {"flickers": NEWS_AGAIN_AFTER}).mappings()
    ]


def plan_of(row: Mapping[Any, Any]) -> Plan:
    """Return when a channel may be told, from its columns."""
    fields = {name: row[name] for name in Plan.__dataclass_fields__}
    return Plan(**{**fields, "digest_days": tuple(row["digest_days"])})


def hold(session: Session, wanted: Sequence[Waiting]) -> list[Held]:
    """Lock channels for this transaction; return those that nobody else holds or has made deliveries for since."""
    seen = {one.channel: one.released_at for one in wanted}
    rows = session.execute(_HOLD, {"ids": list(seen)})
    return [Held(*row[:4]) for row in rows if row[4] == seen[row[0]]]


def of_channels(session: Session, channels: Sequence[int]) -> list[Alert]:
    """Return the alerts of channels to settle, of each the oldest first and no more than can be dealt with at once."""
    found = session.execute(_ALERTS, {"ids": list(channels), "flickers": NEWS_AGAIN_AFTER})
    return [Alert(*row) for row in found]


def told(session: Session, matches: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return what is told of matches, by their ids."""
    if not matches:
        return {}
    return {row["id"]: _match(row) for row in session.execute(_TOLD, {"ids": list(matches)}).mappings()}


def mark(session: Session, deliveries: Mapping[int, int]) -> None:
    """Note in which delivery each alert is told."""
    if deliveries:
        session.execute(_MARK, {"alerts": list(deliveries), "deliveries": list(deliveries.values())})


def released(session: Session, channels: Sequence[int], now: datetime) -> None:
    """Note that all that waited for these channels has been told."""
    session.execute(_RELEASED, {"ids": list(channels), "now": now})


def followers(session: Session, *, now: datetime) -> list[tuple[int, str, list[str]]]:
    """Lock some webhooks that have changes to be told of; return id, name and the kinds of events they want."""
    return [(row[0], row[1], row[2]) for row in session.execute(_FOLLOWERS, {"now": now})]


def events(session: Session, channels: Sequence[int]) -> dict[int, list[tuple[tuple[int, int], dict[str, Any]]]]:
    """Return the next (position, event) of the feed of changes for each channel."""
    found: dict[int, list[tuple[tuple[int, int], dict[str, Any]]]] = {}
    if not channels:
        return found
    for row in session.execute(_EVENTS, {"ids": list(channels)}).mappings():
        event = dict(row)
        found.setdefault(event.pop("channel_id"), []).append(((event.pop("tx"), event["id"]), event))
    return found


def move_on(session: Session, positions: Mapping[int, tuple[int, int]]) -> None:
    """Note up to where in the feed of changes each channel has been told."""
    if positions:
        txs, ids = zip(*positions.values(), strict=True)
        session.execute(_MOVE_ON, {"channels": list(positions), "txs": list(txs), "ids": list(ids)})


def _match(row: Mapping[Any, Any]) -> dict[str, Any]:
    found = dict(row)
    pay = {name: found.pop(f"salary_{name}") for name in ("min", "max", "currency", "period")}
    found["salary"] = pay if pay["min"] is not None or pay["max"] is not None else None
    return found
