"""What people see of their matches and make of them: listed, counted, marked, undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.errors import Conflict, NotFound, Outdated
from worker.store.patterns import containing

STATES = ("new", "seen", "saved", "applied", "hidden")
MARKED_MOST = 100_000
"""Matches that one action may change."""

_COLUMNS = """
matches.id, matches.posting_id, matches.state, matches.state_at, matches.applied_on, matches.note, matches.why,
matches.fits, matches.found_at, matches.version, matches.repeats, earlier.state AS repeats_state,
earlier.applied_on AS repeats_applied_on, earlier.posting_id AS repeats_posting_id
"""

_FROM = """
FROM matches JOIN postings ON postings.id = matches.posting_id JOIN boards ON boards.id = postings.board_id
"""

WANTED = """
matches.user_id = :user AND (matches.fits OR matches.state IN ('saved', 'applied', 'hidden'))
    AND matches.state = ANY(:states)
    AND (CAST(:company AS bigint) IS NULL OR boards.company_id = :company)
    AND (CAST(:group AS bigint) IS NULL OR EXISTS (
        SELECT 1 FROM groups LEFT JOIN group_companies ON group_id = groups.id AND company_id = boards.company_id
        WHERE groups.id = :group AND groups.user_id = :user AND (all_companies OR company_id IS NOT NULL)))
    AND (CAST(:open AS boolean) IS NULL OR (postings.closed_at IS NULL) = :open)
    AND (CAST(:repeats AS boolean) IS NULL OR (matches.repeats IS NOT NULL) = :repeats)
    AND (CAST(:since AS timestamptz) IS NULL OR matches.found_at >= :since)
    AND (CAST(:older_than AS timestamptz) IS NULL OR matches.found_at < :older_than)
    AND (CAST(:text AS text) IS NULL OR postings.title ILIKE :text)
"""
"""The condition of a `Wanted`, whose values `bound` returns."""

_PAGE = text(f"""
WITH part AS MATERIALIZED (
    SELECT matches.id {_FROM}
    WHERE {WANTED}
        AND (matches.found_at, matches.id) < (timestamptz 'epoch' + :before_us * interval '1 microsecond', :before_id)
    ORDER BY matches.found_at DESC, matches.id DESC LIMIT :most
)
SELECT {_COLUMNS}, (extract(epoch FROM matches.found_at) * 1000000)::bigint AS found_us
FROM part JOIN matches ON matches.id = part.id LEFT JOIN matches AS earlier ON earlier.id = matches.repeats
ORDER BY matches.found_at DESC, matches.id DESC
""")

_ONE = text(f"""
SELECT {_COLUMNS} FROM matches LEFT JOIN matches AS earlier ON earlier.id = matches.repeats
WHERE matches.user_id = :user AND matches.id = :id
""")
_OF_POSTING = text("SELECT id FROM matches WHERE user_id = :user AND posting_id = :posting")

_COUNTS = text("""
SELECT state, count(*) AS matches, count(*) FILTER (WHERE postings.closed_at IS NULL) AS open
FROM matches JOIN postings ON postings.id = matches.posting_id
WHERE user_id = :user AND (fits OR state IN ('saved', 'applied', 'hidden')) GROUP BY state
""")

_MARK = """
WITH wanted AS (
    SELECT matches.id, matches.state, matches.applied_on, matches.note, matches.version {source}
    WHERE {wanted} ORDER BY matches.id LIMIT {most} FOR UPDATE OF matches
), marked AS (
    UPDATE matches SET state = :state, state_at = now(), version = matches.version + 1,
        applied_on = CASE WHEN :state = 'applied' THEN coalesce(:applied_on, matches.applied_on, current_date) END,
        note = CASE WHEN :set_note THEN :note ELSE matches.note END
    FROM wanted WHERE matches.id = wanted.id
    RETURNING matches.id, wanted.state, wanted.applied_on, wanted.note, matches.version
)
SELECT coalesce(jsonb_agg(jsonb_build_array(id, state, applied_on, note, version) ORDER BY id), '[]') FROM marked
"""

_MARK_WHERE = text(_MARK.format(source=_FROM, wanted=f"{WANTED} AND matches.state <> :state", most=MARKED_MOST))
_MARK_IDS = text(
    _MARK.format(
        source="FROM matches",
        wanted="""matches.user_id = :user AND matches.id = ANY(:ids)
            AND (CAST(:expected AS bigint) IS NULL OR matches.version = :expected)""",
        most=MARKED_MOST,
    )
)

_ACT = text("""
INSERT INTO match_actions (user_id, action, before) VALUES (:user, :action, CAST(:before AS jsonb)) RETURNING id
""")

_TAKE_ACTION = text("""
UPDATE match_actions SET undone_at = now() WHERE user_id = :user AND id = :action AND undone_at IS NULL
RETURNING action, before
""")

_UNDO = text("""
UPDATE matches SET state = before.item ->> 1, applied_on = CAST(before.item ->> 2 AS date), note = before.item ->> 3,
    version = version + 1, state_at = now()
FROM jsonb_array_elements(CAST(:before AS jsonb)) AS before (item)
WHERE matches.user_id = :user AND matches.id = CAST(before.item ->> 0 AS bigint)
    AND matches.version = CAST(before.item ->> 4 AS bigint)
