"""A person's channels. Every statement names the person: nobody reads or changes another one's."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.errors import Conflict, InvalidInput, NotFound, Outdated
from worker.store import postings

MOST = 50
"""Channels of one person."""


@dataclass(frozen=True, slots=True)
class Wish:
    """All of a channel that its person decides but where it leads; `models.Channel` says what it means."""

    name: str
    enabled: bool = True
    mode: str = "instant"
    digest_hour: int = 8
    digest_days: Sequence[int] = ()
    time_zone: str = "UTC"
    quiet_from: time | None = None
    quiet_to: time | None = None
    muted_until: datetime | None = None
    most: int = 20
    group_ids: Sequence[int] = ()
    matches: bool = True
    events: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a channel leads: `address` and `secret` are sealed, `shown` is the address without its secrets."""

    kind: str
    address: bytes
    shown: str
    secret: bytes | None = None


_WISH = tuple(Wish.__dataclass_fields__)

_COLUMNS = f"""
channels.id, channels.kind, channels.shown, {", ".join(f"channels.{name}" for name in _WISH)}, channels.version,
channels.created_at, channels.updated_at,
(SELECT count(*) FROM (SELECT 1 FROM alerts WHERE channel_id = channels.id AND delivery_id IS NULL LIMIT 10000) AS w)
    AS waiting,
(SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE channel_id = channels.id AND state = 'dead' LIMIT 1000) AS d)
    AS dead,
(SELECT jsonb_build_object('id', id, 'state', state, 'error', error, 'created_at', created_at)
    FROM deliveries WHERE channel_id = channels.id AND state <> 'skipped' ORDER BY id DESC LIMIT 1) AS last_delivery
"""

_PAGE = text(f"SELECT {_COLUMNS} FROM channels WHERE user_id = :user AND id > :after ORDER BY id LIMIT :most")
_ONE = text(f"SELECT {_COLUMNS} FROM channels WHERE user_id = :user AND id = :id")
_PLACE = text("SELECT kind, address, shown, secret FROM channels WHERE user_id = :user AND id = :id")

_PERSON = text("SELECT id FROM users WHERE id = :user FOR NO KEY UPDATE")
_COUNT = text("SELECT count(*) FROM channels WHERE user_id = :user")

_VALUES = ", ".join(f":{name}" for name in _WISH)
_INSERT = text(f"""
INSERT INTO channels (user_id, kind, address, shown, secret, position_tx, position_id, {", ".join(_WISH)})
VALUES (:user, :kind, :address, :shown, :secret, :tx, :position, {_VALUES}) RETURNING id
""")

# Who begins to follow the changes, or turns the channel on again, is told of what happens from then on.
_BEGINS = "cardinality(events) = 0 OR NOT channels.enabled"
_PUT = text(f"""
UPDATE channels SET {", ".join(f"{name} = :{name}" for name in _WISH)}, version = version + 1, updated_at = now(),
    address = coalesce(:address, address), shown = coalesce(:shown, shown),
    position_tx = CASE WHEN {_BEGINS} THEN :tx ELSE position_tx END,
    position_id = CASE WHEN {_BEGINS} THEN :position ELSE position_id END
WHERE user_id = :user AND id = :id AND version = coalesce(:expected, version) RETURNING id
""")

_FORGET = text("""
DELETE FROM alerts USING channels WHERE channels.id = :id AND channel_id = channels.id AND delivery_id IS NULL
    AND NOT (channels.enabled AND channels.matches)
""")

_DELETE = text("""
DELETE FROM channels WHERE user_id = :user AND id = :id AND version = coalesce(:expected, version) RETURNING id
""")

_UNKNOWN = text("""
SELECT wanted.id FROM unnest(CAST(:ids AS bigint[])) AS wanted (id)
WHERE NOT EXISTS (SELECT 1 FROM groups WHERE groups.id = wanted.id AND user_id = :user)
    AND NOT EXISTS (SELECT 1 FROM channels WHERE channels.id = :id AND user_id = :user AND wanted.id = ANY(group_ids))
ORDER BY wanted.id
""")


