"""A delivery's life in the database: made, sent to a worker, tried, tried again, ended; and its log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.alert_times import Plan
from worker.errors import Conflict, NotFound
from worker.store.alerts import plan_of

UNDER_WAY_MOST = 4
"""Deliveries of one channel that are under way at the same time: a receiver that hangs holds up no others."""
TEST_TOKEN = 1
"""What a test's only try is held with."""
_BATCH = 500
_LOST = "the worker that sent it was lost; whether it arrived is not known"

_NOW = text("SELECT now()")

_IDS = text("""
SELECT nextval(pg_get_serial_sequence('deliveries', 'id')) FROM generate_series(1, :number)
""")

_INSERT = text("""
INSERT INTO deliveries (id, channel_id, kind, body, state, created_at, since, due_at, finished_at)
OVERRIDING SYSTEM VALUE
SELECT new.id, new.channel_id, new.kind, CAST(new.body AS jsonb), new.state, :now, :now, :now,
    CASE WHEN new.state = 'skipped' THEN CAST(:now AS timestamptz) END
FROM unnest(CAST(:ids AS bigint[]), CAST(:channels AS bigint[]), CAST(:kinds AS text[]), CAST(:bodies AS text[]),
    CAST(:states AS text[])) AS new (id, channel_id, kind, body, state)
""")

# A channel has places for so many deliveries under way; `SKIP LOCKED` lets any number of ticks run side by side.
_TAKE_DUE = text(f"""
WITH due_channels AS MATERIALIZED (
    SELECT DISTINCT deliveries.channel_id AS id FROM deliveries
        JOIN channels ON channels.id = deliveries.channel_id
    WHERE state = 'waiting' AND enqueued_at IS NULL AND due_at <= now()
        AND (CAST(:channel AS bigint) IS NULL OR channel_id = :channel)
        AND (channels.muted_until IS NULL OR channels.muted_until <= now())
), due AS (
    SELECT next.id FROM due_channels CROSS JOIN LATERAL (
        SELECT id FROM deliveries
        WHERE channel_id = due_channels.id AND state = 'waiting' AND enqueued_at IS NULL AND due_at <= now()
        ORDER BY due_at, id
        LIMIT greatest(0, {UNDER_WAY_MOST} - (
            SELECT count(*) FROM deliveries AS busy
            WHERE busy.channel_id = due_channels.id AND busy.enqueued_at IS NOT NULL))
        FOR UPDATE SKIP LOCKED
    ) AS next LIMIT {_BATCH}
)
UPDATE deliveries SET enqueued_at = now() FROM due WHERE deliveries.id = due.id RETURNING deliveries.id
""")

_CLAIM = text("""
UPDATE deliveries SET state = 'sending', attempts = attempts + 1, token = token + 1,
    enqueued_at = coalesce(enqueued_at, now()), lease_until = now() + :lease * interval '1 second'
FROM channels JOIN users ON users.id = channels.user_id
WHERE deliveries.id = :id AND channels.id = deliveries.channel_id AND channels.enabled AND users.disabled_at IS NULL
    AND ((state = 'waiting' AND due_at <= now()) OR (state = 'sending' AND lease_until < now()))
RETURNING deliveries.id, channel_id, deliveries.kind AS of, token, attempts, body, since, now() AS now,
    channels.kind, channels.address, channels.secret, channels.mode, channels.digest_hour, channels.digest_days,
    channels.time_zone, channels.quiet_from, channels.quiet_to, channels.muted_until
""")

_TRIED = """
WITH tried AS (
    UPDATE deliveries SET state = :state, lease_until = NULL, enqueued_at = NULL, error = :error,
        attempts = attempts - :uncounted, due_at = coalesce(CAST(:due_at AS timestamptz), due_at),
        finished_at = CASE WHEN :state <> 'waiting' THEN now() END
    WHERE id = :id AND state = 'sending' AND token = :token RETURNING id
)
"""
_FINISH = text(f"""
{_TRIED} INSERT INTO delivery_tries (delivery_id, ok, answer, milliseconds)
SELECT id, :ok, :answer, :milliseconds FROM tried RETURNING delivery_id
""")
_PUT_BACK = text(f"{_TRIED} SELECT id FROM tried")