RETURNING matches.id
""")

_FORGET_ACTIONS = text("DELETE FROM match_actions WHERE at < now() - CAST(:days AS int) * interval '1 day'")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which matches are meant; None means any. `open`: whether the posting still is."""

    states: Sequence[str] = ("new", "seen", "saved", "applied")
    company: int | None = None
    group: int | None = None
    open: bool | None = None
    repeats: bool | None = None
    since: datetime | None = None
    older_than: datetime | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Marked:
    """What an action changed, and the number under which it can be undone."""

    action: int
    changed: int


Position = tuple[int, int]
"""Where a list goes on: microseconds since 1970 at which a match was found, and its id."""
START: Position = (2**56, 2**63 - 1)


def page(session: Session, user: int, wanted: Wanted, *, before: Position = START, most: int) -> list[dict[str, Any]]:
    """Return a person's matches, those found last first, each with `found_us` for the position of the next part."""
    values = {**bound(user, wanted), "before_us": before[0], "before_id": before[1], "most": most}
    return [_match(row) for row in session.execute(_PAGE, values).mappings()]


def get(session: Session, user: int, match: int) -> dict[str, Any]:
    """Return a match of a person's. Raises NotFound."""
    row = session.execute(_ONE, {"user": user, "id": match}).mappings().one_or_none()
    if row is None:
        raise NotFound(f"there is no match {match} of yours")
    return _match(row)


def of_posting(session: Session, user: int, posting: int) -> int | None:
    """Return a person's match of a posting, if there is one."""
    return session.execute(_OF_POSTING, {"user": user, "posting": posting}).scalar_one_or_none()


def counts(session: Session, user: int) -> dict[str, dict[str, int]]:
    """Return how many matches a person has by state: `matches` in all, and `open` of them."""
    found = {state: {"matches": 0, "open": 0} for state in STATES}
    for row in session.execute(_COUNTS, {"user": user}).mappings():
        found[row["state"]] = {"matches": row["matches"], "open": row["open"]}
    return found


def mark(
    session: Session,
    user: int,
    ids: Sequence[int],
    state: str,
    *,
    applied_on: date | None = None,
    note: str | None = None,
    set_note: bool = False,
    expected: int | None = None,
) -> Marked:
    """Give matches a state, and with it a note or the date of an application (without one: today).

    `expected` is the version that a single match must have. Raises NotFound where none is the person's, Outdated.
    """
    values = {"user": user, "ids": list(ids), "state": state, "expected": expected}
    values |= {"applied_on": applied_on, "note": note, "set_note": set_note}
    before = session.execute(_MARK_IDS, values).scalar_one()
    if not before and expected is not None and get(session, user, ids[0]):
        raise Outdated("this match has been changed since you read it; read it again and repeat the change")
    if not before:
        raise NotFound("none of these is a match of yours")
    return _acted(session, user, state, before)


def mark_all(session: Session, user: int, wanted: Wanted, state: str) -> Marked:
    """Give all matches that are meant a state, at most `MARKED_MOST`."""
    values = {**bound(user, wanted), "state": state, "applied_on": None, "note": None, "set_note": False}
    return _acted(session, user, state, session.execute(_MARK_WHERE, values).scalar_one())


def act(session: Session, user: int, action: str, before: Any) -> int:
    """Note an action with what was before it; return its number."""
    values = {"user": user, "action": action, "before": orjson.dumps(before).decode()}
    return int(session.execute(_ACT, values).scalar_one())


def take_action(session: Session, user: int, action: int) -> tuple[str, Any]:
    """Take an action of a person's in order to undo it; return it with what was before. Raises Conflict."""
    row = session.execute(_TAKE_ACTION, {"user": user, "action": action}).one_or_none()
    if row is None:
        raise Conflict(f"there is no action {action} of yours that can be undone; it may have been undone already")
    return row[0], row[1]


def undo(session: Session, user: int, before: Any) -> int:
    """Give matches back what they were; return how many. Those that were changed again since stay as they are."""
    values = {"user": user, "before": orjson.dumps(before).decode()}
    return len(session.execute(_UNDO, values).all())


def forget_actions(session: Session, *, days: int) -> None:
    """Forget what was done longer ago than that, with what was before it; it cannot be undone any more."""
    session.execute(_FORGET_ACTIONS, {"days": days})


def _acted(session: Session, user: int, state: str, before: Sequence[Any]) -> Marked:
    return Marked(act(session, user, state, before), len(before))


def bound(user: int, wanted: Wanted) -> dict[str, Any]:
    """Return what `WANTED` is to be asked with."""
    return {
        "user": user,
        "states": list(wanted.states),
        "company": wanted.company,
        "group": wanted.group,
        "open": wanted.open,
        "repeats": wanted.repeats,
        "since": wanted.since,
        "older_than": wanted.older_than,
        "text": containing(wanted.text),
    }


def _match(row: Mapping[Any, Any]) -> dict[str, Any]:
    found = dict(row)
    earlier = {name: found.pop(f"repeats_{name}") for name in ("state", "applied_on", "posting_id")}
    if found["repeats"] is not None:
        found["repeats"] = {"id": found["repeats"], **earlier}
    return found
