"""Browser sessions, and links to sign in with: of each only its HMAC."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.errors import NotFound
from worker.store.people import COLUMNS

IDLE = timedelta(days=30)
"""A session that nobody used for so long has ended."""
LONGEST = timedelta(days=180)
"""However much it is used."""

_INSERT = text("""
INSERT INTO browser_sessions (user_id, digest, browser, expires_at) VALUES (:user, :digest, :browser, now() + :idle)
""")

_SESSIONS = text("""
SELECT id, browser, created_at, last_used_at, expires_at FROM browser_sessions
WHERE user_id = :user AND expires_at > now() AND id > :after ORDER BY id LIMIT :most
""")

_USE = text(f"""
SELECT {COLUMNS}, browser_sessions.id AS session_id, last_used_at < now() - interval '1 minute' AS stale
FROM browser_sessions JOIN users ON users.id = browser_sessions.user_id
WHERE digest = :digest AND expires_at > now()
""")

_TOUCH = text("""
UPDATE browser_sessions
SET last_used_at = now(), expires_at = least(now() + :idle, browser_sessions.created_at + :longest) WHERE id = :id
""")

_END = text("DELETE FROM browser_sessions WHERE id = :id AND user_id = :user RETURNING id")
_END_BY_DIGEST = text("DELETE FROM browser_sessions WHERE digest = :digest")
_END_OTHERS = text("DELETE FROM browser_sessions WHERE user_id = :user AND id IS DISTINCT FROM :kept")

_INSERT_LINK = text("""
INSERT INTO login_links (user_id, digest, expires_at) VALUES (:user, :digest, now() + :lifetime) RETURNING expires_at
""")

_USE_LINK = text("""
UPDATE login_links SET used_at = now() WHERE digest = :digest AND used_at IS NULL AND expires_at > now()
RETURNING user_id
""")

_VOID_LINKS = text("DELETE FROM login_links WHERE user_id = :user")

_FORGET = (
    text("DELETE FROM browser_sessions WHERE expires_at <= now()"),
    text("DELETE FROM login_links WHERE expires_at <= now()"),
)


def start(session: Session, user: int, *, digest: bytes, browser: str | None) -> None:
    """Store the HMAC of a new session's cookie."""
    session.execute(_INSERT, {"user": user, "digest": digest, "browser": browser, "idle": IDLE})


def page(session: Session, user: int, *, after: int = 0, most: int = 100) -> list[dict[str, Any]]:
    """Return a person's sessions that have not ended, by rising id."""
    return [dict(row) for row in session.execute(_SESSIONS, {"user": user, "after": after, "most": most}).mappings()]


def use(session: Session, digest: bytes) -> dict[str, Any] | None:
    """Return the person of a session with its `session_id`, and note the use to the minute. The caller commits.

    None when there is no such session, or it has ended.
    """
    row = session.execute(_USE, {"digest": digest}).mappings().one_or_none()
    if row is None:
        return None
    person = dict(row)
    if person.pop("stale"):
        session.execute(_TOUCH, {"id": person["session_id"], "idle": IDLE, "longest": LONGEST})
    return person


def end(session: Session, user: int, number: int) -> None:
    """End a session of a person's. Raises NotFound."""
    if session.execute(_END, {"id": number, "user": user}).one_or_none() is None:
        raise NotFound(f"there is no session {number}; it may have ended")


def end_by_digest(session: Session, digest: bytes) -> None:
    """End the session of a cookie, if there is one."""
    session.execute(_END_BY_DIGEST, {"digest": digest})


def end_all(session: Session, user: int, *, but: int | None = None) -> None:
    """End all sessions of a person's, or all but one."""
    session.execute(_END_OTHERS, {"user": user, "kept": but})


def add_link(session: Session, user: int, *, digest: bytes, lifetime: timedelta) -> datetime:
    """Store the HMAC of a link that signs a person in; return until when it does."""
    values = {"user": user, "digest": digest, "lifetime": lifetime}
    expires_at: datetime = session.execute(_INSERT_LINK, values).scalar_one()
    return expires_at


def use_link(session: Session, digest: bytes) -> int | None:
    """Return whom a link signs in, and use it up; None when it is none, has expired or was used before."""
    return session.execute(_USE_LINK, {"digest": digest}).scalar_one_or_none()


def void_links(session: Session, user: int) -> None:
    """Let no link of a person's work any more."""
    session.execute(_VOID_LINKS, {"user": user})


def forget_expired(session: Session) -> None:
    """Delete sessions and links that have ended by themselves."""
    for statement in _FORGET:
        session.execute(statement)