# A worker that was lost at the end of the 24 hours had the last try; what no worker has begun is still to be tried.
# What somebody has locked is left for the next time: a worker that has stopped must not hold up all channels.
_RECOVER = text("""
WITH under_way AS (
    SELECT id, kind = 'test' OR coalesce(lease_until > since + interval '24 hours', false) AS last FROM deliveries
    WHERE enqueued_at IS NOT NULL AND ((state = 'sending' AND lease_until < now())
        OR (state = 'waiting' AND enqueued_at < now() - :after * interval '1 second'))
    FOR NO KEY UPDATE SKIP LOCKED
), lost AS (
    UPDATE deliveries SET enqueued_at = NULL, lease_until = NULL, error = CASE WHEN state = 'sending' THEN :lost END,
        state = CASE WHEN last THEN 'dead' ELSE 'waiting' END, finished_at = CASE WHEN last THEN now() END
    FROM under_way WHERE deliveries.id = under_way.id
    RETURNING deliveries.id, error
)
INSERT INTO delivery_tries (delivery_id, ok, answer, milliseconds)
SELECT id, false, error, 0 FROM lost WHERE error IS NOT NULL
""")

_GIVE_UP = text("""
WITH unwanted AS (
    SELECT deliveries.id FROM deliveries JOIN channels ON channels.id = channel_id JOIN users ON users.id = user_id
    WHERE finished_at IS NULL AND state = 'waiting' AND (NOT channels.enabled OR users.disabled_at IS NOT NULL)
    FOR NO KEY UPDATE OF deliveries SKIP LOCKED
)
UPDATE deliveries SET state = 'dead', finished_at = now(), enqueued_at = NULL, error = 'the channel is turned off'
FROM unwanted WHERE deliveries.id = unwanted.id
""")

_TEST = text("""
INSERT INTO deliveries (channel_id, kind, body, state, attempts, token, enqueued_at, lease_until)
SELECT id, 'test', jsonb_build_object('kind', 'test', 'channel', jsonb_build_object('id', id, 'name', name),
        'created_at', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
    'sending', 1, :token, now(), now() + :lease * interval '1 second'
FROM channels WHERE id = :channel AND user_id = :user RETURNING id, body
""")

_COLUMNS = """
deliveries.id, channel_id, deliveries.kind, state, attempts, deliveries.created_at, finished_at, error,
CASE WHEN state = 'waiting' THEN due_at END AS next_try_at,
coalesce(jsonb_array_length(body -> 'matches'), jsonb_array_length(body -> 'events'), 0) AS told,
coalesce(CAST(body ->> 'more' AS bigint), 0) AS more
"""

_PAGE = text(f"""
SELECT {_COLUMNS} FROM deliveries JOIN channels ON channels.id = channel_id
WHERE user_id = :user AND (CAST(:channel AS bigint) IS NULL OR channel_id = :channel)
    AND (CAST(:state AS text) IS NULL OR state = :state) AND deliveries.id < :before
ORDER BY deliveries.id DESC LIMIT :most
""")

_ONE = text(f"""
SELECT {_COLUMNS}, body FROM deliveries JOIN channels ON channels.id = channel_id
WHERE deliveries.id = :id AND user_id = :user
""")

_TRIES = text("""
SELECT at, ok, answer, milliseconds FROM (
    SELECT id, at, ok, answer, milliseconds FROM delivery_tries WHERE delivery_id = :id ORDER BY id DESC LIMIT 100
) AS latest ORDER BY id
""")

_RETRY = text("""
UPDATE deliveries SET state = 'waiting', since = now(), due_at = now(), finished_at = NULL, enqueued_at = NULL
WHERE id = :id AND state = 'dead' AND kind <> 'test' RETURNING id
""")

_PRUNE = text("""
DELETE FROM deliveries WHERE id IN (
    SELECT id FROM deliveries WHERE finished_at < now() - :days * interval '1 day' ORDER BY id LIMIT 10000
)
""")


@dataclass(frozen=True, slots=True)
class New:
    """A delivery that is to be made: `waiting`, or `skipped` where nothing is left to tell."""

    channel: int
    kind: str
    body: Mapping[str, Any]
    state: str = "waiting"


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this worker holds until `token` is outdated, with all that it takes to send it."""

    id: int
    token: int
    channel: int
    attempt: int
    kind: str
    address: bytes
    secret: bytes | None
    body: dict[str, Any]
    since: datetime
    now: datetime
    plan: Plan


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a try. `due_at` is when it is tried again: None, and it is not."""

    ok: bool
    answer: str
    milliseconds: int
    due_at: datetime | None = None

    @property
    def state(self) -> str:
        """The delivery's state from now on."""
        return "sent" if self.ok else "waiting" if self.due_at else "dead"


def now(session: Session) -> datetime:
    """Return the database's clock: those of workers may differ."""
    found: datetime = session.execute(_NOW).scalar_one()
    return found


