"""The numbers of transactions, by which events and finished runs are ordered and read.

Postgres numbers the transactions of each cluster from the start. What is stored moves to other clusters, and readers
hold cursors made of these numbers (`store.postings.changes`, `store.scans.finished_after`). So the database adds an
offset, `tx_offset()`: `own_tx()` is the number of the transaction that asks, and every transaction below `settled_tx()`
has ended. A database that has come to another cluster gets an offset with which its numbers go on above all that were
ever given out.
"""

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

LEAP = 2**40
"""Numbers left out where nobody knows how many were given out since: a year of 35,000 transactions a second.

There is room for eight million such leaps.
"""

_NUMBERED = text("SELECT to_regprocedure('tx_offset()') IS NOT NULL")
_MARK = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
_OLDEST = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
_OWN = text("""
CREATE OR REPLACE FUNCTION own_tx() RETURNS bigint LANGUAGE sql STABLE
RETURN pg_current_xact_id()::text::bigint + tx_offset()
""")
_NEWEST_EVENT = text("SELECT max(tx) FROM posting_events")


def mark(session: Session | Connection) -> int:
    """Return a number that is above those of all transactions that have begun."""
    with_offset = session.execute(_NUMBERED).scalar_one()
    return int(session.execute(text(f"{_MARK} + tx_offset()" if with_offset else _MARK)).scalar_one())


def go_on_from(session: Session | Connection, number: int) -> None:
    """Let every transaction that has not ended yet, and every later one, have at least this number.

    Whoever calls it makes sure that none of them has written a number already.
    """
    offset = number - int(session.execute(_OLDEST).scalar_one())
    session.execute(
        text(f"""
            CREATE OR REPLACE FUNCTION tx_offset() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
            RETURN ({int(offset)})::bigint
        """)
    )
    # Plans that Postgres keeps have the old offset in them; it makes them anew when this function is replaced.
    session.execute(_OWN)


def catch_up(session: Session | Connection) -> bool:
    """Lift the numbers above those of all events if they are not, and say whether they were lifted.

    That is so after a dump by other means than `rolecall backup` was brought to another cluster: its events would wait
    for numbers that are years away.
    """
    newest = session.execute(_NEWEST_EVENT).scalar_one()
    if newest is None or newest < mark(session):
        return False
    go_on_from(session, newest + LEAP)
    return True