def page(session: Session, user: int, *, after: int = 0, most: int = 100) -> list[dict[str, Any]]:
    """Return a person's channels, by rising id."""
    return [dict(row) for row in session.execute(_PAGE, {"user": user, "after": after, "most": most}).mappings()]


def get(session: Session, user: int, channel: int) -> dict[str, Any]:
    """Return a channel. Raises NotFound."""
    row = session.execute(_ONE, {"user": user, "id": channel}).mappings().one_or_none()
    if row is None:
        raise _not_found(channel)
    return dict(row)


def place(session: Session, user: int, channel: int) -> Place:
    """Return where a channel leads. Raises NotFound."""
    row = session.execute(_PLACE, {"user": user, "id": channel}).one_or_none()
    if row is None:
        raise _not_found(channel)
    return Place(row[0], bytes(row[1]), row[2], None if row[3] is None else bytes(row[3]))


def add(session: Session, user: int, where: Place, wish: Wish) -> int:
    """Add a channel; return its id. Raises InvalidInput, Conflict when there are too many."""
    session.execute(_PERSON, {"user": user})
    if session.execute(_COUNT, {"user": user}).scalar_one() >= MOST:
        raise Conflict(f"there are {MOST} channels already, which is as many as one person may have; remove one first")
    _check(session, user, None, where.kind, wish)
    values = {**_bound(session, wish), **asdict(where), "user": user}
    return int(session.execute(_INSERT, values).scalar_one())


def put(session: Session, user: int, channel: int, wish: Wish, *, where: Place | None, expected: int | None) -> None:
    """Store what a person wishes of a channel, and where it leads if that is to change.

    What waits to be told on a channel that is turned off is forgotten. Raises NotFound, Outdated, InvalidInput, and
    Conflict where a service would become a webhook or the other way round.
    """
    kind = get(session, user, channel)["kind"]
    if where and where.kind != kind:
        raise Conflict("a webhook does not become another kind of channel, nor the other way round; add a new one")
    _check(session, user, channel, kind, wish)
    values = {**_bound(session, wish), "user": user, "id": channel, "expected": expected}
    values |= {"address": where.address if where else None, "shown": where.shown if where else None}
    if session.execute(_PUT, values).one_or_none() is None:
        raise _outdated(channel)
    session.execute(_FORGET, {"id": channel})


def delete(session: Session, user: int, channel: int, *, expected: int | None = None) -> None:
    """Delete a channel with its alerts and deliveries. Raises NotFound, Outdated."""
    get(session, user, channel)
    if session.execute(_DELETE, {"user": user, "id": channel, "expected": expected}).one_or_none() is None:
        raise _outdated(channel)


def _bound(session: Session, wish: Wish) -> dict[str, Any]:
    tx, position = postings.latest(session)
    values = {name: getattr(wish, name) for name in _WISH}
    lists = {name: list(values[name]) for name in ("digest_days", "group_ids", "events")}
    return {**values, **lists, "tx": tx, "position": position}


def _check(session: Session, user: int, channel: int | None, kind: str, wish: Wish) -> None:
    """Raise InvalidInput for what a channel cannot do.

    A group that is gone since it was chosen may stay: it routes nothing, where leaving it out would route everything.
    """
    if wish.events and kind != "webhook":
        raise InvalidInput("only webhooks can be told of changes; leave `events` empty")
    values = {"user": user, "id": channel, "ids": list(wish.group_ids)}
    if unknown := list(session.execute(_UNKNOWN, values).scalars()):
        raise InvalidInput(f"there is no group {', '.join(map(str, unknown))}")


def _not_found(channel: int) -> NotFound:
    return NotFound(f"there is no channel {channel}")


def _outdated(channel: int) -> Outdated:
    return Outdated(f"channel {channel} has been changed since you read it; read it again, then change it")