def add(session: Session, new: Sequence[New], *, now: datetime) -> list[int]:
    """Make deliveries; return their ids."""
    if not new:
        return []
    ids = list(session.execute(_IDS, {"number": len(new)}).scalars())
    values = {
        "ids": ids,
        "channels": [one.channel for one in new],
        "kinds": [one.kind for one in new],
        "bodies": [_json(one.body) for one in new],
        "states": [one.state for one in new],
        "now": now,
    }
    session.execute(_INSERT, values)
    return ids


def take_due(session: Session, *, channel: int | None = None) -> list[int]:
    """Mark deliveries whose time has come as sent to a worker, of one channel or of all; return their ids.

    Commit, then enqueue them. Of each channel only a few are under way at a time.
    """
    return list(session.execute(_TAKE_DUE, {"channel": channel}).scalars())


def claim(session: Session, delivery: int, *, lease_seconds: float) -> Claim | None:
    """Take a delivery for `lease_seconds`. None: it is not there to be taken."""
    row = session.execute(_CLAIM, {"id": delivery, "lease": lease_seconds}).mappings().one_or_none()
    if row is None:
        return None
    return Claim(
        row["id"], row["token"], row["channel_id"], row["attempts"], row["kind"], bytes(row["address"]),
        None if row["secret"] is None else bytes(row["secret"]), row["body"], row["since"], row["now"], plan_of(row),
    )  # fmt: skip


def finish(session: Session, delivery: int, token: int, tried: Tried) -> bool:
    """Record a try and what follows from it. False, and nothing is written, where another worker has taken over."""
    values = {
        "id": delivery,
        "token": token,
        "uncounted": 0,
        "state": tried.state,
        "due_at": tried.due_at,
        "error": None if tried.ok else tried.answer,
        "ok": tried.ok,
        "answer": tried.answer,
        "milliseconds": tried.milliseconds,
    }
    return session.execute(_FINISH, values).one_or_none() is not None


def put_back(session: Session, held: Claim, *, due_at: datetime, why: str) -> None:
    """Give a delivery back that has not been tried."""
    values = {"id": held.id, "token": held.token, "uncounted": 1, "state": "waiting", "due_at": due_at, "error": why}
    session.execute(_PUT_BACK, values)


def recover(session: Session, *, lost_seconds: float) -> None:
    """Find what got lost: deliveries whose worker is gone, whose message is, or whose channel has been turned off."""
    session.execute(_RECOVER, {"lost": _LOST, "after": lost_seconds})
    session.execute(_GIVE_UP)


def begin_test(session: Session, user: int, channel: int, *, lease_seconds: float) -> tuple[int, dict[str, Any]]:
    """Make a delivery that says that a channel works, held with `TEST_TOKEN`; return id and body. Raises NotFound."""
    values = {"user": user, "channel": channel, "lease": lease_seconds, "token": TEST_TOKEN}
    found = session.execute(_TEST, values).one_or_none()
    if found is None:
        raise NotFound(f"there is no channel {channel}")
    return found[0], found[1]


def page(
    session: Session, user: int, *, channel: int | None = None, state: str | None = None, before: int | None, most: int
) -> list[dict[str, Any]]:
    """Return a person's deliveries, the newest first."""
    values = {"user": user, "channel": channel, "state": state, "before": before or 2**63 - 1, "most": most}
    return [dict(row) for row in session.execute(_PAGE, values).mappings()]


def get(session: Session, user: int, delivery: int) -> dict[str, Any]:
    """Return a person's delivery with its body and its last tries, the oldest first. Raises NotFound."""
    row = session.execute(_ONE, {"id": delivery, "user": user}).mappings().one_or_none()
    if row is None:
        raise NotFound(f"there is no delivery {delivery}")
    return {**row, "tries": [dict(one) for one in session.execute(_TRIES, {"id": delivery}).mappings()]}


def retry(session: Session, user: int, delivery: int) -> None:
    """Let a dead delivery be tried again, from now on for as long as a new one. Raises NotFound, Conflict."""
    state = get(session, user, delivery)["state"]
    if session.execute(_RETRY, {"id": delivery}).one_or_none() is None:
        raise Conflict(f"delivery {delivery} is {state}; only one that is dead, and no test, can be tried again")


def prune(session: Session, *, days: int) -> int:
    """Delete deliveries that ended so many days ago, with their alerts and tries, a batch; return how many."""
    return int(session.execute(_PRUNE, {"days": days}).rowcount)  # type: ignore[attr-defined]


def _json(body: Mapping[str, Any]) -> str:
    return orjson.dumps(body, default=_number).decode()


def _number(value: Any) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
